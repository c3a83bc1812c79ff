package io.simplecache.proxy;

import static java.time.ZoneOffset.UTC;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A wall clock that stands still until a test moves it. */
final class FakeClock implements InstantSource {
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private volatile Instant now = Instant.parse("2024-05-17T08:30:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  void advanceSeconds(long seconds) {
    advance(Duration.ofSeconds(seconds));
  }

  /** Returns the time as a field value (RFC 9110 §5.6.7). */
  String httpDate() {
    return httpDate(Duration.ZERO);
  }

  String httpDate(Duration fromNow) {
    return IMF_FIXDATE.format(now.plus(fromNow).atOffset(UTC));
  }
}
