package dev.baton.bench.measure;

import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A worker's machine vanishes: it is a network namespace, whose link is taken down. Needs root,
 * {@code ip} and {@code curl}, which is the worker's stream.
 */
final class Vanished {

  private static final int LEASE_MS = 60_000;

  private Vanished() {}

  static void run(Setting setting) {
    List<Double> seconds = new ArrayList<>();
    try (Subject subject = setting.server("--server-bind=0.0.0.0");
        Namespace namespace = Namespace.start()) {
      for (int round = 0; round < setting.options().rounds(); round++) {
        seconds.add(handOver(subject, namespace));
      }
    }
    setting.add(setting.row("p50", "s", seconds).reaching(new Goal.AtMost(5)));
    setting.add(setting.worst("max", "s", seconds).reaching(new Goal.AtMost(5)));
  }

  private static double handOver(Subject subject, Namespace namespace) {
    Loop loop = subject.loop();
    String group = subject.unique("vanished");
    Requests requests = subject.requests("vanished");
    CompletableFuture<Boolean> connected = new CompletableFuture<>();
    CompletableFuture<Long> handedOver = new CompletableFuture<>();
    Worker survivor =
        new Worker(
            loop,
            requests,
            Worker.Nature.unlimited(group, group + "-w2"),
            Worker.Resilience.RETRIES,
            _ -> 0,
            new Worker.Events() {
              @Override
              public void connected(Worker worker) {
                connected.complete(true);
              }

              @Override
              public void received(Worker worker, int number, long version) {
                handedOver.complete(System.nanoTime());
              }
            });
    Pool pool = new Pool(loop, subject.target());
    String pid = group + "-w1";
    namespace.connect();
    Process stream =
        namespace.run(
            "curl",
            "-sN",
            "http://%s:%d/poll/%s/%s"
                .formatted(Namespace.OURS, subject.target().address().getPort(), group, pid));
    try {
      subject.pause(0.5); // Nobody says when a stream without messages is open.
      status(subject, pool, requests.createTask(group), 0);
      subject.pause(0.2);
      status(subject, pool, requests.acquire(pid, LEASE_MS), 0);
      loop.run(survivor::connect);
      subject.await(connected, 10);
      subject.pause(0.2);
      long started = System.nanoTime();
      namespace.vanish();
      return (subject.await(handedOver, 2 * LEASE_MS / 1000.0) - started) / 1e9;
    } finally {
      stream.destroyForcibly();
      subject.pause(0.1);
      loop.run(() -> {
        survivor.die();
        pool.close();
      });
    }
  }

  private static void status(Subject subject, Pool pool, Template request, int number) {
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    subject
        .loop()
        .run(() -> pool.send(request, number, 0, (status, _, _, _) -> answered.complete(status)));
    int status = subject.await(answered, 10);
    if (status != 200) {
      throw new NotPossibleException("a request was answered with status " + status);
    }
  }

  /** The other machine. */
  private static final class Namespace implements AutoCloseable {

    private static final String NAME = "batonbench";
    private static final String OUR_LINK = NAME + "a";
    private static final String ITS_LINK = NAME + "b";
    private static final String OURS = "10.202.77.1";
    private static final String ITS = "10.202.77.2";

    static Namespace start() {
      succeeds("ip netns del " + NAME);
      boolean isMade =
          succeeds("ip netns add " + NAME)
              && succeeds(
                  "ip link add %s type veth peer name %s netns %s", OUR_LINK, ITS_LINK, NAME)
              && succeeds("ip addr add %s/30 dev %s", OURS, OUR_LINK)
              && succeeds("ip -n %s addr add %s/30 dev %s", NAME, ITS, ITS_LINK)
              && succeeds("ip -n %s link set %s up", NAME, ITS_LINK)
              && succeeds("curl --version");
      if (!isMade) {
        throw new NotPossibleException("needs root, ip and curl");
      }
      return new Namespace();
    }

    void connect() {
      succeeds("ip link set %s up", OUR_LINK);
    }

    void vanish() {
      succeeds("ip link set %s down", OUR_LINK);
    }

    Process run(String... command) {
      List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", NAME));
      words.addAll(List.of(command));
      return begin(words);
    }

    private static boolean succeeds(String format, Object... arguments) {
      try {
        return begin(List.of(format.formatted(arguments).split(" "))).waitFor() == 0;
      } catch (UncheckedIOException e) {
        return false; // There is no such command.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private static Process begin(List<String> words) {
      try {
        return new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException("running " + words.getFirst(), e);
      }
    }

    @Override
    public void close() {
      succeeds("ip netns del " + NAME);
    }
  }
}
