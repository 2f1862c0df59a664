package dev.baton.sdk;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Currency;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of every kind that travels, each with the type that it is declared as. */
final class TypeTable {

  /**
   * One value.
   *
   * @param type what a parameter or result is declared as
   */
  record Row(Type type, Object value) {
    @Override
    public String toString() {
      return type.getTypeName() + " " + value;
    }
  }

  private TypeTable() {}

  enum Colour {
    RED,
    GREEN {
      @Override
      boolean isCalm() {
        return true;
      }
    };

    boolean isCalm() {
      return false;
    }
  }

  record Point(int x, int y) {}

  record Nothing() {}

  record Line<T>(T from, @Nullable T to, List<T> between) {}

  record Everything(
      byte b,
      short s,
      int i,
      long l,
      float f,
      double d,
      char c,
      boolean z,
      BigDecimal amount,
      Optional<String> note,
      Map<Colour, List<Point>> points,
      ZonedDateTime at) {}

  sealed interface Payment {}

  record Card(String number, YearMonth until) implements Payment {}

  record Cash() implements Payment {}

  sealed interface Transfer extends Payment {}

  record Sepa(String iban, BigDecimal amount) implements Transfer {}

  enum Voucher implements Payment {
    BIRTHDAY,
    APOLOGY
  }

  abstract static sealed class Shape {
    @JsonProperty int area;

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Shape it && it.getClass() == getClass() && it.area == area;
    }

