package io.simplecache.server.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: {@code 512}, {@code 64KiB}, {@code 256MiB}, {@code 2g}. */
public record ByteSize(long bytes) {
  static final String FORM = "[0-9]{1,15}\\s*([kKmMgG]?)([iI]?[bB])?";

  private static final Pattern PATTERN = Pattern.compile("(\\d{1,15})\\s*([kmg]?)(i?b)?");

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static ByteSize parse(String text) {
    Matcher matcher = PATTERN.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    int shift =
        switch (matcher.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(text);
    }
    return new ByteSize(number << shift);
  }

  /** Returns the size in the largest unit that divides it. */
  @Override
  public String toString() {
    if (bytes > 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + " GiB";
    }
    if (bytes > 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    if (bytes > 0 && bytes % (1L << 10) == 0) {
      return (bytes >> 10) + " KiB";
    }
    return bytes + " bytes";
  }
}
