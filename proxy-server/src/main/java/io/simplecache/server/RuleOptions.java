package io.simplecache.server;

import io.simplecache.key.KeyRules;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.PathRule;
import io.simplecache.policy.SiteRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that change the rules of caching. */
final class RuleOptions {
  @Option(
      names = "--bypass",
      paramLabel = "PATTERN",
      description = "Relay this path, never store it; * stands for any characters. Repeatable.")
  List<String> bypass = List.of();

  @Option(
      names = "--bypass-cookie",
      paramLabel = "NAME",
      description = "Relay every request with this cookie. Repeatable.")
  List<String> bypassCookies = List.of();

  @Option(
      names = "--force-lifetime",
      paramLabel = "PATTERN=TIME",
      description =
          "Storable responses of this path are fresh for TIME, whatever lifetime the origin gives"
              + " them. Repeatable, the first that fits counts.")
  Map<String, String> forcedLifetimes = Map.of();

  @Option(
      names = "--default-lifetime",
      paramLabel = "[PATTERN:]STATUS=TIME",
      description =
          "Lifetime of responses of this status, everywhere or of this path, where the origin says"
              + " nothing. Repeatable; 404=10s is negative caching.")
  Map<String, String> defaultLifetimes = Map.of();

  @Option(
      names = "--stale-while-revalidate",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description =
          "How long a stale response is served while it is validated, where the origin says"
              + " nothing. Default: 0s.")
  @Nullable Duration staleWhileRevalidate;

  @Option(
      names = "--stale-if-unreachable",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description =
          "How long a stale response may stand in for an origin that cannot be reached."
              + " Default: 24h.")
  @Nullable Duration staleIfUnreachable;

  @Option(
      names = "--stale-if-error",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "The same for an origin that answers 500, 502, 503 or 504. Default: 0s.")
  @Nullable Duration staleIfError;

  @Option(
      names = "--store-set-cookie",
      description =
          "Store responses with Set-Cookie that are not public: only where none is personal.")
  boolean storeSetCookie;

  @Option(
      names = "--targeted-field",
      paramLabel = "NAME",
      description =
          "Field of RFC 9213 that is for this cache, most important first. Repeatable."
              + " Default: CDN-Cache-Control.")
  List<String> targetedFields = List.of();

  @Option(names = "--surrogate-control", description = "Follow Surrogate-Control.")
  boolean surrogateControl;

  @Option(
      names = "--ignore-query",
      paramLabel = "NAME",
      description = "Query parameter that is not part of the key, such as utm_*. Repeatable.")
  List<String> ignoredParameters = List.of();

  @Option(
      names = "--sort-query",
      description = "The order of query parameters makes no difference to the key.")
  boolean sortQuery;

  @Option(
      names = "--key-field",
      paramLabel = "NAME",
      description = "Request field whose value is part of the key. Repeatable.")
  List<String> keyFields = List.of();

  @Option(
      names = "--no-vary-search",
      description =
          "Believe responses that name query parameters without meaning (No-Vary-Search).")
  boolean noVarySearch;

  /**
   * Returns the rules that the flags ask for.
   *
   * @throws IllegalArgumentException if a value is none; the message names the flag
   */
  SiteRules siteRules() {
    CacheRules rules = cacheRules();
    List<PathRule> paths = new ArrayList<>();
    for (String pattern : bypass) {
      paths.add(pathRule("bypass", pattern, /* isBypass= */ true, rules));
    }
    forcedLifetimes.forEach(
        (pattern, time) ->
            paths.add(
                pathRule(
                    "force-lifetime",
                    pattern,
                    /* isBypass= */ false,
                    rules.toBuilder()
                        .forcedLifetimeSeconds(seconds("force-lifetime", time))
                        .build())));
    defaultLifetimesByPattern()
        .forEach(
            (pattern, lifetimes) -> {
              if (!pattern.isEmpty()) {
                CacheRules ofPath =
                    rules.toBuilder().defaultLifetimeSecondsByStatus(lifetimes).build();
                paths.add(pathRule("default-lifetime", pattern, /* isBypass= */ false, ofPath));
              }
            });
    return new SiteRules(rules, paths, Set.copyOf(bypassCookies));
  }

  /** Returns lifetimes by status, by pattern; the empty pattern is everywhere. */
  private Map<String, Map<Integer, Long>> defaultLifetimesByPattern() {
    Map<String, Map<Integer, Long>> byPattern = new LinkedHashMap<>();
    defaultLifetimes.forEach(
        (key, time) -> {
          int colon = key.lastIndexOf(':');
          String pattern = colon < 0 ? "" : key.substring(0, colon);
          byPattern
              .computeIfAbsent(pattern, p -> new HashMap<>())
              .put(status(key.substring(colon + 1)), seconds("default-lifetime", time));
        });
    return byPattern;
  }

  private static int status(String text) {
    if (!text.matches("[2-5]\\d\\d")) {
      throw new IllegalArgumentException(
          "default-lifetime: " + text + " (expected: a status from 200 to 599)");
    }
    return Integer.parseInt(text);
  }

  private static PathRule pathRule(
      String flag, String pattern, boolean isBypass, CacheRules rules) {
    try {
      return new PathRule(pattern, isBypass, rules);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
    }
  }

  private CacheRules cacheRules() {
    CacheRules.Builder rules =
        CacheRules.builder().storeSetCookie(storeSetCookie).surrogateControl(surrogateControl);
    if (!targetedFields.isEmpty()) {
      rules.targetedFields(targetedFields);
    }
    if (staleWhileRevalidate != null) {
      rules.defaultStaleWhileRevalidateSeconds(staleWhileRevalidate.toSeconds());
    }
    if (staleIfUnreachable != null) {
      rules.defaultStaleIfErrorSeconds(staleIfUnreachable.toSeconds());
    }
    if (staleIfError != null) {
      rules.staleOnServerErrorSeconds(staleIfError.toSeconds());
    }
    Map<Integer, Long> everywhere = defaultLifetimesByPattern().getOrDefault("", Map.of());
    return rules.defaultLifetimeSecondsByStatus(everywhere).build();
  }

  private static long seconds(String flag, String time) {
    try {
      return new TimeSpan().convert(time).toSeconds();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
    }
  }

  KeyRules keyRules() {
    return new KeyRules(new LinkedHashSet<>(ignoredParameters), sortQuery, keyFields);
  }
}
