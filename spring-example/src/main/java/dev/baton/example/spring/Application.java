package dev.baton.example.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Entry point; the worker is started and drained with the application. */
@SpringBootApplication
public class Application {

  /** Serves until SIGTERM. */
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }
}
