package io.simplecache.server.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** A request that gets no more than a problem (RFC 9457) for an answer. */
final class ProblemException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient HttpResponseStatus status;
  private final transient Map<String, String> fields;

  /**
   * Makes one.
   *
   * @param status 4xx or 5xx
   * @param detail for people: what was wrong and what was expected; no secret
   */
  ProblemException(HttpResponseStatus status, String detail) {
    this(status, detail, Map.of());
  }

  /** Makes one whose response has {@code fields} beside the usual. */
  ProblemException(HttpResponseStatus status, String detail, Map<String, String> fields) {
    super(
        detail, /* cause= */ null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    this.status = status;
    this.fields = fields;
  }

  static ProblemException badRequest(String detail) {
    return new ProblemException(HttpResponseStatus.BAD_REQUEST, detail);
  }

  Reply.Whole reply() {
    return Reply.problem(status, String.valueOf(getMessage()), fields);
  }
}
