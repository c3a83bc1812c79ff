package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LOCATION;
import static io.netty.handler.codec.http.HttpHeaderNames.LOCATION;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an unsafe request makes invalid (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.4">RFC 9111 §4.4</a>).
 */
public final class Invalidation {
  private Invalidation() {}

  /**
   * Says whether a response with the status to the method invalidates: the method is unsafe, or not
   * known to be safe, and the status is no error (2xx or 3xx).
   */
  public static boolean invalidates(HttpMethod method, int status) {
    return !Methods.isSafe(method) && status >= 200 && status < 400;
  }

  /**
   * Returns the targets, path and query each, that become invalid: the request's own first, then
   * those of Location and Content-Location. References are resolved against the target URI; those
   * to another origin must not be followed and are left out.
   */
  public static List<String> targets(RequestHead request, ResponseHead response) {
    Set<String> targets = new LinkedHashSet<>();
    targets.add(request.target());
    addSameOrigin(request, response.fields().get(LOCATION), targets);
    addSameOrigin(request, response.fields().get(CONTENT_LOCATION), targets);
    return List.copyOf(targets);
  }

  private static void addSameOrigin(
      RequestHead request, @Nullable String reference, Set<String> targets) {
    String target = reference == null ? null : UriReferences.sameOriginTarget(request, reference);
    if (target != null) {
      targets.add(target);
    }
  }
}
