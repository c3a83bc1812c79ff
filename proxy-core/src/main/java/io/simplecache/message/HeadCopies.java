package io.simplecache.message;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;

/** Copies of heads to change. */
public final class HeadCopies {
  private HeadCopies() {}

  /** Returns a copy; its fields were validated when they arrived and are not validated again. */
  public static HttpHeaders of(HttpHeaders fields) {
    return DefaultHttpHeadersFactory.headersFactory()
        .withValidation(false)
        .newHeaders()
        .set(fields);
  }
}
