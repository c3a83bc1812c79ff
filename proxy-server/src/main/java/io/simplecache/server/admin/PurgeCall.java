package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpUtil;
import io.simplecache.Purge;
import io.simplecache.key.AbsoluteUri;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a purge is to take away, from the query or from JSON, which have the same members. */
final class PurgeCall {
  private static final List<String> SELECTORS = List.of("url", "prefix", "host", "tag", "all");
  static final Set<String> PARAMETERS = Set.of("url", "prefix", "host", "tag", "all", "soft");

  /** Host and port as the field Host has them (RFC 9110 §7.2). */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "([A-Za-z0-9._~%!$&'()*+,;=-]+|\\[[0-9A-Fa-f:.]{2,}])(:(?<port>[0-9]{0,5}))?");

  private PurgeCall() {}

  /**
   * Returns what is asked for.
   *
   * @throws ProblemException 400 if that is not exactly one thing, or not well-formed; 415 if the
   *     content is not JSON
   */
  static Purge read(Route.Call call) throws ProblemException {
    Parameters given = call.query();
    if (call.content().length > 0) {
      if (!given.isEmpty()) {
        throw ProblemException.badRequest(
            "parameters are expected in the query or as JSON, not both");
      }
      given = members(call);
    }
    return purge(given);
  }

  private static Parameters members(Route.Call call) throws ProblemException {
    String type = call.fields().get(HttpHeaderNames.CONTENT_TYPE);
    CharSequence bare = type == null ? null : HttpUtil.getMimeType(type);
    if (bare == null || !HttpHeaderValues.APPLICATION_JSON.contentEqualsIgnoreCase(bare)) {
      throw new ProblemException(
          UNSUPPORTED_MEDIA_TYPE, "Content-Type: application/json is expected");
    }
    JsonNode json = Json.read(call.content());
    if (!json.isObject()) {
      throw ProblemException.badRequest("a JSON object is expected");
    }
    Map<String, List<String>> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      boolean isFlag = member.getKey().equals("all") || member.getKey().equals("soft");
      JsonNode value = member.getValue();
      if (isFlag ? !value.isBoolean() : !value.isTextual()) {
        throw ProblemException.badRequest(
            "member '%s' is expected to be %s"
                .formatted(member.getKey(), isFlag ? "true or false" : "a string"));
      }
      values.put(member.getKey(), List.of(value.asText()));
    }
    return new Parameters(values, PARAMETERS);
  }

  private static Purge purge(Parameters given) throws ProblemException {
    boolean soft = given.flag("soft");
    boolean all = given.flag("all");
    List<String> selected = new ArrayList<>();
    for (String selector : SELECTORS) {
      if (selector.equals("all") ? all : given.one(selector) != null) {
        selected.add(selector);
      }
    }
    if (selected.size() != 1) {
      throw ProblemException.badRequest(
          "exactly one of url, prefix, host, tag and all=true is expected, not "
              + (selected.isEmpty() ? "none" : String.join(" and ", selected)));
    }
    try {
      return switch (selected.get(0)) {
        case "url" -> new Purge.Url(webUri("url", given.required("url")), soft);
        case "prefix" -> new Purge.Prefix(webUri("prefix", given.required("prefix")), soft);
        case "host" -> new Purge.Host(authority(given.required("host")), soft);
        case "tag" -> new Purge.Tag(given.required("tag"), soft);
        default -> new Purge.All(soft);
      };
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns {@code text} if it is an absolute URI of the web, as the clients' listener reads one:
   * what is served can be named here, even where RFC 3986 wants it percent-encoded.
   *
   * @throws ProblemException 400 if it is none; names the parameter
   */
  static String webUri(String parameter, String text) throws ProblemException {
    if (!isWeb(text)) {
      // A name and password before the host are not repeated.
      throw ProblemException.badRequest(
          "parameter '%s': '%s' (expected: http://host/path or https://host/path)"
              .formatted(parameter, text.replaceFirst("//.*@", "//…@")));
    }
    return text;
  }

  private static boolean isWeb(String text) {
    try {
      return isAuthority(AbsoluteUri.of(text).authority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isAuthority(String text) {
    Matcher parts = AUTHORITY.matcher(text);
    if (!parts.matches()) {
      return false;
    }
    String port = parts.group("port");
    return port == null || port.isEmpty() || Integer.parseInt(port) <= 65_535;
  }

  private static String authority(String text) throws ProblemException {
    if (!isAuthority(text)) {
      throw ProblemException.badRequest(
          "parameter 'host': '%s' (expected: a host, or host:port)".formatted(text));
    }
    return text;
  }
}
