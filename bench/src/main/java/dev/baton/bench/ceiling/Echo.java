package dev.baton.bench.ceiling;

import dev.baton.bench.host.Proc;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Repetition;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An {@link EchoServer} and its load. Its process stays for the whole run, and so stays warm. */
final class Echo implements AutoCloseable {

  private static final double WARM_UP_SECONDS = 3;

  private final Process process;
  private final Loop loop = new Loop();
  private final Target target;
  private final Template request;

  Echo(List<String> javaOptions) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EchoServer.class.getName());
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String port = out.readLine();
      if (port == null) {
        throw new LoadException("the echo server did not start", null);
      }
      target = Target.local(Integer.parseInt(port));
    } catch (IOException e) {
      throw new UncheckedIOException("starting the echo server", e);
    }
    request = new Requests(target, "echo").createPromise();
    for (int connections : new int[] {64, 1}) {
      run(connections, WARM_UP_SECONDS / 2);
    }
  }

  Ceilings.Http run(int connections, double seconds) {
    Repetition load = Repetition.start(loop, target, request, connections, Integer.MAX_VALUE);
    pause(0.1);
    double cpu = Proc.cpuSeconds(process.pid());
    long started = System.nanoTime();
    loop.run(load.samples()::clear);
    pause(seconds);
    Ceilings.Http found =
        loop.call(() -> {
          double elapsed = (System.nanoTime() - started) / 1e9;
          double used = Proc.cpuSeconds(process.pid()) - cpu;
          Samples samples = load.samples();
          return new Ceilings.Http(
              samples.size() / elapsed,
              samples.ms(0.5),
              samples.ms(0.99),
              used * 1000 / samples.size());
        });
    load.stop();
    while (!loop.call(load::isQuiet)) {
      pause(0.005);
    }
    load.close();
    return found;
  }

  /** How long one takes that comes after a pause. */
  Samples paced(int count, double pauseSeconds) {
    Repetition load = Repetition.paced(loop, target, request, count, (long) (pauseSeconds * 1e9));
    while (loop.call(load.samples()::size) < count) {
      pause(pauseSeconds);
    }
    load.close();
    return load.samples();
  }

  private static void pause(double seconds) {
    LockSupport.parkNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
  }

  @Override
  public void close() {
    loop.close();
    process.destroy();
  }
}
