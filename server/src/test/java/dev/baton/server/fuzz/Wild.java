package dev.baton.server.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Bodies that are in order as far as JSON and the protocol go, with the wildest text that they may
 * hold, at the limits of lengths and just beyond.
 */
final class Wild {

  /** An id that several requests of a conversation name. */
  static final List<String> IDS =
      List.of("a", "b.1", "\u00e9\ud83d\ude00:2", "\u0001 \"\\\u2028", "x".repeat(4_096));

  private static final HexFormat HEX = HexFormat.of();

  private static final String MANY = many(1_000);
  private static final String TOO_MANY = many(1_025);

  /** So many of the same hash that a table of symbols gives up. */
  private static final String COLLIDING = colliding();

  private Wild() {}

  private static Arbitrary<String> text() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.of("a", "k", "true", "", " ", "\u00e9", "\ud83d\ude00")),
        Tuple.of(4, Arbitraries.strings().ofMaxLength(12)),
        Tuple.of(
            2,
            Arbitraries.of(
                "\0",
                "a\0b",
                "\ud800",
                "\udc00\ud800",
                "\u001b[31m\r\n",
                "\u2028\ufeff\ufffd\uffff",
                "\"}],\\",
                "[[[[[[[[{{{{{{{{",
                "1".repeat(2_000),
                "NaN",
                "1e999999999")),
        Tuple.of(
            2,
            Arbitraries.of(4_095, 4_096, 4_097, 50_001, 65_536, 65_537)
                .flatMap(length ->
                    Arbitraries.of("x", "\0", "\"", "\u00e9", "\ud83d\ude00")
                        .map(piece -> piece.repeat(length / piece.length())))));
  }

  private static Arbitrary<String> id() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just(IDS.getFirst())),
        Tuple.of(4, Arbitraries.of(IDS)),
        Tuple.of(1, text()));
  }

  private static Arbitrary<String> map() {
    return Arbitraries.frequencyOf(
        Tuple.of(20, entries(text(), text(), 5)),
        Tuple.of(1, Arbitraries.of(MANY, TOO_MANY, COLLIDING)));
  }

  private static Arbitrary<String> entries(
      Arbitrary<String> names, Arbitrary<String> values, int most) {
    return Combinators.combine(names, values)
        .as((name, value) -> quoted(name) + ":" + quoted(value))
        .list()
        .ofMaxSize(most)
        .map(all -> "{" + String.join(",", all) + "}");
  }

  private static String many(int count) {
    StringBuilder all = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      all.append(i == 0 ? "" : ",").append('"').append(i).append("\":\"\"");
    }
    return all.append('}').toString();
  }

  private static String colliding() {
    StringBuilder all = new StringBuilder("{");
    for (int i = 0; i < 1_000; i++) {
      all.append(i == 0 ? "" : ",").append('"');
      for (int bit = 0; bit < 10; bit++) {
        all.append((i >> bit & 1) == 0 ? "ab" : "bA"); // 33 * 'a' + 'b' is 33 * 'b' + 'A'.
      }
      all.append("\":\"\"");
    }
    return all.append('}').toString();
  }

  private static Arbitrary<String> value() {
    return Combinators.combine(map(), text(), Arbitraries.integers().between(0, 3))
        .as((headers, data, parts) ->
            switch (parts) {
              case 0 -> "{}";
              case 1 -> "{\"data\":" + quoted(data) + "}";
              case 2 -> "{\"headers\":" + headers + "}";
              default -> "{\"headers\":" + headers + ",\"data\":" + quoted(data) + "}";
            });
  }

  /** Tags of which some make a task, a timer or a branch. */
  private static Arbitrary<String> tags() {
    Arbitrary<String> known =
        Arbitraries.of(
            "\"resonate:target\":\"poll://any@g\"",
            "\"resonate:target\":\"poll://any@g\",\"resonate:branch\":\"a\"",
            "\"resonate:target\":\"http://127.0.0.1:9/x\"",
            "\"resonate:timer\":\"true\"",
            "\"resonate:origin\":\"a\",\"resonate:parent\":\"\\u0000\"",
            "\"resonate:delay\":\"99999999999999999999\"");
    return Combinators.combine(known, map(), Arbitraries.integers().between(0, 2))
        .as((first, rest, which) ->
            switch (which) {
              case 0 -> rest;
              case 1 -> "{" + first + "}";
              default ->
                  rest.equals("{}") ? "{" + first + "}" : "{" + first + "," + rest.substring(1);
            });
  }

  private static Arbitrary<String> number() {
    return Arbitraries.of(
        "0",
        "1",
        "9223372036854775807",
        "1764000000001",
        "32503680000000",
        "9223372036854775808",
        "-1",
        "1e3",
        "9".repeat(999),
        "9".repeat(1_001));
  }

  private static Arbitrary<String> time() {
    return Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.of("9223372036854775807", "32503680000000")),
        Tuple.of(1, number()));
  }

  private static Arbitrary<String> create() {
    return Combinators.combine(id(), time(), value(), tags())
        .as((id, timeoutAt, param, tags) ->
            "{\"id\":%s,\"timeoutAt\":%s,\"param\":%s,\"tags\":%s}"
                .formatted(quoted(id), timeoutAt, param, tags));
  }

  private static Arbitrary<String> settle() {
    return Combinators.combine(
            id(), Arbitraries.of("resolved", "rejected", "rejected_canceled"), value())
        .as((id, state, value) ->
            "{\"id\":%s,\"state\":\"%s\",\"value\":%s}".formatted(quoted(id), state, value));
  }

  private static Arbitrary<String> action(Arbitrary<String> data, String kind) {
    return data.map(inner -> "{\"kind\":\"%s\",\"head\":{},\"data\":%s}".formatted(kind, inner));
  }

  private static Arbitrary<String> callback() {
    return Combinators.combine(id(), id())
        .as((awaited, awaiter) ->
            "{\"awaited\":%s,\"awaiter\":%s}".formatted(quoted(awaited), quoted(awaiter)));
  }

  /** A task as one that has it names it: by its id, its version and its holder. */
  private static Arbitrary<String> held(String more) {
    return Combinators.combine(id(), Arbitraries.of("0", "1", "2"), pid())
        .as((id, version, pid) ->
            "{\"id\":%s,\"version\":%s,\"pid\":%s,\"ttl\":60000%s}"
                .formatted(quoted(id), version, quoted(pid), more));
  }

  private static Arbitrary<String> pid() {
    return Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just("w")), Tuple.of(1, text()));
  }

  private static Arbitrary<String> address() {
    return Combinators.combine(
            Arbitraries.of("poll://any@", "poll://uni@g/", "http://127.0.0.1:9/", ""),
            Arbitraries.oneOf(Arbitraries.of("g", "w"), text()))
        .as((scheme, rest) -> scheme + rest);
  }

  private static Arbitrary<String> schedule() {
    Arbitrary<String> template =
        Arbitraries.frequencyOf(
            Tuple.of(
                4,
                Arbitraries.of(
                    "{{.id}}.{{.timestamp}}", "a", "{{.id}}".repeat(585), "{{.{{.id}}}}")),
            Tuple.of(1, text()));
    Arbitrary<String> cron =
        Arbitraries.of("* * * * *", "@yearly", "TZ=Europe/Berlin 0 2 * * *", "0 0 31 2 *", "*\0");
    return Combinators.combine(id(), cron, template, value(), tags())
        .as((id, every, promiseId, param, tags) ->
            ("{\"id\":%s,\"cron\":%s,\"promiseId\":%s,\"promiseTimeout\":1,\"promiseParam\":%s,"
                    + "\"promiseTags\":%s}")
                .formatted(quoted(id), quoted(every), quoted(promiseId), param, tags));
  }

  private static Arbitrary<String> suspend() {
    return Combinators.combine(
            id(), Arbitraries.of("1", "2"), id().list().ofMinSize(1).ofMaxSize(3))
        .as((id, version, awaited) ->
            "{\"id\":%s,\"version\":%s,\"actions\":[%s]}"
                .formatted(
                    quoted(id),
                    version,
                    String.join(
                        ",",
                        awaited.stream()
                            .map(each ->
                                ("{\"kind\":\"promise.register_callback\",\"head\":{},\"data\":"
                                        + "{\"awaited\":%s,\"awaiter\":%s}}")
                                    .formatted(quoted(each), quoted(id)))
                            .toList())));
  }

  private static Arbitrary<String> of(String kind, Arbitrary<String> data) {
    return data.map(inner -> of(kind, inner));
  }

  private static String of(String kind, String data) {
    return "{\"kind\":\"%s\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":%s}"
        .formatted(kind, data);
  }

  private static Arbitrary<String> withAction(Arbitrary<String> held, Arbitrary<String> action) {
    return Combinators.combine(held, action)
        .as((task, inner) -> task.substring(0, task.length() - 1) + ",\"action\":" + inner + "}");
  }

  /** Bodies of any kind that stores something, as ASCII, the first of which make a few promises. */
  static Arbitrary<List<byte[]>> conversations() {
    Arbitrary<List<byte[]>> first =
        Combinators.combine(
                Arbitraries.of(IDS),
                Arbitraries.of(IDS),
                value(),
                Arbitraries.of("poll://any@g", "http://127.0.0.1:9/\u00e9"))
            .as((one, other, param, target) -> {
              String create =
                  "{\"id\":%s,\"timeoutAt\":32503680000000,\"param\":%s,"
                      + "\"tags\":{\"resonate:target\":%s}}";
              String action = create.formatted(quoted(other), "{}", quoted(target));
              return List.of(
                  bytes(of("promise.create", create.formatted(quoted(one), param, quoted(target)))),
                  bytes(
                      of(
                          "task.create",
                          ("{\"pid\":\"w\",\"ttl\":60000,\"action\":{\"kind\":\"promise.create\","
                                  + "\"head\":{},\"data\":%s}}")
                              .formatted(action))));
            });
    return Combinators.combine(first, bodies().list().ofMinSize(8).ofMaxSize(20))
        .as((some, more) -> Stream.concat(some.stream(), more.stream()).toList());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Arbitrary<byte[]> bodies() {
    Arbitrary<String> registering =
        Combinators.combine(id(), address())
            .as((id, address) ->
                "{\"awaited\":%s,\"address\":%s}".formatted(quoted(id), quoted(address)));
    Arbitrary<String> heartbeat = held("").map(task -> "{\"pid\":\"w\",\"tasks\":[" + task + "]}");
    return Arbitraries.frequencyOf(
            Tuple.of(12, of("promise.create", create())),
            Tuple.of(3, of("promise.settle", settle())),
            Tuple.of(2, of("promise.register_callback", callback())),
            Tuple.of(3, of("promise.register_listener", registering)),
            Tuple.of(
                4, of("task.create", withAction(held(""), action(create(), "promise.create")))),
            Tuple.of(3, of("task.acquire", held(""))),
            Tuple.of(1, of("task.release", held(""))),
            Tuple.of(
                2, of("task.fulfill", withAction(held(""), action(settle(), "promise.settle")))),
            Tuple.of(2, of("task.suspend", suspend())),
            Tuple.of(4, of("task.fence", withAction(held(""), action(create(), "promise.create")))),
            Tuple.of(2, of("task.fence", withAction(held(""), action(settle(), "promise.settle")))),
            Tuple.of(1, of("task.heartbeat", heartbeat)),
            Tuple.of(1, of("task.halt", held(""))),
            Tuple.of(1, of("task.continue", held(""))),
            Tuple.of(4, of("schedule.create", schedule())),
            Tuple.of(1, of("schedule.update", schedule())),
            Tuple.of(1, of("schedule.pause", held(""))),
            Tuple.of(1, of("schedule.resume", held(""))),
            Tuple.of(1, of("schedule.delete", held(""))),
            Tuple.of(1, of("debug.tick", Arbitraries.just("{\"time\":1764000060000}"))))
        .map(Wild::bytes);
  }

  /** Text as JSON, with escapes for whatever ASCII does not print; half a surrogate pair, too. */
  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append("\\u").append(HEX.toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
