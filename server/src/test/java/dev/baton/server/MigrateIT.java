package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MigrateIT {

  private static final String FAR = "99999999999999";

  @TempDir Path folder;

  /** What the command said, and how it ended. */
  private record Said(int code, String out, String err) {}

  private static Said migrate(String from, String to) {
    CommandLine line = new CommandLine(MigrateCommand.create("migrate", "moves"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err, true));
    int code = MigrateCommand.run(line.parseArgs("--from", from, "--to", to), Map.of());
    return new Said(code, out.toString(), err.toString());
  }

  private static String digest(Said said) {
    return said.out().substring(said.out().indexOf("SHA-256"));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static String target(String id) {
    return "{'id':'%s','timeoutAt':%s,'param':{'headers':{'h':'\u00e9'},'data':'ZA=='},'tags':{'resonate:target':'poll://any@g','resonate:branch':'b'}}"
        .formatted(id, FAR);
  }

  /** Something of every kind, and of some kinds more than one batch takes. */
  private static void fill(Client client, int many) {
    for (String id : new String[] {"offered", "held", "waits", "halted", "b", "done"}) {
      client.call("promise.create", target(id));
    }
    client.call("promise.create", "{'id':'dep','timeoutAt':%s}".formatted(FAR));
    client.call("promise.create", "{'id':'dep2','timeoutAt':%s}".formatted(FAR));
    client.call("task.acquire", "{'id':'held','version':0,'pid':'w','ttl':86400000}");
    client.call("task.acquire", "{'id':'waits','version':0,'pid':'w','ttl':60000}");
    client.call(
        "task.suspend",
        "{'id':'waits','version':1,'actions':[{'kind':'promise.register_callback','head':{},'data':{'awaited':'dep','awaiter':'waits'}}]}");
    client.call("promise.register_callback", "{'awaited':'dep2','awaiter':'halted'}");
    client.call("task.halt", "{'id':'halted'}");
    client.call("promise.settle", "{'id':'dep2','state':'rejected','value':{'data':''}}");
    client.call("promise.register_listener", "{'awaited':'done','address':'poll://uni@c/c'}");
    client.call("promise.settle", "{'id':'done','state':'resolved','value':{'data':'eA=='}}");
    client.call(
        "schedule.create",
        "{'id':'s','cron':'0 0 1 1"
            + " *','promiseId':'s.{{.timestamp}}','promiseTimeout':1000,'promiseTags':{'resonate:target':'poll://any@g'}}");
    client.send("PUT", "/groups/g", "{\"slotsPerWorker\":3}");
    for (int i = 0; i < many; i++) {
      client.call("promise.create", "{'id':'many.%d','timeoutAt':%s}".formatted(i, FAR));
    }
  }

  @Test
  void aStoreIsMovedToPostgresqlAndBackWhole() {
    try (var server = Servers.start(Servers.sqlite(file("old.db")));
        var client = new Client(server.port())) {
      fill(client, 1_200);
      assertThat(migrate("mysql:x", "sqlite:" + file("new.db")).err())
          .contains("must be sqlite:FILE or postgres:URL");
      assertThat(migrate("sqlite:" + file("old.db"), url(Postgres.shared().newDatabase())).err())
          .contains("open already");
    }
    String database = Postgres.shared().newDatabase();
    Said there = migrate("sqlite:" + file("old.db"), url(database));
    assertThat(there.err()).isEmpty();
    assertThat(there.out())
        .contains(
            "moved 1208 promises, of which 1206 are pending, 2 callbacks, 1 listeners, 1 schedules"
                + " and the settings of 1 groups");
    assertThat(migrate("sqlite:" + file("old.db"), url(database)).err())
        .contains("baton_promises is not empty; a store is never overwritten");

    Said back = migrate(url(database), "sqlite:" + file("back.db"));
    assertThat(back.err()).isEmpty();
    assertThat(digest(back)).isEqualTo(digest(there));
    assertThat(migrate(url(database), "sqlite:" + file("back.db")).err())
        .contains("a store is never overwritten");

    try (var server = Servers.start(Servers.postgres(database));
        var client = new Client(server.port());
        var listener = client.open("/poll/c/c")) {
      assertThat(listener.next().path("data").path("promise").path("id").asText())
          .isEqualTo("done");
      assertThat(client.call("task.get", "{'id':'held'}").data().toString()).contains("acquired");
      assertThat(client.call("promise.get", "{'id':'dep2'}").data().toString())
          .contains("rejected");
      client.call("promise.settle", "{'id':'dep','state':'resolved'}");
      assertThat(client.call("task.get", "{'id':'waits'}").data().toString()).contains("pending");
      assertThat(client.call("schedule.get", "{'id':'s'}").status()).isEqualTo(200);
      assertThat(client.send("GET", "/groups/g", null).body().path("slotsPerWorker").asInt())
          .isEqualTo(3);
      assertThat(migrate(url(database), "sqlite:" + file("again.db")).err())
          .contains("a server owns it");
    }
    assertThat(file("again.db")).doesNotExist();
    try (var server = Servers.start(Servers.sqlite(file("back.db")));
        var client = new Client(server.port())) {
      assertThat(client.call("task.get", "{'id':'held'}").data().toString()).contains("acquired");
    }
  }

  private static String url(String jdbc) {
    return "postgres:" + jdbc;
  }

  @Test
  void whatCannotBeMovedWholeIsNotMovedAtAll() throws Exception {
    try (var server = Servers.start(Servers.sqlite(file("long.db")));
        var client = new Client(server.port())) {
      fill(client, 0);
      client.call(
          "promise.create", "{'id':'z%s','timeoutAt':%s}".formatted("x".repeat(2_000), FAR));
    }
    String database = Postgres.shared().newDatabase();
    Said said = migrate("sqlite:" + file("long.db"), url(database));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("it has 2001 bytes, at most 2000 are possible");
    try (var connection = DriverManager.getConnection(database);
        var count =
            connection.createStatement().executeQuery("SELECT count(*) FROM baton_promises")) {
      assertThat(count.next()).isTrue();
      assertThat(count.getLong(1)).isZero();
    }
    assertThat(migrate("sqlite:" + file("none.db"), url(database)).err())
        .contains("there is no such file");
  }

  @Test
  void aRowThatCannotBeReadIsNamedAndNothingIsMoved() throws Exception {
    try (var server = Servers.start(Servers.sqlite(file("bad.db")));
        var client = new Client(server.port())) {
      fill(client, 0);
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file("bad.db"));
        var damage = connection.createStatement()) {
      damage.executeUpdate("UPDATE promises SET tags = '{' WHERE id = 'held'");
    }
    Said said = migrate("sqlite:" + file("bad.db"), "sqlite:" + file("copy.db"));
    assertThat(said.err()).contains("nothing was moved").contains("promise held cannot be read");
    assertThat(file("copy.db")).doesNotExist();
    try (var left = Files.list(folder)) {
      assertThat(left.map(Path::toString)).noneMatch(name -> name.contains(".part"));
    }
  }
}
