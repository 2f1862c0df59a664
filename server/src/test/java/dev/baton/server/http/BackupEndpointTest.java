package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.Outcome;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.background.Share;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import dev.baton.testing.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BackupEndpointTest {

  /** Of the system, for a connection: little is on its way. */
  private static final int SMALL_BUFFER = 16_384;

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final CountDownLatch mayCopy = new CountDownLatch(1);
  private volatile CountDownLatch mayRest = new CountDownLatch(0);
  private final AtomicInteger copies = new AtomicInteger();
  private final AtomicInteger counted = new AtomicInteger();
  private volatile byte[] content = "everything".getBytes(StandardCharsets.UTF_8);
  private volatile @Nullable StorageException failure;
  private int port;

  @BeforeEach
  void serve() {
    serve(Duration.ZERO, 20);
  }

  private void serve(Duration patience, long interimMs) {
    var share = new Share(100, this::count);
    var endpoint = new BackupEndpoint(vertx, new SlowStorage(), share, patience, interimMs);
    var grant = new Grant(new Access.Unlimited(), Double.POSITIVE_INFINITY, null);
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setSendBufferSize(SMALL_BUFFER))
            .requestHandler(request -> endpoint.handle(request, List.of("backup"), grant))
            .listen(0)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    port = server.actualPort();
  }

  @AfterEach
  void stop() {
    mayRest.countDown();
    mayCopy.countDown();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private boolean count() {
    counted.incrementAndGet();
    try {
      mayRest.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return false;
  }

  private HttpURLConnection post() throws IOException {
    var connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/backup").toURL().openConnection();
    connection.setRequestMethod("POST");
    return connection;
  }

  @Test
  void theConnectionIsKeptAliveUntilTheCopyIsWhole() throws Exception {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "POST /backup HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      var in = socket.getInputStream();
      String interim = "HTTP/1.1 100 Continue\r\n\r\n";
      assertThat(new String(in.readNBytes(3 * interim.length()), StandardCharsets.US_ASCII))
          .isEqualTo(interim.repeat(3));
      mayCopy.countDown();
      String rest = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(rest).contains("HTTP/1.1 200 OK", "content-length: 10").endsWith("everything");
    }
    await().untilAsserted(() -> assertThat(folder).isEmptyDirectory());
  }

  @Test
  void oneIsTakenAtATimeAndInterimAnswersConfuseNobody() throws Exception {
    long began = System.nanoTime();
    var first = post();
    var body = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            assertThat(first.getInputStream().readAllBytes()).hasSize(10);
            body.countDown();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    await().until(() -> copies.get() == 1);
    var second = post();
    assertThat(second.getResponseCode()).isEqualTo(409);
    assertThat(second.getHeaderField("retry-after")).isEqualTo("10");
    await().until(() -> System.nanoTime() - began > 100_000_000L); // There are interim answers.
    mayCopy.countDown();
    body.await();
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
  }

  @Test
  void whoHasReadOneToItsEndMayAskForTheNextAtOnce() throws Exception {
    mayCopy.countDown();
    mayRest = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) { // Nobody who has sent one comes any further meanwhile.
      var connection = post();
      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertThat(connection.getInputStream().readAllBytes()).hasSize(10);
      assertThat(folder).isEmptyDirectory();
    }
  }

  /** Whoever shares the event loop waits for a piece of it, and not for all. */
  @Test
  void aLargeCopyIsSentInPiecesEachOfWhichCounts() throws Exception {
    content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    mayCopy.countDown();
    var connection = post();
    assertThat(connection.getInputStream().readAllBytes()).isEqualTo(content);
    assertThat(counted).hasValueGreaterThan(content.length / 200_000);
    await().untilAsserted(() -> assertThat(folder).isEmptyDirectory());
  }

  @Test
  void whoLeavesInTheMiddleLeavesNothingBehind() throws Exception {
    content = new byte[30_000_000]; // More than is on its way at any time.
    mayCopy.countDown();
    var connection = post();
    var body = connection.getInputStream();
    assertThat(body.readNBytes(1_000)).hasSize(1_000);
    assertThat(folder).isNotEmptyDirectory();
    body.close();
    connection.disconnect();
    await().untilAsserted(() -> assertThat(folder).isEmptyDirectory());
    content = "everything".getBytes(StandardCharsets.UTF_8);
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
  }

  @Test
  void whoReadsNothingIsCutOffAndOthersGetTheirs() throws Exception {
    serve(Duration.ofMillis(300), 60_000);
    content = new byte[30_000_000]; // More than is on its way at any time.
    mayCopy.countDown();
    List<RawHttp> idle = new ArrayList<>();
    for (int i = 0; i < 2; i++) { // As many as may be unsent.
      var connection = new RawHttp(port);
      idle.add(connection);
      assertThat(connection.begin("POST", "/backup").status()).isEqualTo(200);
    }
    content = "everything".getBytes(StandardCharsets.UTF_8);
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
    await().untilAsserted(() -> assertThat(folder).isEmptyDirectory());
    for (RawHttp connection : idle) {
      assertThat(connection.finish()).as("it ends in the middle").hasSizeLessThan(30_000_000);
      connection.close();
    }
  }

  /** Each is waited for by a thread. */
  @Test
  void fewMayStallAtTheLastPiece() throws Exception {
    content = new byte[3 * PacedFile.PIECE_BYTES];
    mayCopy.countDown();
    List<RawHttp> stalled = new ArrayList<>();
    for (int i = 0; i < BackupEndpoint.MOST_LEAVING; i++) {
      var connection = new RawHttp(port, SMALL_BUFFER);
      stalled.add(connection);
      connection.begin("POST", "/backup");
      connection.read(2 * PacedFile.PIECE_BYTES + 1); // The last piece has begun to come.
    }
    assertThat(folder).isEmptyDirectory();
    assertThat(post().getResponseCode()).isEqualTo(409);
    stalled.getFirst().read(PacedFile.PIECE_BYTES - 1);
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
    for (RawHttp connection : stalled) {
      connection.close();
    }
  }

  @Test
  void whoLeavesLeavesNothingBehind() throws Exception {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "POST /backup HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> copies.get() == 1);
    }
    mayCopy.countDown();
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
    await().untilAsserted(() -> assertThat(folder).isEmptyDirectory());
  }

  @Test
  void aFailureIsToldAndTheNextMayWork() throws Exception {
    mayCopy.countDown();
    failure = new StorageException("no room", null);
    var failed = post();
    assertThat(failed.getResponseCode()).isEqualTo(507);
    assertThat(new String(failed.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("{\"error\":\"no room\"}");
    failure = null;
    await().untilAsserted(() -> assertThat(post().getResponseCode()).isEqualTo(200));
  }

  /** One whose copy takes as long as the test wants. */
  private final class SlowStorage implements Storage {
    private final MemoryStorage memory = new MemoryStorage(RuleSet.Profile.RELEASE);

    @Override
    public Optional<Path> copy(LongUnaryOperator restNanos) {
      copies.incrementAndGet();
      try {
        mayCopy.await();
        if (failure != null) {
          throw failure;
        }
        return Optional.of(Files.write(folder.resolve("copy" + copies.get()), content));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public <R> R transact(Function<Rows, R> work) {
      return memory.transact(work);
    }

    @Override
    public State live() {
      return memory.live();
    }

    @Override
    public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
      memory.replay(tasks, unblocks);
    }

    @Override
    public Reader reader() {
      return memory.reader();
    }

    @Override
    public Map<String, Integer> groupSlots() {
      return memory.groupSlots();
    }

    @Override
    public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {}

    @Override
    public void close() {}
  }
}
