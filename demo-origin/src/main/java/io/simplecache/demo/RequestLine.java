package io.simplecache.demo;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The line printed for one request, such as {@code main server 12:03:04.123 GET /story.html 200
 * 2,314 bytes}.
 */
final class RequestLine {
  private static final int MAX_TARGET_LENGTH = 200;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final String methodAndTarget;

  RequestLine(OriginRequest request) {
    this.methodAndTarget = printable(request.method().name() + " " + request.target());
  }

  /**
   * Returns the line of a request that was answered.
   *
   * @param status 0 if no proper head was sent
   * @param bytes of the body
   * @param complete false if the answer was cut off, by the client or on purpose
   */
  String format(Instant now, int status, long bytes, boolean complete) {
    return "main server  %s  %s  %s  %s%s"
        .formatted(
            TIME.format(now),
            methodAndTarget,
            status == 0 ? "---" : String.valueOf(status),
            String.format(Locale.ROOT, "%,d bytes", bytes),
            complete ? "" : "  (cut off)");
  }

  /** The line of a request that could not be understood. */
  static String rejected(Instant now, int status) {
    return "main server  %s  (not understood)  %d  0 bytes".formatted(TIME.format(now), status);
  }

  /** What a client sends must not move the cursor of whoever reads the log. */
  private static String printable(String text) {
    String shown =
        text.length() <= MAX_TARGET_LENGTH ? text : text.substring(0, MAX_TARGET_LENGTH) + "...";
    StringBuilder printable = new StringBuilder(shown.length());
    shown.chars().forEach(c -> printable.append(c >= ' ' && c <= '~' ? (char) c : '?'));
    return printable.toString();
  }
}
