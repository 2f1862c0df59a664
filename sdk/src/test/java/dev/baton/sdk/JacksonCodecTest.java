package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JacksonCodecTest {

  private final JacksonCodec codec = JacksonCodec.lossless();

  static List<TypeTable.Row> rows() {
    return TypeTable.rows();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsReadIsEqualToWhatWasWritten(TypeTable.Row row) throws IOException {
    assertThat(codec.read(codec.write(row.value()), row.type())).isEqualTo(row.value());
  }

  @Test
  void nameOfASealedTypeMayBeMissingWhereTheClassIsDeclared() throws IOException {
    assertThat(read("{\"number\":\"1\",\"until\":\"2030-01\"}", TypeTable.Card.class))
        .isInstanceOf(TypeTable.Card.class);
    assertThat(read("\"APOLOGY\"", TypeTable.Voucher.class)).isEqualTo(TypeTable.Voucher.APOLOGY);
    assertThatThrownBy(() -> read("{\"number\":\"1\"}", TypeTable.Payment.class))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining("@type");
  }

  @Test
  void sealedTypeIsWrittenByItsSimpleName() throws IOException {
    assertThat(new String(codec.write(new TypeTable.Cash()), StandardCharsets.UTF_8))
        .isEqualTo("{\"@type\":\"Cash\"}");
  }

  @Test
  void classThatNothingIsFoundInIsRefused() {
    assertThatThrownBy(() -> codec.write(new Opaque(7))).isInstanceOf(IOException.class);
  }

  static final class Opaque {
    private final int hidden;

    Opaque(int hidden) {
      this.hidden = hidden;
    }

    @Override
    public int hashCode() {
      return hidden;
    }
  }

  @Test
  void mapperOfTheUsersOwnDecidesAlone() throws IOException {
    var snakes =
        JacksonCodec.of(
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());
    record Trip(String startCity) {}
    assertThat(new String(snakes.write(new Trip("Rome")), StandardCharsets.UTF_8))
        .isEqualTo("{\"start_city\":\"Rome\"}");
    assertThat(snakes.read(snakes.write(new Trip("Rome")), Trip.class)).isEqualTo(new Trip("Rome"));
  }

  private @Nullable Object read(String json, Class<?> type) throws IOException {
    return codec.read(json.getBytes(StandardCharsets.UTF_8), type);
  }
}
