package io.simplecache.server;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process where it could only go on without doing its work, so that whoever watches it can
 * start it again: one line on standard error, and the exit code that the JVM has for {@code
 * -XX:+ExitOnOutOfMemoryError}. There is no memory then, so nothing here is made when it is needed.
 * Any thread.
 */
final class LastResort {
  private static final int EXIT_OUT_OF_MEMORY = 3;
  private static final byte[] OUT_OF_MEMORY = line("out of memory");
  private static final byte[] LOOP_ENDED = line("out of memory: an event loop has ended");
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
  private static final Runtime RUNTIME = Runtime.getRuntime();

  private LastResort() {}

  private static byte[] line(String message) {
    return ("simple-cache: " + message + "; ending (exit code " + EXIT_OUT_OF_MEMORY + ")\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Has everything ready. */
  static void prepare() {
    // The class is initialized by now.
  }

  /** A thread that is needed could not go on. Does not return. */
  static void outOfMemory() {
    end(OUT_OF_MEMORY);
  }

  /**
   * An event loop has ended that nobody stopped: its connections hang, and maybe nobody accepts new
   * ones. Nothing but an {@code Error} does that. Does not return.
   */
  static void loopEnded() {
    end(LOOP_ENDED);
  }

  private static void end(byte[] line) {
    try {
      ERR.write(line);
    } catch (IOException | OutOfMemoryError e) {
      // Then without a word.
    }
    while (true) {
      try {
        RUNTIME.halt(EXIT_OUT_OF_MEMORY);
      } catch (OutOfMemoryError e) {
        // Once more; others give memory back.
      }
    }
  }
}
