package io.simplecache.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;

/** Makes of any bytes what a decoder lets through. */
public final class FuzzedFields {
  private FuzzedFields() {}

  /** Returns a character for each byte, without those that end a line. */
  public static String value(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replaceAll("[\r\n\0]", " ").strip();
  }

  /** Returns fields of a single name, one for each line. */
  public static HttpHeaders of(String name, byte[] lines) {
    HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (String line : new String(lines, ISO_8859_1).split("\n", -1)) {
      add(fields, name, line);
    }
    return fields;
  }

  /** Returns the field lines that some bytes are; what is no field line is left out. */
  public static HttpHeaders of(byte[] lines) {
    HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (String line : new String(lines, ISO_8859_1).split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        add(fields, line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return fields;
  }

  private static void add(HttpHeaders fields, String name, String value) {
    try {
      fields.add(name, value.strip());
    } catch (IllegalArgumentException e) {
      // The decoder refuses it, too.
    }
  }
}
