package io.simplecache;

import static java.util.Objects.requireNonNull;

import io.simplecache.key.KeyRules;
import io.simplecache.policy.SiteRules;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the sites that a proxy stands in front of: which requests are for it, who its main servers
 * are, and its rules. Of several that a request fits, the one with the most exact host counts, then
 * the one with the longest path. Unchangeable.
 *
 * @param name for people: logs, metrics, explanations; letters, digits, {@code . _ -}
 * @param hosts names without port, in any case; {@code *.example.org} stands for all below that
 *     name; none: any host
 * @param pathPrefix what the path starts with, whole segments: {@code /img} is for {@code /img} and
 *     {@code /img/a}, not for {@code /images}; {@code /} is for everything
 * @param origins the main servers, all serving the same: {@code http} or {@code https}, host, port;
 *     no path; at least one
 * @param rules what may be stored and for how long
 * @param keys which requests ask for the same
 * @param noVarySearch whether No-Vary-Search of responses counts for keys
 * @param honourRequestDirectives whether Cache-Control and Pragma of requests count (RFC 9111
 *     §5.2.1); if not, a client's reload is answered like any other request
 */
public record Site(
    String name,
    Set<String> hosts,
    String pathPrefix,
    List<URI> origins,
    SiteRules rules,
    KeyRules keys,
    boolean noVarySearch,
    boolean honourRequestDirectives) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+]");

  /** A URI gives no host for a name with an underscore, which containers often have. */
  private static final Pattern AUTHORITY =
      Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{0,5}))?");

  /**
   * Checks every value and copies the collections.
   *
   * @throws IllegalArgumentException if a value is out of its bounds; the message names it
   */
  public Site {
    requireNonNull(rules, "rules");
    requireNonNull(keys, "keys");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: " + name + " (expected: letters, digits, . _ -)");
    }
    hosts = lowerCase(hosts);
    if (!pathPrefix.startsWith("/") || pathPrefix.contains("?") || pathPrefix.contains("#")) {
      throw new IllegalArgumentException(
          "pathPrefix: " + pathPrefix + " (expected: a path that starts with /)");
    }
    origins = List.copyOf(origins);
    if (origins.isEmpty()) {
      throw new IllegalArgumentException("origins: none (expected: at least one)");
    }
    origins.forEach(Site::checkOrigin);
  }

  private static Set<String> lowerCase(Set<String> hosts) {
    Set<String> lower = new LinkedHashSet<>();
    for (String host : hosts) {
      String name = host.toLowerCase(Locale.ROOT);
      if (!HOST.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "hosts: " + host + " (expected: a name without port, or *.name)");
      }
      lower.add(name);
    }
    return Set.copyOf(lower);
  }

  /**
   * Checks the URI of a main server.
   *
   * @throws IllegalArgumentException if it is not {@code http://host[:port]}, or https
   */
  public static void checkOrigin(URI origin) {
    String scheme = origin.getScheme() == null ? "" : origin.getScheme().toLowerCase(Locale.ROOT);
    boolean bare =
        (origin.getRawPath() == null || origin.getRawPath().matches("/?"))
            && origin.getRawQuery() == null
            && origin.getRawFragment() == null;
    boolean web = scheme.equals("http") || scheme.equals("https");
    if (!web || !bare || !authority(origin).matches() || portOf(origin) > 65_535) {
      throw new IllegalArgumentException(
          "origin: " + origin + " (expected: http://host[:port] or https://host[:port])");
    }
  }

  private static Matcher authority(URI origin) {
    String text = origin.getRawAuthority();
    return AUTHORITY.matcher(text == null ? "" : text);
  }

  static String hostOf(URI origin) {
    Matcher authority = authority(origin);
    return authority.matches() ? authority.group("host") : "";
  }

  static int portOf(URI origin) {
    Matcher authority = authority(origin);
    String port = authority.matches() ? authority.group("port") : null;
    if (port == null || port.isEmpty()) {
      return isSecure(origin) ? 443 : 80;
    }
    return Integer.parseInt(port);
  }

  static boolean isSecure(URI origin) {
    return "https".equalsIgnoreCase(origin.getScheme());
  }

  boolean isSecure() {
    return origins.stream().anyMatch(Site::isSecure);
  }
}