    @Override
    public int hashCode() {
      return area;
    }
  }

  static final class Circle extends Shape {}

  static final class Square extends Shape {}

  sealed interface Result<T> {}

  record Success<T>(T value) implements Result<T> {}

  record Failure<T>(String reason) implements Result<T> {}

  /** Immutable, with a creator that is annotated. */
  static final class Money {
    private final BigDecimal amount;
    private final Currency currency;

    @JsonCreator
    Money(@JsonProperty("amount") BigDecimal amount, @JsonProperty("currency") Currency currency) {
      this.amount = amount;
      this.currency = currency;
    }

    public BigDecimal getAmount() {
      return amount;
    }

    public Currency getCurrency() {
      return currency;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Money it && it.amount.equals(amount) && it.currency.equals(currency);
    }

    @Override
    public int hashCode() {
      return Objects.hash(amount, currency);
    }
  }

  /** Immutable, with one constructor and the names of its parameters. */
  static final class Name {
    private final String first;
    private final String last;

    public Name(String first, String last) {
      this.first = first;
      this.last = last;
    }

    public String getFirst() {
      return first;
    }

    public String getLast() {
      return last;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name it && it.first.equals(first) && it.last.equals(last);
    }

    @Override
    public int hashCode() {
      return Objects.hash(first, last);
    }
  }

  static List<Row> rows() {
    var rows = new ArrayList<Row>();
    numbers(rows);
    times(rows);
    texts(rows);
    containers(rows);
    classes(rows);
    return rows;
  }

  private static void add(List<Row> rows, Type type, Object... values) {
    for (Object value : values) {
      rows.add(new Row(type, value));
    }
  }

  private static void numbers(List<Row> rows) {
    add(rows, int.class, 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
    add(rows, Integer.class, 7);
    add(rows, long.class, Long.MIN_VALUE, Long.MAX_VALUE, 9_007_199_254_740_993L);
    add(rows, short.class, Short.MIN_VALUE);
    add(rows, byte.class, Byte.MIN_VALUE);
    add(rows, boolean.class, true, false);
    add(rows, char.class, 'ä');
    add(rows, float.class, 0.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, -0.0f);
    add(
        rows,
        double.class,
        0.1,
        -0.0,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY);
    add(
        rows,
        BigDecimal.class,
        new BigDecimal("12345678901234567.89"),
        new BigDecimal("10.00"),
        new BigDecimal("1E+3"),
        new BigDecimal("-0.000"),
        new BigDecimal("1E-400"),
        new BigDecimal("9".repeat(1_500)));
    add(rows, BigInteger.class, new BigInteger("9".repeat(1_500)), BigInteger.TWO.pow(64));
    add(rows, Number.class, 7, 0.5);
    add(rows, Object.class, 7, Long.MAX_VALUE, 1.5, new BigDecimal("12345678901234567.89"));
  }

  private static void times(List<Row> rows) {
    var paris = ZoneId.of("Europe/Paris");
    add(
        rows,
        Instant.class,
        Instant.EPOCH,
        Instant.ofEpochSecond(1, 123_456_789),
        Instant.MIN,
        Instant.MAX);
    add(rows, LocalDate.class, LocalDate.of(2026, 2, 28), LocalDate.MIN, LocalDate.MAX);
    add(rows, LocalTime.class, LocalTime.MIDNIGHT, LocalTime.MAX);
    add(rows, LocalDateTime.class, LocalDateTime.of(2026, 10, 25, 2, 30, 0, 1));
    add(
        rows,
        OffsetDateTime.class,
        OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneOffset.ofHoursMinutes(5, 45)),
        OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC));
    add(rows, OffsetTime.class, OffsetTime.of(1, 2, 3, 4, ZoneOffset.ofHours(-3)));
    add(
        rows,
        ZonedDateTime.class,
        ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 1, paris),
        // Twice on that night: the offset tells which.
        ZonedDateTime.ofLocal(LocalDateTime.of(2026, 10, 25, 2, 30), paris, ZoneOffset.ofHours(1)),
        ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("UTC")),
        ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneOffset.UTC),
        ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(2)));
    add(rows, Duration.class, Duration.ofNanos(1), Duration.ofDays(400).negated(), Duration.ZERO);
    add(rows, Period.class, Period.of(1, 14, -3));
    add(rows, Year.class, Year.of(2026), Year.of(-44));
    add(rows, YearMonth.class, YearMonth.of(2026, 2));
    add(rows, MonthDay.class, MonthDay.of(2, 29));
    add(rows, DayOfWeek.class, DayOfWeek.SUNDAY);
    add(rows, Month.class, Month.MAY);
    add(rows, ZoneId.class, paris, ZoneId.of("UTC"));
    add(rows, ZoneOffset.class, ZoneOffset.ofHours(-11));
  }

  private static void texts(List<Row> rows) {
    add(rows, String.class, "", "null", "grüße 😀 \"quoted\" \\ \n \u0000 \u2028", "1.0");
    add(rows, UUID.class, new UUID(1, -2));
    add(rows, URI.class, URI.create("https://example.org/a?b=c#d"));
    add(rows, Locale.class, Locale.GERMANY);
    add(rows, Currency.class, Currency.getInstance("EUR"));
    add(rows, byte[].class, (Object) new byte[] {0, 1, -1, 127, -128});
    add(rows, char[].class, (Object) "chars".toCharArray());
  }

  private static void containers(List<Row> rows) {
    add(rows, int[].class, (Object) new int[] {1, 2});
    add(rows, double[].class, (Object) new double[] {0.1, Double.NaN});
    add(rows, String[].class, (Object) new String[] {"a", "b"});
    add(rows, new GenericType<List<BigDecimal>>() {}.type(), List.of(new BigDecimal("1.10")));
    add(rows, new GenericType<Set<Point>>() {}.type(), Set.of(new Point(1, 2), new Point(3, 4)));
    add(
        rows,
        new GenericType<Map<String, List<Point>>>() {}.type(),
        Map.of("a", List.of(new Point(1, 2)), "b", List.of()));
    add(
        rows,
        new GenericType<Map<LocalDate, Duration>>() {}.type(),
        Map.of(LocalDate.of(2026, 1, 1), Duration.ofSeconds(1)));
    add(
        rows,
        new GenericType<Map<ZonedDateTime, Integer>>() {}.type(),
        Map.of(ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Paris")), 1));
    add(
        rows,
        new GenericType<EnumMap<Colour, Integer>>() {}.type(),
        new EnumMap<>(Map.of(Colour.RED, 1)));
    add(
        rows,
        new GenericType<SortedMap<Integer, String>>() {}.type(),
        new TreeMap<>(Map.of(2, "two", 10, "ten")));
    add(rows, new GenericType<Optional<String>>() {}.type(), Optional.of("x"), Optional.empty());
    add(
        rows,
        new GenericType<Optional<ZonedDateTime>>() {}.type(),
        Optional.of(ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("Asia/Tokyo"))));
    add(rows, OptionalInt.class, OptionalInt.of(3), OptionalInt.empty());
    add(rows, OptionalLong.class, OptionalLong.of(Long.MAX_VALUE));
    add(rows, OptionalDouble.class, OptionalDouble.of(0.1));
    var untyped = new LinkedHashMap<String, @Nullable Object>();
    untyped.put("int", 1);
    untyped.put("double", 0.1);
    untyped.put("decimal", new BigDecimal("12345678901234567.89"));
    untyped.put("list", List.of("a", true, Map.of("b", 2)));
    untyped.put("null", null);
    add(rows, new GenericType<Map<String, Object>>() {}.type(), untyped);
    add(rows, JsonNode.class, json("{\"a\":[1,12345678901234567.89,1.50,null,\"x\"]}"));
  }

  private static void classes(List<Row> rows) {
    add(rows, Colour.class, Colour.RED, Colour.GREEN);
    add(rows, Point.class, new Point(1, 2));
    add(rows, Nothing.class, new Nothing());
    add(
        rows,
        new GenericType<Line<Point>>() {}.type(),
        new Line<>(new Point(1, 2), null, List.of(new Point(3, 4))));
    add(
        rows,
        Everything.class,
        new Everything(
            (byte) 1,
            (short) 2,
            3,
            4L,
            0.5f,
            0.6,
            '7',
            true,
            new BigDecimal("8.90"),
            Optional.of("note"),
            Map.of(Colour.GREEN, List.of(new Point(1, 2))),
            ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("America/New_York"))));
    var card = new Card("4711", YearMonth.of(2030, 1));
    var sepa = new Sepa("DE02", new BigDecimal("10.00"));
    add(rows, Payment.class, card, new Cash(), sepa, Voucher.APOLOGY);
    add(rows, Transfer.class, sepa);
    add(rows, Card.class, card);
    add(rows, Voucher.class, Voucher.BIRTHDAY);
    add(rows, new GenericType<List<Payment>>() {}.type(), List.of(card, new Cash(), sepa));
    add(rows, new GenericType<Map<String, Payment>>() {}.type(), Map.of("a", sepa));
    var circle = new Circle();
    circle.area = 3;
    add(rows, Shape.class, circle, new Square());
    add(
        rows,
        new GenericType<Result<Point>>() {}.type(),
        new Success<>(new Point(1, 2)),
        new Failure<>("no"));
    add(rows, Money.class, new Money(new BigDecimal("1.00"), Currency.getInstance("CHF")));
    add(rows, Name.class, new Name("Ada", "Lovelace"));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper()
          .readerFor(JsonNode.class)
          .with(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .readValue(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
