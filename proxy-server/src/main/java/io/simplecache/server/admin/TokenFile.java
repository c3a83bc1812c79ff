package io.simplecache.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file whose first line is a token, so that it is seen neither by {@code ps} nor in a history.
 */
public final class TokenFile {
  private TokenFile() {}

  /**
   * Returns the token, without the white space around it.
   *
   * @throws IOException if the file cannot be read, or holds no line
   */
  public static String read(Path file) throws IOException {
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    return text.lines().findFirst().orElseThrow().strip();
  }
}
