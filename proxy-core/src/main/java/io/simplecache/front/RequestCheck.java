package io.simplecache.front;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a decoded request may come in (RFC 9112 §3, §6; RFC 9110 §7.2), and if so what it
 * asks for. The decoder has refused already what is no HTTP message; this refuses what is ambiguous
 * or not for a gateway.
 */
final class RequestCheck {
  /** A request that may come in, or the status that refuses it. */
  sealed interface Verdict {
    record Accepted(RequestHead head) implements Verdict {}

    record Refused(HttpResponseStatus status, String why) implements Verdict {}
  }

  private RequestCheck() {}

  static Verdict check(HttpRequest request, boolean secure) {
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      return refuseUndecodable(decoded.cause());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.protocolName().equals("HTTP") || version.majorVersion() != 1) {
      return new Verdict.Refused(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version " + version);
    }
    String defect = defectOf(request);
    if (defect != null) {
      return new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, defect);
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return new Verdict.Refused(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT to a gateway");
    }
    return accept(request, secure);
  }

  private static Verdict refuseUndecodable(Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    if (cause instanceof TooLongHttpLineException) {
      return new Verdict.Refused(HttpResponseStatus.REQUEST_URI_TOO_LONG, why);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new Verdict.Refused(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why);
    }
    return new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, why);
  }

  /** Returns what is wrong with the framing or the host, or null. */
  private static @Nullable String defectOf(HttpRequest request) {
    HttpHeaders fields = request.headers();
    if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
      if (codings.size() > 1 || !codings.get(0).trim().equalsIgnoreCase("chunked")) {
        return "transfer codings " + codings;
      }
      if (fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
        return "both Transfer-Encoding and Content-Length";
      }
      if (request.protocolVersion().minorVersion() == 0) {
        return "Transfer-Encoding in HTTP/1.0";
      }
    }
    Iterator<? extends CharSequence> hosts = fields.valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      return request.protocolVersion().minorVersion() > 0 ? "no Host field" : null;
    }
    String host = hosts.next().toString();
    if (hosts.hasNext()) {
      return "several Host fields";
    }
    return host.isEmpty() || !Authority.isValid(host) ? "Host " + host : null;
  }

  private static Verdict accept(HttpRequest request, boolean secure) {
    String scheme = secure ? "https" : "http";
    String host = request.headers().get(HttpHeaderNames.HOST, "");
    String target = request.uri();
    if (target.equals("*")) {
      return request.method().equals(HttpMethod.OPTIONS)
          ? accepted(request, scheme, host, target)
          : new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, "target *");
    }
    if (!target.startsWith("/")) {
      String authority = TargetUri.authorityOfAbsoluteForm(target);
      if (authority == null || !Authority.isValid(authority) || authority.isEmpty()) {
        return new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, "target " + target);
      }
      // RFC 9112 §3.2.2: the target's authority counts, whatever Host says.
      host = authority;
      target = targetOf(request, target);
    }
    if (!isValidTarget(target)) {
      return new Verdict.Refused(HttpResponseStatus.BAD_REQUEST, "target " + target);
    }
    return accepted(request, scheme, host, TargetUri.normalTarget(target));
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

  private static Verdict accepted(HttpRequest request, String scheme, String host, String target) {
    return new Verdict.Accepted(
        new RequestHead(
            request.method(),
            scheme,
            TargetUri.normalAuthority(scheme, host),
            target,
            request.headers()));
  }

  /** Only visible ASCII, and no fragment (RFC 9112 §3.2). Raw UTF-8 is common enough to pass. */
  private static boolean isValidTarget(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c == 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }
}
