package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.MISDIRECTED_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. Three dangers, three checks:
 *
 * <table>
 * <caption>Checks</caption>
 * <tr><td>somebody who can reach the listener but is no operator</td><td>the token</td></tr>
 * <tr><td>another site's page in the operator's browser that sends a purge (cross-site request
 * forgery) or takes all streams of events</td><td>{@code Sec-Fetch-Site} and {@code Origin}, where a browser sends them, must say
 * that our own page asks</td></tr>
 * <tr><td>another site whose name is made to lead here, so that its pages count as ours (DNS
 * rebinding)</td><td>without a token, {@code Host} must be a loopback name or the address that was
 * configured</td></tr>
 * </table>
 *
 * <p>A token is not sent by a browser on its own, so with one the name in {@code Host} does not
 * matter. There is no CORS: no other site's script can read an answer.
 */
final class Gate {
  private static final String BEARER = "bearer ";
  private static final String SEC_FETCH_SITE = "sec-fetch-site";

  private final String host;
  private volatile byte @Nullable [] token;

  Gate(AdminConfig config) {
    this.host = config.host();
    this.token = config.token() == null ? null : bytes(config.token());
  }

  /**
   * From now on this token counts and no other; without one everybody is let in. Any thread.
   *
   * @return whether it is another than before
   */
  boolean replaceToken(@Nullable String newToken) {
    byte[] next = newToken == null ? null : bytes(newToken);
    boolean differs = !Arrays.equals(token, next);
    token = next;
    return differs;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks that the request was meant for this listener.
   *
   * @throws ProblemException 400 without exactly one Host, 421 for a name that is not ours
   */
  void checkHost(HttpHeaders fields) throws ProblemException {
    List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1 || hosts.get(0).isEmpty()) {
      throw ProblemException.badRequest("exactly one Host field is expected");
    }
    String name = name(hosts.get(0));
    if (token == null && !AdminConfig.isLoopback(name) && !name.equalsIgnoreCase(host)) {
      throw new ProblemException(
          MISDIRECTED_REQUEST, "Host: not a name of this listener (expected: localhost)");
    }
  }

  /** Returns the host without port, and without brackets. */
  private static String name(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    int colon = authority.indexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  /**
   * Checks that no other site's page asks, for a change or for a stream.
   *
   * @throws ProblemException 403
   */
  void checkSameSite(HttpHeaders fields) throws ProblemException {
    for (String site : fields.getAll(SEC_FETCH_SITE)) {
      if (!site.equals("same-origin")) {
        throw new ProblemException(FORBIDDEN, "Sec-Fetch-Site: a page of another site asks");
      }
    }
    String ours = fields.get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
    for (String origin : fields.getAll(HttpHeaderNames.ORIGIN)) {
      String from = origin.toLowerCase(Locale.ROOT);
      if (!from.equals("http://" + ours) && !from.equals("https://" + ours)) {
        throw new ProblemException(FORBIDDEN, "Origin: a page of another site asks");
      }
    }
  }

  /**
   * Checks the token, in a time that does not tell how much of it was right.
   *
   * @throws ProblemException 401 if one is needed and another or none is shown
   */
  void checkToken(HttpHeaders fields) throws ProblemException {
    byte[] expected = token;
    if (expected == null) {
      return;
    }
    List<String> shown = fields.getAll(HttpHeaderNames.AUTHORIZATION);
    String credentials = shown.size() == 1 ? shown.get(0) : "";
    boolean bearer =
        credentials.regionMatches(/* ignoreCase= */ true, 0, BEARER, 0, BEARER.length());
    byte[] given = bytes(bearer ? credentials.substring(BEARER.length()) : "");
    if (!MessageDigest.isEqual(expected, given)) {
      throw new ProblemException(
          UNAUTHORIZED,
          shown.isEmpty()
              ? "a token is needed (Authorization: Bearer …)"
              : "the token is not the right one",
          Map.of("www-authenticate", "Bearer realm=\"simple-cache\""));
    }
  }
}
