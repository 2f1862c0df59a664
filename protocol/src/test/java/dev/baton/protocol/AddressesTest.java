package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | address                | cast | group  | id
           1 | poll://any@g              | any | g       | ``
           2 | poll://any@g/             | any | g       | ``
           3 | poll://any@g/id           | any | g       | id
           4 | poll://any@g/id/x         | any | g       | id/x
           5 | poll://uni@g/id           | uni | g       | id
           6 | poll://uni@g              | uni | g       | ``
           7 | POLL://any@g              | any | g       | ``
           8 | poll://any@G-1_x.y        | any | G-1_x.y | ``
           9 | poll://any@g:80/id        | any | g       | id
          10 | poll://any@g:/id          | any | g       | id
          11 | poll://any:secret@g/id    | any | g       | id
          12 | poll://any@g/id?x=1       | any | g       | id
          13 | poll://any@g/id#x         | any | g       | id
          14 | poll://any@g?x=/y         | any | g       | ``
          15 | poll://any@gr%20oup/w%2F1 | any | gr oup  | w/1
          16 | poll://any@grüppe/w 1     | any | grüppe  | w 1
          17 | poll://any@gr%C3%BCppe/%  | any | grüppe  | %
          18 | poll://any@g/%zz%4        | any | g       | %zz%4
          19 | poll://any@g/%ff          | any | g       | %ff
          20 | poll://any@g/a@b          | any | g       | a@b
          """)
  void pollAddressesAreDecoded(int row, String address, String cast, String group, String id) {
    assertThat(Addresses.parse(address))
        .isEqualTo(cast.equals("any") ? new Address.Any(group, id) : new Address.Uni(group, id));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | address        | url
           1 | http://a          | http://a
           2 | HTTP://a          | HTTP://a
           3 | https://a/b?c=d#e | https://a/b?c=d#e
           4 | http://[::1]:80/x | http://[::1]:80/x
           5 | http://user:pw@h/ | http://user:pw@h/
           6 | http://a/b c      | http://a/b%20c
           7 | http://a/ü?"      | http://a/%C3%BC?%22
           8 | http://bücher.de/ | http://xn--bcher-kva.de/
           9 | http://a/%41      | http://a/%41
          """)
  void httpAddressesBecomeWhatAClientTakes(int row, String address, String url) {
    assertThat(Addresses.parse(address)).isEqualTo(new Address.Http(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcps://p/t",
        "gcps://p/t/u",
        "bash://",
        "bash:",
        "bash://docker/ubuntu",
        "bash:anything at all"
      })
  void otherTransportsAreAcceptedAndNotDeliveredTo(String address) {
    assertThat(Addresses.parse(address)).isEqualTo(new Address.Undelivered(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "default",
        ":",
        "://",
        "http:",
        "http://",
        "https://",
        "http:///x",
        "http://a:99999",
        "http://a:x",
        "http://a b/",
        "http://[::1",
        "http://[nope]/",
        "http://[]/",
        "http://a<b/",
        "ftp://a",
        "poll://g",
        "poll://g/id",
        "poll://g/id@x",
        "poll://any@",
        "poll://any@/id",
        "poll://any@:80",
        "poll://any@g:99999",
        "poll://any@g:x",
        "poll://all@g",
        "poll://ANY@g",
        "poll://any@x@g",
        "poll:any@g",
        "poll:/any@g",
        "poll://@g",
        "poll://any@a b",
        "poll://any@a<b",
        "poll://any@a|b",
        "gcps://p",
        "gcps://p/",
        "gcps:///t",
        "sqs://a/b",
        "kafka://t",
        "local://any@default",
      })
  void whatIsNoAddressIsNull(String text) {
    assertThat(Addresses.parse(text)).isNull();
  }

  @Test
  void blanksAroundAndLineEndsAnywhereAreTolerated() {
    assertThat(Addresses.parse(" \tpoll://any@g\r\n")).isEqualTo(new Address.Any("g", ""));
    assertThat(Addresses.parse("poll://\nany@g/i\td")).isEqualTo(new Address.Any("g", "id"));
  }

  @Test
  void anyTextIsJudgedWithoutAnException() {
    var parts =
        new String[] {
          "poll",
          "http",
          ":",
          "/",
          "//",
          "@",
          "any",
          "uni",
          "g",
          "%",
          "%4",
          "%41",
          "[",
          "]",
          "?",
          "#",
          " ",
          "\u0000",
          "ü",
          "\ud83d\ude00",
          "\ud800",
          "99999",
          "8"
        };
    var random = new Random(1);
    for (int round = 0; round < 200_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(10); i >= 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      @Nullable Address address = Addresses.parse(text.toString());
      if (address instanceof Address.Poll poll) {
        assertThat(poll.group()).isNotEmpty();
      }
    }
  }
}
