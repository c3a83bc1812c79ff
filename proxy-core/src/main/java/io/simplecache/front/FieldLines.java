package io.simplecache.front;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.simplecache.message.HeadFields;
import io.simplecache.message.Octets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the field lines of one connection (RFC 9112 §5), byte by byte. */
final class FieldLines {
  /** Names that many requests have, as they are usually written: each at its {@link #slot}. */
  private static final @Nullable AsciiString[] COMMON = new AsciiString[256];

  static {
    String[] names = {
      "Accept",
      "Accept-Encoding",
      "Accept-Language",
      "Authorization",
      "Cache-Control",
      "Connection",
      "Content-Length",
      "Content-Type",
      "Cookie",
      "Host",
      "If-Modified-Since",
      "If-None-Match",
      "Range",
      "Referer",
      "Transfer-Encoding",
      "User-Agent",
      "X-Forwarded-For"
    };
    for (String name : names) {
      keep(AsciiString.cached(name));
      keep(AsciiString.cached(name).toLowerCase());
    }
  }

  /** What Host said last: the requests of a connection mostly say the same. */
  private String host = "";

  private static void keep(AsciiString name) {
    COMMON[slot(name.array(), name.arrayOffset(), name.length())] = name;
  }

  private static int slot(byte[] bytes, int from, int length) {
    return (length * 31 + bytes[from] * 7 + bytes[from + length - 1]) & (COMMON.length - 1);
  }

  /** Returns whether a byte may be in a request-target: visible ASCII. */
  static boolean isTarget(byte b) {
    return b > ' ' && b < 0x7f;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /**
   * Adds one field.
   *
   * @param line borrowed; the line is its first {@code length} bytes, without CRLF, at least one
   */
  void add(HeadFields fields, byte[] line, int length) throws RefusedException {
    int colon = 0;
    while (colon < length && Octets.isToken(line[colon])) {
      colon++;
    }
    if (colon == 0 && isBlank(line[0])) {
      throw RefusedException.badRequest("folded field line");
    }
    if (colon == 0 || colon == length || line[colon] != ':') {
      throw RefusedException.badRequest("field line without name and colon");
    }
    int from = colon + 1;
    int to = length;
    while (from < to && isBlank(line[from])) {
      from++;
    }
    while (to > from && isBlank(line[to - 1])) {
      to--;
    }
    for (int i = from; i < to; i++) {
      if (!Octets.isText(line[i])) {
        throw RefusedException.badRequest("control character in a field value");
      }
    }
    AsciiString name = name(line, colon);
    fields.addRead(name, isHost(name) ? host(line, from, to) : text(line, from, to));
  }

  private static boolean isHost(AsciiString name) {
    return HttpHeaderNames.HOST.contentEqualsIgnoreCase(name);
  }

  private String host(byte[] line, int from, int to) {
    if (!isSame(host, line, from, to)) {
      host = text(line, from, to);
    }
    return host;
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isSame(String text, byte[] line, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i - from) != (line[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private static AsciiString name(byte[] line, int length) {
    AsciiString common = COMMON[slot(line, 0, length)];
    if (common != null) {
      int from = common.arrayOffset();
      if (Arrays.equals(common.array(), from, from + common.length(), line, 0, length)) {
        return common;
      }
    }
    return new AsciiString(line, 0, length, /* copy= */ true);
  }
}
