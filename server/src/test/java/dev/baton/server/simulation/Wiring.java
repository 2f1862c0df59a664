package dev.baton.server.simulation;

import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Link;
import dev.baton.server.dispatch.Push;
import dev.baton.server.memory.Account;
import dev.baton.server.process.LiveBudget;
import dev.baton.server.process.Rules;
import dev.baton.server.record.Recorder;
import dev.baton.server.storage.Storage;

/** How a server is put together. A mutant replaces one part by a wrong one. */
interface Wiring {

  /** All parts as they are. */
  Wiring REAL = new Wiring() {};

  default Rules rules(Rules real) {
    return real;
  }

  default Storage storage(Storage real) {
    return real;
  }

  /** What stands between the pipeline and a disk that fails. */
  default Storage failing(Storage faulty) {
    return faulty;
  }

  default Link link(Link real) {
    return real;
  }

  /** How long the server stood still, as its pipeline is told. */
  default long pauseMs(long real) {
    return real;
  }

  /** How far its clock was set, as its pipeline is told. */
  default long jumpMs(long real) {
    return real;
  }

  /** What is told of that happens. */
  default Recorder recorder(Recorder real) {
    return real;
  }

  /** What is taken for the reach of who looks on. */
  default Access reach(Access real) {
    return real;
  }

  /** What is live is held against. */
  default LiveBudget budget(Account account) {
    return new LiveBudget(account);
  }

  default Dispatcher dispatcher(
      Dispatcher.Settings settings,
      Dispatcher.Promises promises,
      Push push,
      Dispatcher.PushReports reports) {
    return new Dispatcher(settings, promises, push, reports, (_, _) -> {});
  }
}
