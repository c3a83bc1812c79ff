package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * A response's head as the rules see it. {@code fields} is borrowed: whoever made it may not change
 * it while this record is in use.
 *
 * @param status status code and reason phrase
 * @param fields the header fields
 */
public record ResponseHead(HttpResponseStatus status, HttpHeaders fields) {
  /** Returns the status code. */
  public int code() {
    return status.code();
  }
}
