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

/**
 * Decides whether a decoded request may come in (RFC 9112 §3, §6; RFC 9110 §7.2), and if so what it
 * asks for. The decoder has refused already what is no HTTP message; this refuses what is ambiguous
 * or not for a gateway.
 */
final class RequestCheck {
  /** A request that may come in, or the status that refuses it. */
  sealed interface Verdict {
    /** See {@link Framing#of} for the length of the content. */
    record Accepted(RequestHead head, long contentLength) implements Verdict {}

    record Refused(HttpResponseStatus status, String why) implements Verdict {}
  }

  private RequestCheck() {}

  static Verdict check(HttpRequest request, boolean secure) {
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      return refused(decoded.cause());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.protocolName().equals("HTTP") || version.majorVersion() != 1) {
      return new Verdict.Refused(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version " + version);
    }
    try {
      long contentLength = Framing.of(request);
      checkHost(request);
      checkExpect(request);
      if (request.method().equals(HttpMethod.CONNECT)) {
        throw new RefusedException(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT to a gateway");
      }
      return new Verdict.Accepted(headOf(request, secure), contentLength);
    } catch (RefusedException e) {
      return refused(e);
    }
  }

  private static Verdict refused(Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (cause instanceof RefusedException refused) {
      return new Verdict.Refused(refused.status(), why);
    }
    if (cause instanceof TooLongHttpLineException) {
      return new Verdict.Refused(HttpResponseStatus.REQUEST_URI_TOO_LONG, why);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new Verdict.Refused(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why);
    }
    return new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, why);
  }

  private static void checkHost(HttpRequest request) throws RefusedException {
    Iterator<? extends CharSequence> hosts =
        request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      if (request.protocolVersion().minorVersion() > 0) {
        throw RefusedException.badRequest("no Host field");
      }
      return;
    }
    String host = hosts.next().toString();
    if (hosts.hasNext()) {
      throw RefusedException.badRequest("several Host fields");
    }
    if (host.isEmpty() || !Authority.isValid(host)) {
      throw RefusedException.badRequest("Host " + host);
    }
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

  private static RequestHead headOf(HttpRequest request, boolean secure) throws RefusedException {
    String scheme = secure ? "https" : "http";
    String host = request.headers().get(HttpHeaderNames.HOST, "");
    String target = request.uri();
    if (target.equals("*")) {
      if (!request.method().equals(HttpMethod.OPTIONS)) {
        throw RefusedException.badRequest("target *");
      }
      return head(request, scheme, host, target);
    }
    if (!target.startsWith("/")) {
      String authority = TargetUri.authorityOfAbsoluteForm(target);
      if (authority == null || !Authority.isValid(authority) || authority.isEmpty()) {
        throw RefusedException.badRequest("target " + target);
      }
      checkAgreement(scheme, authority, host);
      // RFC 9112 §3.2.2: the target's authority counts, also where 1.0 has no Host.
      host = authority;
      target = targetOf(request, target);
    }
    if (!isValidTarget(target)) {
      throw RefusedException.badRequest("target " + target);
    }
    return head(request, scheme, host, TargetUri.normalTarget(target));
  }

  /**
   * RFC 9110 §7.2: a client sends the same in both. To ignore the other would be allowed, but who
   * sends two has a recipient in mind that believes the other one.
   */
  private static void checkAgreement(String scheme, String authority, String host)
      throws RefusedException {
    boolean agree =
        host.isEmpty()
            || TargetUri.normalAuthority(scheme, authority)
                .equals(TargetUri.normalAuthority(scheme, host));
    if (!agree) {
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

  private static RequestHead head(HttpRequest request, String scheme, String host, String target) {
    return new RequestHead(
        request.method(),
        scheme,
        TargetUri.normalAuthority(scheme, host),
        target,
        request.headers());
  }

  /** Only visible ASCII, and no fragment (RFC 9112 §3.2, RFC 3986 §2). */
  private static boolean isValidTarget(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }
}
