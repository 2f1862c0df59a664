package dev.baton.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.auth.Access;
import dev.baton.server.memory.Account;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedListsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Access ALL = Access.ofPrefix("");

  private final List<Asker> made = new ArrayList<>();
  private long now = Long.MAX_VALUE - SECOND; // A clock may begin anywhere.
  private final Account account = new Account(1 << 20);
  private final SharedLists lists = new SharedLists(account, () -> now);

  /** Says what it was told. */
  private static final class Told implements Asker {
    private final List<String> what = new ArrayList<>();
    private long room = Long.MAX_VALUE;

    @Override
    public String address() {
      return "192.0.2.1";
    }

    @Override
    public boolean hasRoomFor(long bytes) {
      if (bytes > room) {
        full();
      }
      return bytes <= room;
    }

    @Override
    public void full() {
      what.add("full");
    }

    @Override
    public void answer(byte[] json) {
      what.add(new String(json, StandardCharsets.UTF_8));
    }

    @Override
    public void refuse(int status, String text) {
      what.add(status + " " + text);
    }

    @Override
    public void busy() {
      what.add("busy");
    }

    @Override
    public void stopping() {
      what.add("stopping");
    }
  }

  private static SharedLists.Question question(String prefix, Access access) {
    return new SharedLists.Question(
        new Wanted(false, null, null, null, prefix, 0, 50, null), access);
  }

  private Told ask(String prefix, Access access, long mostAge) {
    Told told = new Told();
    lists.ask(question(prefix, access), mostAge, told, made::add);
    return told;
  }

  private Told ask(long mostAge) {
    return ask("", ALL, mostAge);
  }

  private void make(String json) {
    made.removeFirst().answer(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whoAsksWhileItIsMadeIsToldTheSame() {
    Told first = ask(SECOND);
    Told second = ask(SECOND);
    assertThat(made).hasSize(1);
    make("a");
    assertThat(first.what).containsExactly("a");
    assertThat(second.what).containsExactly("a");
  }

  @Test
  void whoAsksShortlyAfterIsToldTheSame() {
    ask(SECOND);
    now += SECOND / 2;
    make("a");
    now += SECOND / 2;
    assertThat(ask(SECOND).what).containsExactly("a");
    assertThat(made).isEmpty();
  }

  @Test
  void anAnswerIsAsOldAsItsBeginning() {
    ask(SECOND);
    now += SECOND;
    make("a");
    now += 1;
    assertThat(ask(SECOND).what).isEmpty();
    assertThat(made).hasSize(1);
    assertThat(ask(2 * SECOND).what).as("one that is new enough is being made").isEmpty();
    make("b");
    assertThat(ask(SECOND).what).containsExactly("b");
  }

  @Test
  void whoWantsANewOneGetsOne() {
    ask(SECOND);
    make("a");
    Told own = ask(0);
    assertThat(own.what).isEmpty();
    make("b");
    assertThat(own.what).containsExactly("b");
    assertThat(made).isEmpty();
  }

  @Test
  void nothingIsGivenThatIsVeryOld() {
    ask(SECOND);
    make("a");
    now += 6 * SECOND;
    assertThat(ask(3_600 * SECOND).what).isEmpty();
  }

  @Test
  void othersQuestionsAndOthersReachHaveOtherAnswers() {
    ask(SECOND);
    make("a");
    assertThat(ask("x", ALL, SECOND).what).isEmpty();
    assertThat(ask("", Access.ofPrefix("x"), SECOND).what).isEmpty();
    assertThat(ask("", new Access.Viewer(ALL), SECOND).what).isEmpty();
    assertThat(made).hasSize(3);
  }

  @Test
  void allAreToldOfAFailureAndTheNextTriesAgain() {
    List<Told> told = List.of(ask(SECOND), ask(SECOND));
    made.removeFirst().refuse(503, "not now");
    assertThat(told).allSatisfy(each -> assertThat(each.what).containsExactly("503 not now"));
    told = List.of(ask(SECOND), ask(SECOND));
    made.removeFirst().busy();
    assertThat(told).allSatisfy(each -> assertThat(each.what).containsExactly("busy"));
    Told last = ask(SECOND);
    made.removeFirst().stopping();
    assertThat(last.what).containsExactly("stopping");
  }

  @Test
  void whoAskedFirstHoldsTheRoomForAll() {
    Told first = ask(SECOND);
    Told second = ask(SECOND);
    first.room = 10;
    second.room = 0;
    assertThat(made.getFirst().hasRoomFor(10)).isTrue();
    assertThat(made.removeFirst().hasRoomFor(11)).isFalse();
    assertThat(first.what).containsExactly("full");
    assertThat(second.what).containsExactly("full");
    ask(SECOND);
    assertThat(made).as("the next tries again").hasSize(1);
  }

  @Test
  void fewAreKept() {
    for (int i = 0; i < 65; i++) {
      ask("p" + i, ALL, SECOND);
      make("a");
    }
    assertThat(ask("p1", ALL, SECOND).what).containsExactly("a");
    assertThat(ask("p0", ALL, SECOND).what).isEmpty();
  }

  @Test
  void littleIsKept() {
    for (int i = 0; i < 3; i++) {
      ask("p" + i, ALL, SECOND);
      make("a".repeat(1 << 19));
    }
    assertThat(ask("p2", ALL, SECOND).what).hasSize(1);
    assertThat(ask("p0", ALL, SECOND).what).as("it has been forgotten").isEmpty();
    assertThat(account.refusals()).isPositive();
  }

  @Test
  void whatIsKeptIsOnTheAccountWithWhatWasAskedFor() {
    ask("prefix", ALL, SECOND);
    assertThat(account.used()).isEqualTo(12);
    make("four");
    assertThat(account.used()).isEqualTo(16);
    now += 6 * SECOND;
    ask("", ALL, SECOND);
    assertThat(account.used()).as("nobody is given it any more").isZero();
    made.removeFirst().busy();
    assertThat(account.used()).isZero();
    assertThat(account.refusals()).isZero();
  }

  @Test
  void whoAsksForVeryMuchIsAnsweredAndNothingOfItIsKept() {
    String prefix = "p".repeat(1 << 20);
    Told told = ask(prefix, ALL, SECOND);
    assertThat(account.used()).isZero();
    make("a");
    assertThat(told.what).containsExactly("a");
    assertThat(account.used()).isZero();
  }

  @Test
  void whatIsForgottenWhileItIsMadeIsStillTold() {
    Told first = ask("p", ALL, SECOND);
    for (int i = 0; i < 64; i++) {
      ask("p" + i, ALL, SECOND);
    }
    make("a");
    assertThat(first.what).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                                | 0
          max-age=3             | 3
          Max-Age=3, x          | 3
          x,max-age=12          | 12
          no-cache              | 0
          max-age=3, no-cache   | 0
          no-store, max-age=3   | 0
          max-age=              | 0
          max-age=-1            | 0
          max-age=1.5           | 0
          max-age=99999999999   | 0
          """)
  void theHeaderSaysHowOldItMayBe(String header, long seconds) {
    assertThat(MostAge.seconds(header)).isEqualTo(seconds);
  }
}
