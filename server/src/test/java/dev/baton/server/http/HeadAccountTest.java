package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

class HeadAccountTest {

  private final HeadAccount heads = new HeadAccount(1_000);

  private static EmbeddedChannel from(String address, int port) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(address, port);
      }
    };
  }

  @Test
  void oneAddressLeavesHalfToOthers() {
    HeadAccount.Share one = heads.of(from("10.0.0.1", 1));
    HeadAccount.Share same = heads.of(from("10.0.0.1", 2));
    HeadAccount.Share other = heads.of(from("10.0.0.2", 1));
    assertThat(one.tryReserve(300)).isTrue();
    assertThat(same.tryReserve(201)).isFalse();
    assertThat(same.tryReserve(200)).isTrue();
    assertThat(one.tryReserve(1)).isFalse();
    assertThat(other.tryReserve(500)).isTrue();
    assertThat(heads.used()).isEqualTo(1_000);
    same.release(200);
    assertThat(one.tryReserve(200)).isTrue();
    one.release(500);
    other.release(500);
    assertThat(heads.used()).isZero();
    assertThat(one.tryReserve(500)).isTrue();
  }

  @Test
  void theAddressesOfANetworkHaveHalfTogether() {
    assertThat(heads.of(from("2001:db8::1", 1)).tryReserve(300)).isTrue();
    assertThat(heads.of(from("2001:db8::2", 1)).tryReserve(201)).isFalse();
    assertThat(heads.of(from("2001:db8:0:1::1", 1)).tryReserve(500)).isTrue();
  }

  /** As many streams stay open as there are workers, which have a bound of their own. */
  @Test
  void aStreamCountsUntilItStaysOpenForLong() {
    HeadAccount large = new HeadAccount(100_000);
    HeadRoom room = HeadRoom.ofStream(large.of(from("10.0.0.1", 1)));
    assertThat(room.tryTake(100)).isTrue();
    assertThat(large.used()).isGreaterThan(4_000);
    room.forgetHeaders();
    assertThat(large.used()).isEqualTo(100);
    room.release();
    assertThat(large.used()).isZero();
  }

  @Test
  void anotherServerMayTakeAll() {
    HeadAccount.Share server = heads.whole(from("10.0.0.1", 1));
    assertThat(server.tryReserve(1_000)).isTrue();
    assertThat(server.tryReserve(1)).isFalse();
  }
}
