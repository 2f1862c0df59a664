package dev.baton.server.http;

import dev.baton.server.memory.Account;
import io.netty.channel.Channel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The room for the heads of requests. One address may hold half of it: who sends half of a head,
 * without a token perhaps, is not to keep others out. Thread-safe.
 */
public final class HeadAccount {

  private final Account account;
  private final long mostOfAddress;
  private final ConcurrentMap<String, Long> byAddress = new ConcurrentHashMap<>();

  /** Room for so many bytes. */
  public HeadAccount(long limit) {
    this.account = new Account(limit);
    this.mostOfAddress = limit / 2;
  }

  /** The part of it that a connection's address may hold. */
  Share of(Channel connection) {
    return new Share(Addresses.networkOf(connection), mostOfAddress);
  }

  /** All of it, for a connection that others are behind, who are held to their parts there. */
  Share whole(Channel connection) {
    return new Share(Addresses.networkOf(connection), account.limit());
  }

  long limit() {
    return account.limit();
  }

  long used() {
    return account.used();
  }

  /** What an address may hold. */
  final class Share {

    private final String address;
    private final long most;

    private Share(String address, long most) {
      this.address = address;
      this.most = most;
    }

    /** Reserves so many bytes, or none and answers false. */
    boolean tryReserve(long bytes) {
      if (!account.tryReserve(bytes)) {
        return false;
      }
      if (byAddress.merge(address, bytes, Long::sum) > most) {
        release(bytes);
        account.refused();
        return false;
      }
      return true;
    }

    /** Gives back what has been reserved. */
    void release(long bytes) {
      account.release(bytes);
      byAddress.computeIfPresent(address, (_, held) -> held == bytes ? null : held - bytes);
    }
  }
}
