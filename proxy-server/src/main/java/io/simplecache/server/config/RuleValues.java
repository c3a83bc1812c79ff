package io.simplecache.server.config;

import io.simplecache.Site;
import io.simplecache.server.admin.AddressList;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The kinds of values that more than one word says: origins, patterns, lifetimes, networks. */
final class RuleValues {
  private static final String PATTERN_FORM = "[/*][^\\s]*";

  /** A main server. */
  static final Kind<URI> ORIGIN =
      new Kind<>(
          "URL",
          "http://host[:port] or https://host[:port]",
          "",
          RuleValues::origin,
          Map.of("type", "string", "pattern", "^[hH][tT][tT][pP][sS]?://[^/?#@\\s]+/?$"));

  /** A path with {@code *} for any characters. */
  static final Kind<String> PATTERN =
      Kind.text("PATTERN", "a path with / or * first", PATTERN_FORM);

  /** A path and its lifetime. */
  static final Kind<ForcedLifetime> FORCED_LIFETIME =
      new Kind<>(
          "PATTERN=TIME",
          "a path with / or * first, =, and a time such as 5s, 2m or 1h",
          "",
          RuleValues::forcedLifetime,
          Map.of("type", "string", "pattern", "^" + PATTERN_FORM + "=" + TimeSpan.FORM + "$"));

  /** A status, perhaps for a path, and its lifetime. */
  static final Kind<DefaultLifetime> DEFAULT_LIFETIME =
      new Kind<>(
          "[PATTERN:]STATUS=TIME",
          "perhaps a path and a colon, a status from 200 to 599, =, and a time such as 5s, 2m or"
              + " 1h",
          "",
          RuleValues::defaultLifetime,
          Map.of(
              "type",
              "string",
              "pattern",
              "^(" + PATTERN_FORM + ":)?[2-5][0-9][0-9]=" + TimeSpan.FORM + "$"));

  /** An address, or a network as address and prefix length. */
  static final Kind<String> NETWORK =
      new Kind<>(
          "ADDRESS",
          "an IP address, or a network such as 10.0.0.0/8",
          "",
          RuleValues::network,
          Map.of("type", "string"));

  /** One of so many. */
  static final Kind<Integer> SHARE =
      new Kind<>(
          "1/N",
          "1/N with N from 1 to 1000000",
          "1/1 to 1/1000000",
          RuleValues::share,
          Map.of("type", "string", "pattern", "^1/[1-9][0-9]{0,6}$"));

  private RuleValues() {}

  /** Storable responses of a path are fresh for a time. */
  public record ForcedLifetime(String pattern, Duration time) {}

  /** Responses of a status are fresh for a time; the pattern is empty for every path. */
  public record DefaultLifetime(String pattern, int status, Duration time) {}

  private static URI origin(String text) {
    URI uri = URI.create(text);
    Site.checkOrigin(uri);
    return uri;
  }

  private static ForcedLifetime forcedLifetime(String text) {
    int equals = text.lastIndexOf('=');
    check(equals > 0);
    return new ForcedLifetime(
        PATTERN.reader().apply(text.substring(0, equals)),
        Kind.TIME.reader().apply(text.substring(equals + 1)));
  }

  private static DefaultLifetime defaultLifetime(String text) {
    int equals = text.lastIndexOf('=');
    check(equals > 0);
    int colon = text.lastIndexOf(':', equals);
    String pattern = colon < 0 ? "" : PATTERN.reader().apply(text.substring(0, colon));
    int status = Integer.parseInt(text.substring(colon + 1, equals));
    check(status >= 200 && status <= 599);
    return new DefaultLifetime(
        pattern, status, Kind.TIME.reader().apply(text.substring(equals + 1)));
  }

  private static String network(String text) {
    AddressList.parse(List.of(text));
    return text;
  }

  private static Integer share(String text) {
    check(text.startsWith("1/"));
    return Kind.number("N", 1, 1_000_000).reader().apply(text.substring(2));
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }
}
