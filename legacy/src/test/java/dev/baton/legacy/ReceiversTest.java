package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiversTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          default                    | any | default | -
          poll://any@g               | any | g       | -
          poll://any@g/w1            | any | g       | w1
          poll://uni@g/w1            | uni | g       | w1
          poll://g                   | any | g       | -
          poll://g/w1                | any | g       | w1
          poll://any@a%20group/w/1   | any | a group | w/1
          {"type":"poll","data":{"cast":"uni","group":"g","id":"w1"}} | uni | g | w1
          {"type":"poll","data":{"group":"a group"}}                  | any | a group | -
          """)
  void aPollReceiverIsAnAddressInAGroupOfItsOwn(
      String receiver, String cast, String group, String id) {
    String pid = id == null ? "" : id;
    assertThat(Addresses.parse(Receivers.address(receiver)))
        .isEqualTo(
            cast.equals("any")
                ? new Address.Any("legacy:" + group, pid)
                : new Address.Uni("legacy:" + group, pid));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nowhere",
        "",
        "{bad",
        "{}",
        "{\"type\":\"poll\",\"data\":{}}",
        "{\"type\":\"http\",\"data\":{\"url\":\"http://x\"}}",
        "http://somewhere/else",
        "poll://",
        "poll://many@g",
        "bash://",
        "poll://any@a%00b",
        "poll://any@g/a%00b",
        "{\"type\":\"poll\",\"data\":{\"group\":\"a\\u0000b\"}}",
        "{\"type\":\"poll\",\"data\":{\"group\":\"g\",\"id\":\"\\u0000\"}}",
        "{\"type\":\"poll\",\"data\":{\"group\":\"g\\ud800\"}}"
      })
  void allElseIsAnAddressThatNobodyIsReachedAt(String receiver) {
    assertThat(Addresses.parse(Receivers.address(receiver)))
        .isInstanceOf(Address.Undelivered.class);
  }

  @Test
  void subscriptionsOfOneReceiverDifferAndGoToTheSamePlace() throws JsonProcessingException {
    var receiver = LegacyJson.MAPPER.readTree("\"poll://uni@g/w1\"");
    String one = Receivers.subscriber(receiver, "s 1");
    String other = Receivers.subscriber(receiver, "s/2");
    assertThat(one).isNotEqualTo(other);
    assertThat(Addresses.parse(one)).isEqualTo(Addresses.parse(other));
  }
}
