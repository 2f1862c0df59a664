package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @CsvSource({
    // What ends or moves a line.
    "000a, \\n",
    "000d, \\r",
    "0009, \\t",
    "0000, \\u0000",
    "0008, \\u0008",
    "000b, \\u000b",
    "0085, \\u0085",
    "2028, \\u2028",
    "2029, \\u2029",
    // What terminals obey.
    "001b, \\u001b",
    "009b, \\u009b",
    "007f, \\u007f",
    // What turns text round, or is not seen.
    "202e, \\u202e",
    "2066, \\u2066",
    "200f, \\u200f",
    "061c, \\u061c",
    "200b, \\u200b",
    "feff, \\ufeff",
    "00ad, \\u00ad",
    "e0041, \\udb40\\udc41",
    "d800, \\ud800",
  })
  void whatIsNotSeenIsShownEscaped(String codePoint, String shown) {
    String text = Character.toString(Integer.parseInt(codePoint, 16));
    assertThat(Printable.of("a" + text + "b")).isEqualTo("a" + shown + "b");
    assertThat(Printable.of("\u00fc" + text)).isEqualTo("\u00fc" + shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "order-7", "a\\nb", "Größe", "日本語", "שלום", "😀", "├── é", "a b"})
  void whatCanBeReadStays(String text) {
    assertThat(Printable.of(text)).isEqualTo(text);
    assertThat(Printable.lines(text)).isEqualTo(text);
  }

  @Test
  void linesKeepTheirEnds() {
    assertThat(Printable.lines("a\n\u001b[2Jb\r\n")).isEqualTo("a\n\\u001b[2Jb\\r\n");
  }
}
