package dev.baton.example.spring;

import dev.baton.sdk.Context;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** The bean that does what {@link SignUps} says; each mail is sent once, whoever dies meanwhile. */
@Service
class Mailing implements SignUps {

  private static final Logger LOG = LoggerFactory.getLogger(Mailing.class);

  @Override
  public Member signUp(String address) {
    var context = Context.current();
    String invitedBy = context.step("invite", () -> send("please confirm", address));
    context.promise("confirmed", Boolean.class, address, Duration.ofDays(2)).result();
    return context.step("welcome", () -> new Member(address, invitedBy, send("welcome", address)));
  }

  /** Stands for a mail server. */
  private static String send(String subject, String address) {
    LOG.info("to {}: {}", address, subject);
    return Context.current().pid();
  }
}
