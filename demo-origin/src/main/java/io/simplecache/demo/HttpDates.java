package io.simplecache.demo;

import io.netty.handler.codec.DateFormatter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** HTTP dates (RFC 9110 §5.6.7), which know whole seconds only. */
final class HttpDates {
  private HttpDates() {}

  static String format(Instant instant) {
    return DateFormatter.format(Date.from(instant));
  }

  /** Returns null if the value is absent or no date. */
  static @Nullable Instant parse(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return null;
    }
    Date date = DateFormatter.parseHttpDate(value);
    return date == null ? null : date.toInstant();
  }

  static Instant wholeSeconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
