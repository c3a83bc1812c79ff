package io.simplecache.policy;

import io.simplecache.message.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * URI references resolved against a request's target (<a
 * href="https://datatracker.ietf.org/doc/html/rfc3986#section-5.2">RFC 3986 §5.2</a>). Never
 * throws; {@code java.net.URI} refuses much of what origins send.
 */
final class UriReferences {
  private UriReferences() {}

  /** Returns path and query of the reference, or null when it names another origin. */
  static @Nullable String sameOriginTarget(RequestHead request, String reference) {
    String rest = withoutFragment(reference.strip());
    int colon = rest.indexOf(':');
    String base = request.scheme() + ':';
    if (colon > 0 && isScheme(rest, colon)) {
      if (!rest.regionMatches(true, 0, base, 0, base.length())
          || !rest.startsWith("//", colon + 1)) {
        return null;
      }
      rest = rest.substring(colon + 1);
    }
    if (rest.startsWith("//")) {
      return targetOfAuthority(request, rest);
    }
    return resolve(request.target(), rest);
  }

  private static String withoutFragment(String reference) {
    int hash = reference.indexOf('#');
    return hash < 0 ? reference : reference.substring(0, hash);
  }

  private static boolean isScheme(String reference, int colon) {
    for (int i = 0; i < colon; i++) {
      char c = reference.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !other)) {
        return false;
      }
    }
    return true;
  }

  /** {@code rest} is {@code //authority}, perhaps with a path and a query. */
  private static @Nullable String targetOfAuthority(RequestHead request, String rest) {
    int end = 2;
    while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
      end++;
    }
    String authority = normalised(rest.substring(2, end), request.scheme());
    if (!authority.equals(normalised(request.authority(), request.scheme()))) {
      return null;
    }
    String target = rest.substring(end);
    return withoutDotSegments(target.startsWith("/") ? target : "/" + target);
  }

  /** RFC 9110 §4.2.3: lower case, without user and default port. */
  private static String normalised(String authority, String scheme) {
    String host = authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    if (host.endsWith(":")) {
      return host.substring(0, host.length() - 1);
    }
    String defaultPort = scheme.equals("https") ? ":443" : ":80";
    return host.endsWith(defaultPort)
        ? host.substring(0, host.length() - defaultPort.length())
        : host;
  }

  /** §5.2.2 for a reference without scheme and authority. */
  private static String resolve(String baseTarget, String reference) {
    String basePath = pathOf(baseTarget);
    if (reference.isEmpty()) {
      return baseTarget;
    }
    if (reference.startsWith("?")) {
      return basePath + reference;
    }
    if (reference.startsWith("/")) {
      return withoutDotSegments(reference);
    }
    return withoutDotSegments(basePath.substring(0, basePath.lastIndexOf('/') + 1) + reference);
  }

  private static String pathOf(String target) {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  /** §5.2.4, on the path of a target that starts with a slash. */
  static String withoutDotSegments(String target) {
    String path = pathOf(target);
    String query = target.substring(path.length());
    if (!path.contains("/.")) {
      return target;
    }
    StringBuilder out = new StringBuilder(path.length());
    int start = 0;
    while (start < path.length()) {
      int end = path.indexOf('/', start + 1);
      int segmentEnd = end < 0 ? path.length() : end;
      appendSegment(out, path.substring(start, segmentEnd), /* last= */ end < 0);
      start = segmentEnd;
    }
    return out.append(query).toString();
  }

  /** {@code segment} starts with its slash. */
  private static void appendSegment(StringBuilder out, String segment, boolean last) {
    boolean parent = segment.equals("/..");
    if (parent) {
      out.setLength(Math.max(0, out.lastIndexOf("/")));
    }
    boolean dots = parent || segment.equals("/.");
    if (!dots) {
      out.append(segment);
    } else if (last) {
      out.append('/');
    }
  }
}
