package dev.baton.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/** Whoever watches, and says by Enter when to go on. */
record Audience(InputStream in, PrintStream out) {

  /** Waits for the end of a line, or of all input. */
  void await(String what) throws IOException {
    out.println("Press Enter " + what);
    out.flush();
    for (int read = in.read(); read >= 0 && read != '\n'; ) {
      read = in.read();
    }
  }
}
