package io.simplecache.front;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/**
 * How long a request's content is (RFC 9112 §6). There is one way to read each request, or none:
 * what two recipients might frame differently is refused.
 */
final class Framing {
  /** The content comes in chunks. */
  static final long CHUNKED = -1;

  /** More digits could be more than a long holds. */
  private static final int MAX_LENGTH_DIGITS = 18;

  private Framing() {}

  /**
   * Returns the length of the content in bytes, 0 if there is none, or {@link #CHUNKED}.
   *
   * @throws RefusedException if the fields say anything else, or two things
   */
  static long of(HttpRequest request) throws RefusedException {
    HttpHeaders fields = request.headers();
    boolean hasLength = fields.contains(HttpHeaderNames.CONTENT_LENGTH);
    if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      if (hasLength) {
        throw RefusedException.badRequest("both Transfer-Encoding and Content-Length");
      }
      if (request.protocolVersion().minorVersion() == 0) {
        throw RefusedException.badRequest("Transfer-Encoding in HTTP/1.0");
      }
      checkCodings(fields.getAll(HttpHeaderNames.TRANSFER_ENCODING));
      return CHUNKED;
    }
    return hasLength ? lengthOf(fields.getAll(HttpHeaderNames.CONTENT_LENGTH)) : 0;
  }

  private static void checkCodings(List<String> lines) throws RefusedException {
    if (lines.size() > 1 || !lines.get(0).equalsIgnoreCase("chunked")) {
      throw RefusedException.badRequest("transfer codings " + lines);
    }
  }

  /** RFC 9110 §8.6: digits and nothing else, once. */
  private static long lengthOf(List<String> lines) throws RefusedException {
    String text = lines.get(0);
    if (lines.size() > 1 || !isNumber(text)) {
      throw RefusedException.badRequest("Content-Length " + lines);
    }
    return Long.parseLong(text);
  }

  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH_DIGITS) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
