package io.simplecache.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file whose first line is a token, so that it is seen neither by {@code ps} nor in a history;
 * and what a token must be.
 */
public final class TokenFile {
  /** Shorter ones can be guessed. */
  private static final int MIN_CHARACTERS = 16;

  private static final String EXPECTED =
      " (expected: " + MIN_CHARACTERS + " characters or more, of A-Z a-z 0-9 - . _ ~ + / =)";

  private TokenFile() {}

  /**
   * Returns what is wrong with a token, and what is expected, without showing any of it; null if it
   * is good: long enough, and of the form of RFC 6750 §2.1, so that it can be sent in a field.
   */
  public static @Nullable String defectOf(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (!isSendable(token.charAt(i))) {
        return "character " + (i + 1) + " cannot be sent" + EXPECTED;
      }
    }
    if (token.isEmpty()) {
      return "empty" + EXPECTED;
    }
    return token.length() < MIN_CHARACTERS ? "too short" + EXPECTED : null;
  }

  private static boolean isSendable(char c) {
    return (c < 0x80 && Character.isLetterOrDigit(c)) || "-._~+/=".indexOf(c) >= 0;
  }

  /**
   * Returns the first line, without the white space around it, whether it is a token or not.
   *
   * @throws IOException if the file cannot be read
   */
  public static String firstLine(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElse("").strip();
  }

  /**
   * Returns the token.
   *
   * @throws IOException if the file cannot be read, or holds no token; the message does not show it
   */
  static String read(Path file) throws IOException {
    String token = firstLine(file);
    String defect = defectOf(token);
    if (defect != null) {
      throw new IOException(file + ": " + defect);
    }
    return token;
  }
}
