package io.simplecache.front;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.simplecache.key.TargetUri;
import io.simplecache.message.RequestHead;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a decoded request may come in (RFC 9112 §3, §6; RFC 9110 §7.2), and if so what it
 * asks for. The decoder has refused already what is no HTTP message; this refuses what is ambiguous
 * or not for a gateway. There is one for each connection: its requests mostly name the same host.
 */
final class RequestCheck {
  private final String scheme;

  /** What Host said last that was good, and what that is as part of a key. */
  private @Nullable String knownHost;

  private String knownAuthority = "";

  /**
   * Creates the check of a connection.
   *
   * @param secure whether it has TLS
   */
  RequestCheck(boolean secure) {
    scheme = secure ? "https" : "http";
  }

  /**
   * Returns what a request asks for.
   *
   * @throws RefusedException if it may not come in, with the status that says so
   */
  RequestHead check(HttpRequest request) throws RefusedException {
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      throw refusal(decoded.cause());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.protocolName().equals("HTTP") || version.majorVersion() != 1) {
      throw new RefusedException(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version " + version);
    }
    String host = hostOf(request);
    checkExpect(request);
    if (request.method().equals(HttpMethod.CONNECT)) {
      throw new RefusedException(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT to a gateway");
    }
    return headOf(request, host);
  }

  private static RefusedException refusal(Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (cause instanceof RefusedException refused) {
      return refused;
    }
    if (cause instanceof TooLongHttpLineException) {
      return new RefusedException(HttpResponseStatus.REQUEST_URI_TOO_LONG, why);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new RefusedException(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why);
    }
    return RefusedException.badRequest(why);
  }

  /** Returns what Host says; empty where there is none, which only 1.0 may leave out. */
  private String hostOf(HttpRequest request) throws RefusedException {
    Iterator<? extends CharSequence> hosts =
        request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      if (request.protocolVersion().minorVersion() > 0) {
        throw RefusedException.badRequest("no Host field");
      }
      return "";
    }
    String host = hosts.next().toString();
    if (hosts.hasNext()) {
      throw RefusedException.badRequest("several Host fields");
    }
    if (!host.equals(knownHost)) {
      if (host.isEmpty() || !Authority.isValid(host)) {
        throw RefusedException.badRequest("Host " + host);
      }
      knownHost = host;
      knownAuthority = TargetUri.normalAuthority(scheme, host);
    }
    return host;
  }

  /** RFC 9110 §10.1.1: there is one expectation, and none in 1.0, where it is ignored. */
  private static void checkExpect(HttpRequest request) throws RefusedException {
    HttpHeaders fields = request.headers();
    if (!fields.contains(HttpHeaderNames.EXPECT)) {
      return;
    }
    if (request.protocolVersion().minorVersion() == 0) {
      fields.remove(HttpHeaderNames.EXPECT);
    }
    for (String expectation : fields.getAll(HttpHeaderNames.EXPECT)) {
      if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
        throw new RefusedException(HttpResponseStatus.EXPECTATION_FAILED, "Expect " + expectation);
      }
    }
  }

  private RequestHead headOf(HttpRequest request, String host) throws RefusedException {
    String target = request.uri();
    if (target.equals("*")) {
      if (!request.method().equals(HttpMethod.OPTIONS)) {
        throw RefusedException.badRequest("target *");
      }
      return head(request, authorityOf(host), target);
    }
    if (!target.startsWith("/")) {
      return headOfAbsoluteForm(request, host);
    }
    return head(request, authorityOf(host), normalTarget(target));
  }

  private String authorityOf(String host) {
    return host.isEmpty() ? "" : knownAuthority;
  }

  private RequestHead headOfAbsoluteForm(HttpRequest request, String host) throws RefusedException {
    String uri = request.uri();
    String named = TargetUri.authorityOfAbsoluteForm(uri);
    if (named == null || named.isEmpty() || !Authority.isValid(named)) {
      throw RefusedException.badRequest("target " + uri);
    }
    if (scheme.equals("http") && uri.regionMatches(/* ignoreCase= */ true, 0, "https:", 0, 6)) {
      // RFC 9110 §7.4.
      throw new RefusedException(
          HttpResponseStatus.MISDIRECTED_REQUEST, "https over a connection without TLS");
    }
    // RFC 9112 §3.2.2: the target's authority counts, also where 1.0 has no Host.
    String authority = TargetUri.normalAuthority(scheme, named);
    checkAgreement(authority, host);
    return head(request, authority, normalTarget(targetOf(request, uri)));
  }

  /**
   * RFC 9110 §7.2: a client sends the same in both. To ignore the other would be allowed, but who
   * sends two has a recipient in mind that believes the other one.
   */
  private void checkAgreement(String authority, String host) throws RefusedException {
    if (!host.isEmpty() && !authority.equals(knownAuthority)) {
      throw RefusedException.badRequest("target for " + authority + ", Host " + host);
    }
  }

  /** RFC 9112 §3.2.4: OPTIONS to a URI without path and query is for the server as a whole. */
  private static String targetOf(HttpRequest request, String absolute) {
    boolean ofServer =
        request.method().equals(HttpMethod.OPTIONS)
            && absolute.indexOf('/', absolute.indexOf("//") + 2) < 0
            && absolute.indexOf('?') < 0;
    String target = ofServer ? "*" : TargetUri.targetOfAbsoluteForm(absolute);
    assert target != null : "the authority was there";
    return target;
  }

  private RequestHead head(HttpRequest request, String authority, String target) {
    return new RequestHead(request.method(), scheme, authority, target, request.headers());
  }

  /** Only visible ASCII, and no fragment (RFC 9112 §3.2, RFC 3986 §2). */
  private static String normalTarget(String target) throws RefusedException {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        throw RefusedException.badRequest("target " + target);
      }
    }
    return TargetUri.normalTarget(target);
  }
}
