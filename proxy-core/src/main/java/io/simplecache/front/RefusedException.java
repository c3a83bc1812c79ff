package io.simplecache.front;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request may not come in, and the status that says so. It is found in {@code
 * decoderResult()} of what {@link RequestDecoder} could not read. Without a stack trace: who sent
 * the request is to blame, not a line of code.
 */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient HttpResponseStatus status;

  RefusedException(HttpResponseStatus status, String why) {
    super(why, /* cause= */ null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    this.status = status;
  }

  static RefusedException badRequest(String why) {
    return new RefusedException(HttpResponseStatus.BAD_REQUEST, why);
  }

  HttpResponseStatus status() {
    return status;
  }
}
