package io.simplecache.server.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What an admin call is answered with. */
sealed interface Reply {
  /**
   * A response that is there as a whole.
   *
   * @param status of the response
   * @param contentType of {@code content}
   * @param content not changed any more
   * @param fields further fields
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Whole(
      HttpResponseStatus status, String contentType, byte[] content, Map<String, String> fields)
      implements Reply {}

  /** A stream of events that ends when the client goes. */
  record Events() implements Reply {}

  static Reply json(Object value) {
    return new Whole(HttpResponseStatus.OK, "application/json", Json.bytes(value), Map.of());
  }

  static Reply text(String contentType, String text) {
    return new Whole(
        HttpResponseStatus.OK, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** Returns the answer of RFC 9457. */
  static Whole problem(HttpResponseStatus status, String detail, Map<String, String> fields) {
    Problem problem = new Problem("about:blank", status.reasonPhrase(), status.code(), detail);
    return new Whole(status, "application/problem+json", Json.bytes(problem), fields);
  }

  /**
   * The members of RFC 9457 §3.1.
   *
   * @param type {@code about:blank}: the status says which kind of problem it is
   * @param title the status's phrase
   * @param status the status code
   * @param detail what was wrong here
   */
  record Problem(String type, String title, int status, String detail) {}
}
