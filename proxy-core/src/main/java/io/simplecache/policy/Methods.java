package io.simplecache.policy;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * What the rules know of methods (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-9.2">RFC 9110 §9.2</a> and the IANA
 * registry). Method names are case-sensitive.
 */
public final class Methods {
  private static final Set<String> SAFE =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY");
  private static final Set<String> IDEMPOTENT_THOUGH_UNSAFE = Set.of("PUT", "DELETE");

  private Methods() {}

  /** Says whether the method is known to change nothing (§9.2.1); an unknown one is not. */
  public static boolean isSafe(HttpMethod method) {
    return SAFE.contains(method.name());
  }

  /** Says whether a stored response may answer the method: GET and HEAD. */
  public static boolean isCacheable(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  /** Says whether a repeated request has the effect of one (§9.2.2); an unknown method has not. */
  public static boolean isIdempotent(HttpMethod method) {
    return isSafe(method) || IDEMPOTENT_THOUGH_UNSAFE.contains(method.name());
  }
}
