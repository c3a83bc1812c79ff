package io.simplecache.server.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 300ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
public final class TimeSpan {
  static final String FORM = "[0-9]{1,9}\\s*([mM]?[sS]|[mMhH])";

  private static final Pattern PATTERN = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

  private TimeSpan() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static Duration parse(String text) {
    Matcher matcher = PATTERN.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /** Returns the duration in the largest unit that divides it. */
  static String format(Duration time) {
    if (!time.isZero() && time.toMillis() % 3_600_000 == 0) {
      return time.toHours() + "h";
    }
    if (!time.isZero() && time.toMillis() % 60_000 == 0) {
      return time.toMinutes() + "m";
    }
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
  }
}
