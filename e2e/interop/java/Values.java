import dev.baton.sdk.Caller;
import dev.baton.sdk.GenericType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Java values that workers of other languages are given and give back. */
final class Values {

  enum Colour {
    RED,
    GREEN
  }

  record Point(int x, double y) {}

  sealed interface Payment {}

  record Card(String number, YearMonth until) implements Payment {}

  record Cash() implements Payment {}

  record Order(
      long id,
      List<Point> points,
      Map<Colour, String> notes,
      Optional<String> coupon,
      Optional<String> none,
      Payment payment,
      BigDecimal amount,
      boolean isPaid,
      String missing) {}

  private record Sent(GenericType<?> type, Object value) {}

  private Values() {}

  private static List<Sent> all() {
    var all = new ArrayList<Sent>();
    for (Object value :
        new Object[] {
          true,
          -7,
          (1L << 53) - 1,
          0.1,
          -1e300,
          Float.MIN_VALUE,
          'x',
          "Zoë 🎈 \" \\ \n \u2028",
          "",
          new BigDecimal("1234.5"),
          Colour.GREEN,
          UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
          Instant.parse("2026-11-28T17:00:00.123456789Z"),
          LocalDate.of(2026, 2, 28),
          LocalTime.of(23, 59, 59, 1),
          LocalDateTime.of(2026, 2, 28, 1, 2),
          OffsetDateTime.parse("2026-11-28T17:00:00.1+05:30"),
          ZonedDateTime.parse("2026-10-25T02:30:00+01:00[Europe/Berlin]"),
          Duration.ofNanos(1_234_567_890_123L),
          Period.of(1, 2, 3),
          Year.of(2026),
          YearMonth.of(2026, 1),
          new Point(1, 2.5),
          new Order(
              7,
              List.of(new Point(1, 2.5), new Point(-1, 0)),
              Map.of(Colour.RED, "r"),
              Optional.of("c"),
              Optional.empty(),
              new Card("4711", YearMonth.of(2030, 12)),
              new BigDecimal("0.25"),
              true,
              null)
        }) {
      all.add(new Sent(GenericType.of(value.getClass()), value));
    }
    all.add(new Sent(new GenericType<Payment>() {}, new Cash()));
    all.add(
        new Sent(
            new GenericType<List<Map<String, Point>>>() {}, List.of(Map.of("p", new Point(1, 2)))));
    all.add(new Sent(new GenericType<Optional<Colour>>() {}, Optional.of(Colour.RED)));
    return all;
  }

  /** Prints how many came back as they were, or the first that did not. */
  static void check(Caller caller, String prefix) {
    int count = 0;
    for (var sent : all()) {
      String id = prefix + "-" + count;
      Object back = caller.rpc(id, "echo", sent.type(), prefix, sent.value());
      if (!sent.value().equals(back)) {
        Program.print(Map.of("id", prefix, "error", sent.value() + " came back as " + back));
        return;
      }
      count++;
    }
    byte[] bytes = {0, 1, -1, 127, -128};
    byte[] back = caller.rpc(prefix + "-bytes", "echo", byte[].class, prefix, bytes);
    boolean isSame = java.util.Arrays.equals(bytes, back);
    Program.print(
        isSame
            ? Map.of("id", prefix, "result", count + 1)
            : Map.of("id", prefix, "error", "bytes came back otherwise"));
  }
}
