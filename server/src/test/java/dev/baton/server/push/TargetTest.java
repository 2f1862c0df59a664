package dev.baton.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

  @ParameterizedTest
  @CsvSource({
    "http://Host, false, host, 80, /",
    "https://host, true, host, 443, /",
    "http://host:8080/a/b?c=d#e, false, host, 8080, /a/b?c=d",
    "http://host?c=d, false, host, 80, /?c=d",
    "http://user:pass@host:1/x, false, host, 1, /x",
    "http://[::1]:8080/x, false, [::1], 8080, /x",
    "http://[::1]/x, false, [::1], 80, /x",
    "http://name_with_underscore:8001/, false, name_with_underscore, 8001, /"
  })
  void aUrlIsTakenApart(String url, boolean isSecure, String host, int port, String path) {
    assertThat(Target.of(url)).isEqualTo(new Target(isSecure, host, port, path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # from               | location                | leads to
          http://h/hook        | /hook/                  | http://h:80/hook/
          http://h/a/hook?x=1  | hook/                   | http://h:80/a/hook/
          http://h/hook        | ?x=1                    | http://h:80/hook?x=1
          http://h/hook        | http://h/other#x        | http://h:80/other
          http://h/hook        | HTTP://H/other          | http://h:80/other
          http://h/hook        | //h/other               | http://h:80/other
          http://h/hook        | https://h/hook          | https://h:443/hook
          http://h:8080/hook   | https://h:8443/hook     | https://h:8443/hook
          https://h/hook       | http://h/hook           |
          http://h/hook        | http://h:81/hook        |
          http://h/hook        | http://other/hook       |
          http://h/hook        | http://169.254.169.254/ |
          http://h/hook        | //other/hook            |
          http://h/hook        | http://h@other/hook     |
          http://h/hook        | ftp://h/hook            |
          http://h/hook        | file:///etc/passwd      |
          """)
  void aRedirectionIsFollowedOnTheSameHost(String from, String location, @Nullable String to) {
    Target target = Target.of(from);
    assertThat(target).isNotNull();
    Target next = target == null ? null : target.redirected(location);
    assertThat(
            next == null
                ? null
                : (next.isSecure() ? "https://" : "http://") + next.place() + next.path())
        .isEqualTo(to);
  }
}
