package io.simplecache.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.simplecache.observe.ExchangeRecord;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a request is written down. What a client sends cannot write to the terminal, nor begin a line
 * of its own: what is not printable ASCII is escaped.
 */
enum AccessLogFormat {
  /**
   * For people:
   *
   * <pre>cache server 12:03:04.123  HIT          GET /story.html  200  2,314 bytes  0.2 ms  fresh
   * </pre>
   */
  HUMAN {
    @Override
    void append(ExchangeRecord record, StringBuilder line) {
      line.append("cache server ");
      TIME.formatTo(start(record), line);
      line.append("  ");
      String result = record.result().name();
      line.append(result).append(" ".repeat(Math.max(1, 12 - result.length())));
      line.append(record.method()).append(' ');
      printable(record.target(), UNICODE, line);
      line.append("  ").append(record.status() == 0 ? "---" : record.status());
      line.append("  ").append(String.format(Locale.ROOT, "%,d bytes", record.sentBytes()));
      line.append("  ").append(String.format(Locale.ROOT, "%.1f ms", millis(record)));
      if (record.reason() != null) {
        line.append("  ").append(record.reason().token());
      }
      if (record.failure() != null) {
        line.append("  (");
        printable(record.failure(), UNICODE, line);
        line.append(')');
      }
    }
  },

  /** The Common Log Format of NCSA httpd. */
  COMMON {
    @Override
    void append(ExchangeRecord record, StringBuilder line) {
      line.append(record.clientAddress()).append(" - - [");
      DAY_AND_TIME.formatTo(start(record), line);
      line.append("] \"").append(record.method()).append(' ');
      printable(record.target(), BYTE, line);
      line.append(" HTTP/1.1\" ").append(record.status() == 0 ? "-" : record.status());
      line.append(' ').append(record.sentBytes() == 0 ? "-" : record.sentBytes());
    }
  },

  /** The same with Referer, User-Agent, and what the cache did. */
  COMBINED {
    @Override
    void append(ExchangeRecord record, StringBuilder line) {
      COMMON.append(record, line);
      quoted(record.field(HttpHeaderNames.REFERER), line);
      quoted(record.field(HttpHeaderNames.USER_AGENT), line);
      line.append(' ').append(record.result());
      line.append(String.format(Locale.ROOT, " %.3f", millis(record) / 1000));
    }

    private static void quoted(@Nullable String text, StringBuilder line) {
      line.append(" \"");
      printable(text == null ? "-" : text, BYTE, line);
      line.append('"');
    }
  },

  /** One JSON object for each request; what is not known is left out. */
  JSON {
    @Override
    void append(ExchangeRecord record, StringBuilder line) {
      line.append("{\"time\":\"").append(start(record)).append('"');
      text("client", record.clientAddress(), line);
      text("method", record.method().name(), line);
      text("host", record.authority(), line);
      text("target", record.target(), line);
      text("site", record.site(), line);
      number("status", record.status(), line);
      number("bytes", record.sentBytes(), line);
      line.append(String.format(Locale.ROOT, ",\"ms\":%.3f", millis(record)));
      line.append(
          String.format(Locale.ROOT, ",\"head_ms\":%.3f", record.headNanos() / 1_000_000.0));
      text("result", record.result().name(), line);
      text("reason", record.reason() == null ? null : record.reason().token(), line);
      text("forward", record.forward() == null ? null : record.forward().token(), line);
      if (record.originStatus() != 0) {
        number("origin_status", record.originStatus(), line);
      }
      if (record.ageSeconds() >= 0) {
        number("age", record.ageSeconds(), line);
      }
      if (record.hasTtl()) {
        number("ttl", record.ttlSeconds(), line);
      }
      line.append(",\"stored\":").append(record.stored());
      line.append(",\"collapsed\":").append(record.collapsed());
      line.append(",\"complete\":").append(record.complete());
      text("trace", traceId(record.traceparent()), line);
      text("referer", record.field(HttpHeaderNames.REFERER), line);
      text("user_agent", record.field(HttpHeaderNames.USER_AGENT), line);
      text("failure", record.failure(), line);
      line.append('}');
    }

    private static void text(String name, @Nullable String value, StringBuilder line) {
      if (value != null) {
        line.append(",\"").append(name).append("\":\"");
        printable(value, UNICODE, line);
        line.append('"');
      }
    }

    private static void number(String name, long value, StringBuilder line) {
      line.append(",\"").append(name).append("\":").append(value);
    }

    /** The second of four parts (W3C Trace Context §3.2.2). */
    private static @Nullable String traceId(@Nullable String traceparent) {
      return traceparent != null && traceparent.matches("[0-9a-f]{2}-[0-9a-f]{32}-.*")
          ? traceparent.substring(3, 35)
          : null;
    }
  };

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private static final String UNICODE = "\\u%04x";
  private static final String BYTE = "\\x%02x";

  /** Appends a line without its end. */
  abstract void append(ExchangeRecord record, StringBuilder line);

  private static Instant start(ExchangeRecord record) {
    return Instant.ofEpochMilli(record.startMillis());
  }

  private static double millis(ExchangeRecord record) {
    return record.durationNanos() / 1_000_000.0;
  }

  /**
   * Appends what may be sent by anybody.
   *
   * @param escape the form of any other character
   */
  private static void printable(String text, String escape, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
        line.append(c);
      } else {
        line.append(String.format(Locale.ROOT, escape, (int) c));
      }
    }
  }
}
