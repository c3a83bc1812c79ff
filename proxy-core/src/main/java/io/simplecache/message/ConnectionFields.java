package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Removal of the fields that concern one connection only (RFC 9110 §7.6.1).
 *
 * <p>A peer may name further fields in {@code Connection}; those go too, except the ones that a
 * message cannot lose without changing its meaning: naming {@code Cookie} or {@code Cache-Control}
 * there would otherwise be a way to strip them on their way through us.
 */
public final class ConnectionFields {
  private static final List<AsciiString> ALWAYS =
      List.of(
          HttpHeaderNames.CONNECTION,
          FieldNames.KEEP_ALIVE,
          FieldNames.PROXY_CONNECTION,
          FieldNames.HTTP2_SETTINGS,
          HttpHeaderNames.TE,
          HttpHeaderNames.TRANSFER_ENCODING,
          HttpHeaderNames.UPGRADE);

  /** End-to-end fields that {@code Connection} may not take away. */
  private static final Set<String> PROTECTED =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "cache-status",
          "cdn-cache-control",
          "content-encoding",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "etag",
          "expect",
          "expires",
          "forwarded",
          "host",
          "last-modified",
          "location",
          "pragma",
          "range",
          "set-cookie",
          "surrogate-control",
          "vary",
          "via",
          "x-forwarded-for");

  private ConnectionFields() {}

  /** Removes every field of {@code fields} that must not be forwarded. */
  public static void remove(HttpHeaders fields) {
    removeNamed(fields);
    for (AsciiString name : ALWAYS) {
      fields.remove(name);
    }
  }

  /** Removes the fields that {@code Connection} names, and leaves itself and its kin there. */
  public static void removeNamed(HttpHeaders fields) {
    if (fields.contains(HttpHeaderNames.CONNECTION)) {
      for (String name : FieldLists.members(fields, HttpHeaderNames.CONNECTION)) {
        String lowerCaseName = name.toLowerCase(Locale.ROOT);
        if (!PROTECTED.contains(lowerCaseName) && !lowerCaseName.equals("connection")) {
          fields.remove(name);
        }
      }
    }
  }
}
