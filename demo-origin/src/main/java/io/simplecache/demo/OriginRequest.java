package io.simplecache.demo;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request whose body has been received and counted.
 *
 * @param target the request target as sent
 * @param path the path as sent, still percent-encoded, without the query
 * @param query what follows the question mark; empty if there is none
 * @param bodyBytes the length of the body, which has been dropped
 */
record OriginRequest(
    HttpMethod method,
    String target,
    String path,
    String query,
    HttpHeaders headers,
    long bodyBytes) {
  private static final Set<HttpMethod> RETRIEVALS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  /**
   * Takes origin-form and absolute-form (RFC 9112 §3.2); of the latter only path and query are
   * kept.
   */
  static OriginRequest of(HttpRequest head, long bodyBytes) {
    String target = head.uri();
    String pathAndQuery = withoutAuthority(target);
    int mark = pathAndQuery.indexOf('?');
    String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
    String query = mark < 0 ? "" : pathAndQuery.substring(mark + 1);
    return new OriginRequest(head.method(), target, path, query, head.headers(), bodyBytes);
  }

  private static String withoutAuthority(String target) {
    if (!target.regionMatches(/* ignoreCase= */ true, 0, "http://", 0, 7)) {
      return target;
    }
    for (int i = 7; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '/') {
        return target.substring(i);
      }
      if (c == '?') {
        return "/" + target.substring(i);
      }
    }
    return "/";
  }

  boolean isHead() {
    return HttpMethod.HEAD.equals(method);
  }

  /** Whether the method is GET or HEAD. */
  boolean isRetrieval() {
    return RETRIEVALS.contains(method);
  }

  /** Returns the value of a query parameter as sent, empty if it has none, null if it is absent. */
  @Nullable String parameter(String name) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String pairName = equals < 0 ? pair : pair.substring(0, equals);
      if (pairName.equals(name)) {
        return equals < 0 ? "" : pair.substring(equals + 1);
      }
    }
    return null;
  }
}
