package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

/**
 * A request's head as the rules see it. {@code fields} is borrowed: whoever made it may not change
 * it while this record is in use.
 *
 * @param method the method, case-sensitive (RFC 9110 §9.1)
 * @param scheme {@code http} or {@code https}, lower case
 * @param authority host and port as the client named them, normalised as the key's (RFC 9110
 *     §4.2.3)
 * @param target path and query in origin-form (RFC 9112 §3.2.1), or {@code *}
 * @param fields the header fields
 */
public record RequestHead(
    HttpMethod method, String scheme, String authority, String target, HttpHeaders fields) {

  /** Returns the same request with another method. */
  public RequestHead withMethod(HttpMethod other) {
    return new RequestHead(other, scheme, authority, target, fields);
  }
}
