package dev.baton.standalone;

import dev.baton.launcher.Main;

/** The command line in a process that does not outlive the one that started it. */
public final class WithParent {

  private WithParent() {}

  /** As {@link Main#main}. */
  public static void main(String[] args) {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
    Main.main(args);
  }
}
