package dev.baton.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.cli.Console;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.json.HistoryJson;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Tokens;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the client commands print, against a real server. */
class CommandLineIT {

  /** Epoch milliseconds of this decade. */
  private static final Pattern TIMES = Pattern.compile("\\b1[789]\\d{11}\\b");

  private static BatonServer server;

  private static Layers memory() {
    return Layers.inMemory();
  }

  @BeforeAll
  static void start() {
    server = BatonServer.start(ServerConfig.of(memory()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private record Result(int code, String out, String err) {}

  private static Result on(BatonServer server, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-S", "http://127.0.0.1:" + server.port()));
    return execute(all.toArray(String[]::new));
  }

  private static Result execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine(arguments.length == 0 ? "" : arguments[0]);
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int code = line.execute(arguments);
    return new Result(code, TIMES.matcher(out.toString()).replaceAll("TIME"), err.toString());
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    Result result = execute("serve", "--prot", "1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--prot", "serve --help");
  }

  /** Runs a command that succeeds and answers what it printed. */
  private static String run(String... arguments) {
    Result result = on(server, arguments);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  @Test
  void aPromiseIsCreatedShownAndSettled() {
    String created =
        run(
            "promises",
            "create",
            "p1",
            "--timeout",
            "1h",
            "--param",
            "{\"headers\":{\"h\":\"v\"},\"data\":{\"x\":1}}",
            "--tags",
            "{\"k\":\"v\"}");
    assertThat(created)
        .isEqualTo(
            """
            {
              "promise": {
                "id": "p1",
                "state": "pending",
                "param": {
                  "headers": {
                    "h": "v"
                  },
                  "data": "eyJ4IjoxfQ=="
                },
                "value": {},
                "tags": {
                  "k": "v"
                },
                "timeoutAt": TIME,
                "createdAt": TIME
              }
            }
            """);
    assertThat(run("promise", "get", "p1")).isEqualTo(created);
    assertThat(run("promises", "resolve", "p1", "--value", "{\"data\":\"done ✓\"}"))
        .contains("\"state\": \"resolved\"", "\"data\": \"ZG9uZSDinJM=\"", "\"settledAt\": TIME");
    assertThat(run("promises", "reject", "p1")).contains("\"state\": \"resolved\"");
    run("promises", "create", "p2", "--timeout", "1h");
    assertThat(run("promises", "reject", "p2")).contains("\"state\": \"rejected\"");
    run("promises", "create", "p3", "--timeout", "1h");
    assertThat(run("promises", "cancel", "p3")).contains("\"state\": \"rejected_canceled\"");
  }

  @Test
  void aSearchHasPages() {
    for (int i = 1; i <= 3; i++) {
      run("promises", "create", "page" + i, "--timeout", "1h", "--tags", "{\"page\":\"y\"}");
    }
    String tags = "{\"page\":\"y\"}";
    assertThat(run("promises", "search", "--tags", tags, "--limit", "2"))
        .contains("\"page1\"", "\"cursor\": \"page2\"")
        .doesNotContain("\"page3\"");
    assertThat(run("promises", "search", "--tags", tags, "--cursor", "page2"))
        .contains("\"page3\"")
        .doesNotContain("cursor");
    assertThat(run("promises", "search", "--tags", tags, "--state", "resolved"))
        .isEqualTo("{\n  \"promises\": []\n}\n");
  }

  @Test
  void aTaskIsTakenHeldAndEnded() {
    String tags = "{\"resonate:target\":\"poll://any@nobody\"}";
    assertThat(
            run(
                "tasks",
                "create",
                "t1",
                "--pid",
                "p",
                "--ttl",
                "1m",
                "--timeout",
                "1h",
                "--tags",
                tags))
        .contains("\"state\": \"acquired\"", "\"version\": 1", "\"ttl\": 60000", "\"preload\": []");
    assertThat(run("tasks", "heartbeat", "--pid", "p")).isEqualTo("{}\n");
    assertThat(
            run("tasks", "heartbeat", "--pid", "p", "--tasks", "[{\"id\":\"t1\",\"version\":1}]"))
        .isEqualTo("{}\n");
    assertThat(
            run(
                "tasks",
                "fence",
                "t1",
                "--version",
                "1",
                "--action",
                "{\"kind\":\"promise.create\",\"data\":{\"id\":\"t1.1\",\"timeoutAt\":99999999999999,"
                    + "\"param\":{\"data\":\"x\"}}}"))
        .contains("\"status\": 200", "\"data\": \"eA==\"");
    assertThat(
            run(
                "tasks",
                "suspend",
                "t1",
                "--version",
                "1",
                "--actions",
                "[{\"awaited\":\"t1.1\"}]"))
        .isEqualTo("{}\n");
    run("promises", "resolve", "t1.1");
    assertThat(run("tasks", "get", "t1")).contains("\"state\": \"pending\"", "\"resumes\": 1");
    run("tasks", "claim", "t1", "--pid", "q", "--version", "1", "--ttl", "1m");
    run("tasks", "release", "t1", "--version", "2");
    run("tasks", "halt", "t1");
    assertThat(run("tasks", "search", "--state", "halted")).contains("\"id\": \"t1\"");
    run("tasks", "continue", "t1");
    run("task", "claim", "t1", "--pid", "q", "--version", "2", "--ttl", "1m");
    assertThat(
            run(
                "tasks",
                "complete",
                "t1",
                "--version",
                "3",
                "--action",
                "{\"state\":\"resolved\",\"value\":{\"data\":5}}"))
        .contains("\"state\": \"resolved\"", "\"data\": \"NQ==\"");
  }

  @Test
  void aSuspensionThatHasNothingToWaitForIsNoSuccess() {
    String tags = "{\"resonate:target\":\"poll://any@nobody\"}";
    run("tasks", "create", "s1", "--pid", "p", "--ttl", "1m", "--timeout", "1h", "--tags", tags);
    run("promises", "create", "s2", "--timeout", "1h");
    run("promises", "resolve", "s2");
    Result result =
        on(
            server,
            "tasks",
            "suspend",
            "s1",
            "--version",
            "1",
            "--actions",
            "[{\"awaited\":\"s2\"}]");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("Error: status 300");
  }

  @Test
  void aScheduleIsCreatedFoundAndDeleted() {
    assertThat(
            run(
                "schedules",
                "create",
                "sch",
                "--cron",
                "0 8 * * MON",
                "--promise-id",
                "{{.id}}.{{.timestamp}}",
                "--promise-timeout",
                "1d",
                "--promise-param",
                "{\"data\":\"x\"}"))
        .contains("\"promiseTimeout\": 86400000", "\"data\": \"eA==\"", "\"nextRunAt\": TIME");
    assertThat(run("schedule", "get", "sch")).contains("\"cron\": \"0 8 * * MON\"");
    assertThat(run("schedules", "search")).contains("\"sch\"");
    assertThat(run("schedules", "pause", "sch")).contains("\"baton:paused\": \"true\"");
    assertThat(run("schedules", "resume", "sch")).doesNotContain("baton:paused");
    assertThat(
            run(
                "schedules",
                "update",
                "sch",
                "--cron",
                "0 9 * * MON",
                "--time-zone",
                "Europe/Berlin",
                "--promise-id",
                "{{.id}}.{{.timestamp}}",
                "--promise-timeout",
                "1h",
                "--overlap",
                "skip",
                "--catchup-window",
                "1m"))
        .contains(
            "\"cron\": \"TZ=Europe/Berlin 0 9 * * MON\"",
            "\"promiseTimeout\": 3600000",
            "\"baton:overlap\": \"skip\"",
            "\"baton:catchup-window\": \"60000\"");
    assertThat(run("schedules", "delete", "sch")).isEqualTo("{}\n");
    assertThat(on(server, "schedules", "get", "sch").err())
        .isEqualTo("Error: Schedule not found\n");
  }

  @Test
  void anInvocationIsWhatSdksReadAndItsTreeIsDrawn() {
    assertThat(
            run(
                "invoke",
                "call",
                "-f",
                "greet",
                "--arg",
                "world",
                "--arg",
                "3",
                "--arg",
                "{\"a\":1}",
                "--target",
                "greeters",
                "--delay",
                "1m"))
        .contains(
            "\"headers\": {}",
            // {"func":"greet","args":["world",3,{"a":1}],"version":1}
            "\"eyJmdW5jIjoiZ3JlZXQiLCJhcmdzIjpbIndvcmxkIiwzLHsiYSI6MX1dLCJ2ZXJzaW9uIjoxfQ==\"",
            "\"resonate:target\": \"poll://any@greeters\"",
            "\"resonate:delay\": \"TIME\"");
    String tags = "{\"resonate:origin\":\"call\",\"resonate:parent\":\"call\"}";
    run("promises", "create", "call.1", "--timeout", "1h", "--tags", tags);
    run("promises", "resolve", "call.1");
    assertThat(run("tree", "call"))
        .matches(
            "call  pending  greet\\(\\)  poll://any@greeters\n"
                + "└── call\\.1  resolved  \\d+m?s\n");
    assertThat(on(server, "tree", "no-such").err()).isEqualTo("Error: Promise not found\n");
    assertThat(on(server, "tree", "call", "--force").err()).contains("--force");
    assertThat(run("why", "call")).matches("call is delayed until .*Z, for \\d+ s\\.\n");
    assertThat(run("why", "call.1")).matches("call\\.1 is settled: resolved, \\d+ m?s ago\\.\n");
    assertThat(on(server, "why", "no-such").err()).isEqualTo("Error: Promise not found\n");
  }

  @Test
  void aTreeIsWrittenToAFileThatHoldsWhatIsStored(@TempDir Path folder) throws Exception {
    run("invoke", "exported", "-f", "greet", "--arg", "world", "--target", "greeters");
    String tags = "{\"resonate:origin\":\"exported\",\"resonate:parent\":\"exported\"}";
    run("promises", "create", "exported.1", "--timeout", "1h", "--tags", tags);
    run("promises", "resolve", "exported.1", "--value", "{\"data\":\"hello\"}");
    String file = folder.resolve("exported.json").toString();

    assertThat(run("tree", "exported", "--export", file))
        .isEqualTo(file + " holds exported (2 promises)\n");

    var history = HistoryJson.read(Files.readAllBytes(Path.of(file)));
    assertThat(history.root()).isEqualTo("exported");
    assertThat(history.promises())
        .extracting(PromiseRecord::id)
        .containsExactly("exported", "exported.1");
    assertThat(history.promises().getLast().value().data()).isEqualTo("aGVsbG8=");
    assertThat(Files.getPosixFilePermissions(Path.of(file))).hasSize(2);
    assertThat(on(server, "tree", "exported", "--export", file).err())
        .contains("exists: " + file + "; --force replaces it");
    assertThat(run("tree", "exported", "--export", file, "--force")).contains("(2 promises)");
    assertThat(on(server, "tree", "no-such", "--export", file + "2").err())
        .isEqualTo("Error: Promise not found\n");
    assertThat(folder).isDirectoryNotContaining("glob:**/*2");
  }

  @Test
  void groupsAreShownAndChanged() {
    assertThat(run("groups", "slots", "a group/ä", "2"))
        .contains("\"group\": \"a group/ä\"", "\"slotsPerWorker\": 2");
    assertThat(run("groups", "get", "a group/ä")).contains("\"slotsPerWorker\": 2");
    assertThat(run("groups", "list")).contains("\"a group/ä\"");
    assertThat(run("group", "slots", "a group/ä", "unlimited"))
        .contains("\"slotsPerWorker\": null");
    String nobody =
        """
        {
          "group": "g",
          "workers": [],
          "leasesEnded": 0
        }
        """;
    assertThat(run("groups", "drain", "g", "w1")).isEqualTo(nobody);
    assertThat(run("groups", "resume", "g", "w1")).isEqualTo(nobody);
    assertThat(run("groups", "gone", "g", "10.0.0.1", "--by-address")).isEqualTo(nobody);
    Result refused = on(server, "groups", "slots", "g", "0");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).startsWith("Error: slotsPerWorker must be a positive integer");
  }

  @Test
  void theTokenGoesWithEveryRequest() {
    Tokens issuer = Tokens.of("EdDSA");
    try (BatonServer closed =
        BatonServer.start(ServerConfig.of(memory().set(Key.AUTH_PUBLICKEY, issuer.pem())))) {
      assertThat(on(closed, "promises", "search").err()).isEqualTo("Error: Unauthorized\n");
      assertThat(on(closed, "groups", "list").err()).isEqualTo("Error: Unauthorized\n");
      assertThat(on(closed, "promises", "search", "-T", issuer.prefix("x")).err())
          .isEqualTo("Error: Forbidden\n");
      assertThat(on(closed, "promises", "search", "-T", issuer.admin()).code()).isZero();
      assertThat(on(closed, "groups", "list", "--token", issuer.admin()).code()).isZero();
      assertThat(on(closed, "groups", "list", "--token", issuer.token()).err())
          .isEqualTo("Error: Forbidden: the token reaches no group\n");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          promises get                                       | Missing required parameter: 'ID'
          promises create x                                  | Missing required option: '--timeout=DURATION'
          promises create x --timeout soon                   | --timeout must be a duration such as 1h
          promises create x --timeout 1h --tags {"a":1}      | --tags must be a JSON object of strings; a is none
          promises create x --timeout 1h --param {a          | --param is malformed JSON at line 1 column
          promises create x --timeout 1h --param {}x         | --param is malformed JSON at line 1 column
          promises create x --timeout 1h --param 5           | --param must be an object with headers, data
          promises search --state done                       | --state must be pending, resolved
          promises eat x                                     | 'eat'
          promises serch                                     | ; did you mean search?
          invok x -f f                                       | ; did you mean invoke?
          invoke x -f f --tagret workers                     | ; did you mean --target?
          tasks release x --version one                      | --version must be an integer
          tasks complete x --version 1 --action {"state":1}  | --action is not usable
          tasks fence x --version 1 --action {"kind":"eat"}  | --action is not usable
          tasks suspend x --version 1 --actions {}           | --actions must be a JSON array
          invoke x -f f --arg 1 --json-args [1]              | --json-args and --arg exclude each other
          invoke x -f f --json-args 1                        | --json-args must be a JSON array
          groups slots g many                                | N must be a positive number
          -S http://localhost:1 promises get x               | -S must come after the command, as in: baton promises ...
          """)
  void wrongUsageIsExplained(String line, String text) {
    Result result = execute(line.split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(text, "--help'");
  }

  @Test
  void whatIsTypedIsShownAsATerminalMayShowIt() {
    assertThat(execute("promises", "\u001b[31m").err()).contains("'\\u001b[31m'");
    assertThat(execute("-\u001b[31m", "promises").err()).startsWith("-\\u001b[31m must come after");
  }

  @Test
  void aFileInNoFolderIsSaidToBeThat() {
    for (String[] command :
        new String[][] {
          {"backup", "/nowhere/store.db"}, {"tree", "x", "--export", "/nowhere/store.db"}
        }) {
      run("promises", "create", "x", "--timeout", "1h");
      assertThat(on(server, command).err())
          .isEqualTo("Error: writing /nowhere/store.db: folder /nowhere does not exist\n");
    }
  }

  /** What begins like JSON and goes on is a text like any other. */
  @Test
  void anArgumentThatIsNotAllJsonIsAString() {
    assertThat(
            run("invoke", "t", "-f", "f", "--arg", "3 apples", "--arg", "true story", "--arg", "3"))
        // {"func":"f","args":["3 apples","true story",3],"version":1}
        .contains(
            "eyJmdW5jIjoiZiIsImFyZ3MiOlsiMyBhcHBsZXMiLCJ0cnVlIHN0b3J5IiwzXSwidmVyc2lvbiI6MX0=");
  }

  @Test
  void numbersAreGivenAsTheyAre() {
    String[] numbers = {"12345678901234567890123", "0.12345678901234567890", "1.0"};
    // {"func":"f","args":[12345678901234567890123,0.12345678901234567890,1.0],"version":1}
    assertThat(
            run(
                "invoke",
                "n",
                "-f",
                "f",
                "--arg",
                numbers[0],
                "--arg",
                numbers[1],
                "--arg",
                numbers[2]))
        .contains(
            "eyJmdW5jIjoiZiIsImFyZ3MiOlsxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMywwLjEyMzQ1Njc4OTAxMjM0NTY3ODkwLDEuMF0sInZlcnNpb24iOjF9");
  }

  /** As on a full disk: whoever redirects would take what there is for all. */
  @Test
  void outputThatIsNotWrittenIsAFailure() {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine("groups").setErr(new PrintWriter(err, true));
    line.setOut(
        new PrintWriter(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            }));
    assertThat(line.execute("groups", "list", "-S", "http://127.0.0.1:" + server.port())).isOne();
    assertThat(err).hasToString("Error: not all of the output could be written\n");
  }

  @Test
  void aServerThatIsNotThereOrIsNoneIsNamed() {
    Result nobody = execute("promises", "get", "x", "-S", "http://127.0.0.1:1");
    assertThat(nobody.code()).isEqualTo(1);
    assertThat(nobody.err()).isEqualTo("Error: nobody answers at http://127.0.0.1:1/\n");
    assertThat(execute("promises", "get", "x", "-S", "nonsense").err())
        .contains("Error: the server must be a URL");
    assertThat(execute("promises", "get", "x", "-S", "http://localhost:99999").err())
        .isEqualTo("Error: the server must be a URL with a port of at most 65535, not 99999\n");
    String page = "http://127.0.0.1:" + server.port() + "/health";
    assertThat(execute("promises", "get", "x", "-S", page).err())
        .containsPattern(" does not answer like a server: status 40[45], ");
    assertThat(execute("groups", "list", "-S", page).err()).contains("has no groups");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://::1:8001", "http://fd00::a:8001/"})
  void anIpv6ServerNeedsBrackets(String url) {
    assertThat(execute("promises", "get", "x", "-S", url).err())
        .startsWith("Error: the server must be a URL with brackets around the IPv6 address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"header.secret\nclaims.sig", "Bearer secret", "se\0cret", "secrét"})
  void aTokenThatIsNoneIsNotShown(String token) {
    Result result = on(server, "promises", "get", "x", "--token", token);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("Error: the token holds ")
        .doesNotContain("secr", "cret", "\tat ");
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void theLineEndAfterATokenIsNoPartOfIt() {
    Tokens issuer = Tokens.of("EdDSA");
    try (BatonServer closed =
        BatonServer.start(ServerConfig.of(memory().set(Key.AUTH_PUBLICKEY, issuer.pem())))) {
      assertThat(on(closed, "groups", "list", "--token", issuer.admin() + "\r\n").code()).isZero();
    }
  }

  @Test
  void whatNobodyExpectsIsToldInOneLineAndItsPlaceOnlyToThoseWhoAsk() {
    String tooDeep = "[".repeat(5_000) + "]".repeat(5_000);
    Result result = execute("invoke", "x", "-f", "f", "--json-args", tooDeep, "-S", "http://[::1");
    assertThat(result.err().lines().count()).isLessThanOrEqualTo(2);
    assertThat(result.err()).doesNotContain("\tat ");
    StringWriter err = new StringWriter();
    var failure = new IllegalStateException("a bug\nin \u001b[31mred");
    assertThat(Console.unexpected(failure, false, new PrintWriter(err))).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "Error: unexpected: IllegalStateException: a bug\\nin \\u001b[31mred"
                + " (--debug shows where)\n");
    Console.unexpected(failure, true, new PrintWriter(err));
    assertThat(err.toString()).contains("\tat dev.baton.launcher.CommandLineIT");
  }

  @Test
  void namesThatAreMadeToFoolATerminalAreShownEscaped() {
    String id = "evil\u001b[2J\u009b1m\u202e\nError: forged\u2028";
    String shown = "evil\\u001b[2J\\u009b1m\\u202e\\nError: forged\\u2028";
    run("promises", "create", id, "--timeout", "1h", "--tags", "{\"resonate:origin\":\"e\"}");
    assertThat(run("promises", "get", id)).containsIgnoringCase("\"id\": \"" + shown + "\"");
    assertThat(run("promises", "search", "--tags", "{\"resonate:origin\":\"e\"}"))
        .containsIgnoringCase(shown);
    assertThat(run("tree", id)).startsWith(shown + "  pending");
    assertThat(run("why", id)).startsWith(shown).hasLineCount(1);
    assertThat(on(server, "tasks", "get", id).err()).isEqualTo("Error: Task not found\n");
    assertThat(run("groups", "get", "g\u001b")).containsIgnoringCase("\"group\": \"g\\u001b\"");
  }

  @Test
  void aWrongCronExpressionIsExplained() {
    Result result =
        on(
            server,
            "schedules",
            "create",
            "s",
            "--cron",
            "0 8 * * 0",
            "--promise-id",
            "x",
            "--promise-timeout",
            "1h");
    assertThat(result.err())
        .startsWith("Error: Invalid cron expression: five fields")
        .contains("weekdays are 1 (Sunday) to 7 (Saturday)");
    assertThat(execute("schedules", "create", "--help").out().replaceAll("\\s+", " "))
        .contains("weekdays are 1 (Sunday) to 7 (Saturday)");
  }

  @Test
  void aScheduleOfOneIdIsExplained() {
    assertThat(execute("schedules", "create", "--help").out().replaceAll("\\s+", " "))
        .contains("without the timestamp all are the same, and only the first promise is made");
  }

  @Test
  void everyCommandHasHelp() {
    String top = execute("--help").out();
    for (String command :
        List.of(
            "serve",
            "dev",
            "promises",
            "tasks",
            "schedules",
            "invoke",
            "tree",
            "why",
            "groups",
            "generate-completion")) {
      assertThat(top).contains(command);
      CommandLine line =
          Objects.requireNonNull(Main.commandLine(command).getSubcommands().get(command));
      assertThat(execute(command, "--help").out()).contains("Usage: baton " + command);
      for (String sub : line.getSubcommands().keySet()) {
        assertThat(execute(command, sub, "--help").out())
            .contains("Usage: baton " + command + " " + sub, "--server");
      }
    }
    assertThat(execute("promises").err()).contains("Usage: baton promises");
    assertThat(execute().code()).isEqualTo(2);
  }

  @Test
  void theCompletionScriptKnowsEveryCommand() {
    String script = execute("generate-completion").out();
    assertThat(script)
        .contains("bashcompinit", "register-listener", "--promise-timeout", "--server-port");
  }

  @Test
  void aBackupIsWrittenWholeAndRestored(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("backup.db");
    Path restored = folder.resolve("restored.db");
    var layers = memory().set(Key.STORAGE_SQLITE_PATH, folder.resolve("baton.db").toString());
    try (var kept = BatonServer.start(ServerConfig.of(layers))) {
      assertThat(on(kept, "promises", "create", "p1", "--timeout", "1h").code()).isZero();
      Result backup = on(kept, "backup", file.toString());
      assertThat(backup.err()).isEmpty();
      assertThat(backup.out())
          .isEqualTo(file + " holds the store (" + Files.size(file) + " bytes)\n");
      Result again = on(kept, "backup", file.toString());
      assertThat(again.code()).isEqualTo(2);
      assertThat(again.err()).contains("exists", "--force");
      assertThat(on(kept, "promises", "create", "p2", "--timeout", "1h").code()).isZero();
      assertThat(on(kept, "backup", file.toString(), "--force").code()).isZero();
      assertThat(on(kept, "backup", folder.resolve("no/where").toString()).err())
          .contains("Error: writing");
    }
    Result restore = execute("restore", file.toString(), "--storage-sqlite-path=" + restored);
    assertThat(restore.err()).isEmpty();
    assertThat(restore.out()).isEqualTo(restored + " holds 2 promises, of which 2 are pending\n");
    Result second = execute("restore", file.toString(), "--storage-sqlite-path=" + restored);
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains("it exists");
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains(".part"));
    }
    var restoredLayers = memory().set(Key.STORAGE_SQLITE_PATH, restored.toString());
    try (var next = BatonServer.start(ServerConfig.of(restoredLayers))) {
      assertThat(on(next, "promises", "get", "p2").out()).contains("pending");
    }
  }

  @Test
  void aServerInMemoryHasNoBackup(@TempDir Path folder) throws Exception {
    Result refused = on(server, "backup", folder.resolve("b").toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).startsWith("Error: This store has no backup");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          promises create typo --timeout 1h --param {"dat":1}      | --param must be an object with headers, data, or both; it has dat
          promises resolve typo --value {"data":1,"header":{}}     | it has header
          invoke typo -f ''                                        | --func must be the name of a function, not ''
          invoke typo -f f --param 1                               | Unknown options: '--param'
          """)
  void whatWouldSilentlyBeLeftOutIsAUsageError(String command, String text) {
    String[] words = command.split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].equals("''") ? "" : words[i];
    }
    Result result = on(server, words);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(text);
  }

  @Test
  void aGroupMayHaveAnyName() {
    for (String group : List.of("a b/c%", ".", "..", "grö:ße")) {
      run("invoke", "call-of-" + group, "-f", "f", "--target", group);
      assertThat(run("groups", "get", group))
          .contains("\"group\": \"" + group + "\"", "\"ready\": 1");
      assertThat(run("why", "call-of-" + group)).contains("no worker");
    }
  }
}
