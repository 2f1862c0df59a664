package dev.baton.server.recorded;

import dev.baton.server.BatonServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several players that share transcripts, each with a server of its own. */
public final class Ensemble {

  /** One computes while another waits for its database, or for the wall clock. */
  private static final int PLAYERS = 3;

  private Ensemble() {}

  /** Plays each transcript once. */
  public static Report play(
      List<Transcript> transcripts, Settings settings, Callable<BatonServer> newServer)
      throws Exception {
    // Those of the wall clock first, so that nobody waits for one at the end.
    Queue<Transcript> left =
        new ConcurrentLinkedQueue<>(
            transcripts.stream()
                .sorted(Comparator.comparing(Transcript::isRealtime).reversed())
                .toList());
    Report all = Report.NOTHING;
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<Report>> players = new ArrayList<>();
      for (int i = 0; i < PLAYERS; i++) {
        players.add(threads.submit(() -> playWhatIsLeft(left, settings, newServer)));
      }
      for (Future<Report> player : players) {
        all = all.plus(player.get());
      }
    }
    return all;
  }

  private static Report playWhatIsLeft(
      Queue<Transcript> left, Settings settings, Callable<BatonServer> newServer) throws Exception {
    try (BatonServer server = newServer.call();
        Player player = new Player(server.port(), settings)) {
      for (Transcript next = left.poll(); next != null; next = left.poll()) {
        player.play(next);
      }
      return player.report();
    }
  }
}
