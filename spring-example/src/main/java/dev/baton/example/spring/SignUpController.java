package dev.baton.example.spring;

import dev.baton.example.spring.SignUps.Member;
import dev.baton.sdk.Client;
import dev.baton.sdk.Handle;
import dev.baton.sdk.PromiseTimeoutException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ServerException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sign-ups over HTTP: 202 at once, the result when it is asked for. */
@RestController
@RequestMapping("/sign-ups")
class SignUpController {

  /** Who wants to sign up. */
  record Wish(String name, String address) {}

  /** Where a sign-up stands: {@code pending}, {@code done} or {@code expired}. */
  record SignUpStatus(String id, String status, @Nullable Member member) {}

  private final Resonate resonate;
  private final Client<SignUps> signUps;

  SignUpController(Resonate resonate) {
    this.resonate = resonate;
    this.signUps = resonate.client(SignUps.class);
  }

  // @start region="endpoint"
  @PostMapping
  ResponseEntity<SignUpStatus> signUp(@RequestBody Wish wish) {
    String id = "sign-up-" + wish.name();
    signUps.begin(id, it -> it.signUp(wish.address()));
    return pending(id);
  }

  @GetMapping("/{id}")
  ResponseEntity<SignUpStatus> status(@PathVariable String id) {
    Handle<Member> member = resonate.get(id, Member.class);
    if (!member.isDone()) {
      return pending(id);
    }
    try {
      return ResponseEntity.ok(new SignUpStatus(id, "done", member.result()));
    } catch (PromiseTimeoutException e) {
      return ResponseEntity.ok(new SignUpStatus(id, "expired", null));
    }
  }

  private static ResponseEntity<SignUpStatus> pending(String id) {
    return ResponseEntity.accepted()
        .location(URI.create("/sign-ups/" + id))
        .header("Retry-After", "1")
        .body(new SignUpStatus(id, "pending", null));
  }

  // @end

  @PostMapping("/{id}/confirmation")
  void confirm(@PathVariable String id) {
    resonate.promise(id, "confirmed", Boolean.class).resolve(true);
  }

  @ExceptionHandler
  ResponseEntity<String> refused(ServerException e) {
    var status = e.status() == 404 ? HttpStatus.NOT_FOUND : HttpStatus.BAD_GATEWAY;
    return ResponseEntity.status(status).body(e.getMessage());
  }
}
