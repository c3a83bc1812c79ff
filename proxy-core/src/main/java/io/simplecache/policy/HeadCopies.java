package io.simplecache.policy;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;

/** Copies of heads to change. */
final class HeadCopies {
  private HeadCopies() {}

  /** Returns a copy; its fields were validated when they arrived and are not validated again. */
  static HttpHeaders of(HttpHeaders fields) {
    return DefaultHttpHeadersFactory.headersFactory()
        .withValidation(false)
        .newHeaders()
        .set(fields);
  }
}
