package io.simplecache.server;

import io.simplecache.ProxyListener;
import io.simplecache.observe.ExchangeRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One line for each request, for people:
 *
 * <pre>cache server 12:03:04.123  HIT          GET /story.html  200  2,314 bytes  0.2 ms  fresh
 * </pre>
 */
final class AccessLog implements ProxyListener {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final Consumer<String> out;

  AccessLog(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public void onExchange(ExchangeRecord record) {
    StringBuilder line = new StringBuilder(128).append("cache server ");
    TIME.formatTo(Instant.ofEpochMilli(record.startMillis()), line);
    line.append("  ");
    String result = record.result().name();
    line.append(result).append(" ".repeat(Math.max(1, 12 - result.length())));
    line.append(record.method()).append(' ');
    printable(record.target(), line);
    line.append("  ").append(record.status() == 0 ? "---" : record.status());
    line.append("  ").append(String.format(Locale.ROOT, "%,d bytes", record.sentBytes()));
    line.append("  ")
        .append(String.format(Locale.ROOT, "%.1f ms", record.durationNanos() / 1_000_000.0));
    if (record.reason() != null) {
      line.append("  ").append(record.reason().token());
    }
    if (record.failure() != null) {
      line.append("  (");
      printable(record.failure(), line);
      line.append(')');
    }
    out.accept(line.toString());
  }

  /** A request cannot write to the terminal what is not printable. */
  private static void printable(String text, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f) {
        line.append(c);
      } else {
        line.append("\\u").append(String.format(Locale.ROOT, "%04x", (int) c));
      }
    }
  }
}
