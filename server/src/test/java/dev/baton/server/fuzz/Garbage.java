package dev.baton.server.fuzz;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;
import static dev.baton.testing.RawHttp.post;

import java.util.Arrays;
import java.util.Random;

/** What comes in on a socket and is no request, or more than one, or half of one. */
enum Garbage {
  RANDOM_BYTES {
    @Override
    byte[] bytes(Random random) {
      return random(random, 2_000);
    }
  },
  TRUNCATED_REQUEST {
    @Override
    byte[] bytes(Random random) {
      byte[] whole = post(SOUND);
      return Arrays.copyOf(whole, random.nextInt(whole.length));
    }
  },
  FLIPPED_BITS {
    @Override
    byte[] bytes(Random random) {
      byte[] whole = post(SOUND);
      for (int i = 0; i <= random.nextInt(5); i++) {
        whole[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return whole;
    }
  },
  WRONG_CHUNKS {
    @Override
    byte[] bytes(Random random) {
      String size =
          pick(random, "5", "ffffffff", "7fffffffffffffff", "-1", "zz", "", "0x10", "1;e");
      return joined(
          ascii("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n" + size + "\r\n"),
          SOUND,
          ascii(pick(random, "\r\n0\r\n\r\n", "", "\r\n", "\r\n0\r\nx: y")));
    }
  },
  HEADER_FLOOD {
    @Override
    byte[] bytes(Random random) {
      String header = "x".repeat(1 + random.nextInt(5_000)) + ": y\r\n";
      return ascii(
          "POST / HTTP/1.1\r\nhost: h\r\n" + header.repeat(100_000 / header.length() + 1) + "\r\n");
    }
  },
  LONG_LINE {
    @Override
    byte[] bytes(Random random) {
      return ascii("GET /" + "a%".repeat(random.nextInt(60_000)) + " HTTP/1.1\r\nhost: h\r\n\r\n");
    }
  },
  PIPELINED {
    @Override
    byte[] bytes(Random random) {
      return joined(
          post(SOUND), post(random(random, 100)), post(SOUND), random(random, 50), post(SOUND));
    }
  },
  WRONG_LENGTH {
    @Override
    byte[] bytes(Random random) {
      String length =
          pick(random, "-1", "99999999999999999999", "x", "3", "5\r\ncontent-length: 6", "");
      return joined(
          ascii("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: " + length + "\r\n\r\n"), SOUND);
    }
  },
  LENGTH_AND_CHUNKS {
    @Override
    byte[] bytes(Random random) {
      return joined(
          ascii(
              "POST / HTTP/1.1\r\n"
                  + "host: h\r\n"
                  + "content-length: 3\r\n"
                  + "transfer-encoding: chunked\r\n\r\n"
                  + "3\r\n"
                  + "{} \r\n"
                  + "0\r\n\r\n"),
          post(SOUND));
    }
  },
  OTHER_PROTOCOLS {
    @Override
    byte[] bytes(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> joined(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), random(random, 300));
        case 1 ->
            joined(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, random(random, 300));
        case 2 -> ascii("GET / HTTP/0.9\r\n\r\n");
        case 3 ->
            ascii(
                "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade, http2-settings\r\n"
                    + "upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n");
        default ->
            ascii(
                "GET /poll/g/w HTTP/1.1\r\n"
                    + "host: h\r\n"
                    + "connection: upgrade\r\n"
                    + "upgrade: websocket\r\n\r\n");
      };
    }
  },
  STRANGE_REQUESTS {
    @Override
    byte[] bytes(Random random) {
      String method =
          pick(
              random, "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get",
              "\u00e9");
      String path =
          pick(
              random,
              "/",
              "//",
              "*",
              "/poll/a/b?slots=-1",
              "/poll/%ff/b",
              "/poll/a/b/c",
              "/groups/%00",
              "/groups/a/workers/b/drain",
              "http://other/",
              "/groups?%zz=%",
              "/metrics",
              "/../../etc",
              "/calls?limit=%00",
              "/calls/%22%0d%0a/tree",
              "/live?view=call:%7f",
              "/console/api/cron?expression=*/0",
              "/console/../groups",
              "/deliveries/%e2%80%ae",
              "/backup/x",
              "/ready#x");
      String header =
          pick(
              random,
              "host: h\r\n",
              "host: h\r\nexpect: 100-continue\r\n",
              "host: h\r\nexpect: x\r\n",
              "host: h\r\nrange: bytes=0-\r\n",
              "host: h\r\naccept: text/event-stream\r\ntransfer-encoding: chunked\r\n",
              "host: h\r\ncontent-length: 9\r\n",
              "host: \r\n",
              "");
      return ascii(method + " " + path + " HTTP/1.1\r\nconnection: close\r\n" + header + "\r\n");
    }
  };

  private static final byte[] SOUND =
      ascii(
          "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
              + "\"data\":{\"id\":\"x\"}}");

  abstract byte[] bytes(Random random);

  private static byte[] random(Random random, int most) {
    byte[] bytes = new byte[1 + random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }
}
