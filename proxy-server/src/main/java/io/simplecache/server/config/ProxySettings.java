package io.simplecache.server.config;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.simplecache.CachingProxy;
import io.simplecache.Site;
import io.simplecache.front.ClientLimits;
import io.simplecache.key.KeyRules;
import io.simplecache.origin.HealthCheck;
import io.simplecache.origin.OriginSettings;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.PathRule;
import io.simplecache.policy.SiteRules;
import io.simplecache.server.config.Configuration.SiteValues;
import io.simplecache.server.config.RuleValues.DefaultLifetime;
import io.simplecache.server.config.RuleValues.ForcedLifetime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Hands the settings to the proxy: the one place that knows both. */
public final class ProxySettings {
  private ProxySettings() {}

  /**
   * Returns a builder with all that is set but the memory and the listener.
   *
   * @throws BadSetting if something cannot be followed
   */
  public static CachingProxy.Builder builder(Configuration configuration) {
    Values values = configuration.values();
    CachingProxy.Builder proxy =
        CachingProxy.builder()
            .clientLimits(limits -> limitClients(limits, values))
            .maxRanges(values.get(Settings.MAX_RANGES))
            .tracing(values.get(Settings.TRACE))
            .originConnectTimeout(values.get(Settings.CONNECT_TIMEOUT))
            .originHeadTimeout(values.get(Settings.ORIGIN_TIMEOUT))
            .originIdleTimeout(values.get(Settings.ORIGIN_TIMEOUT))
            .originKeepAliveTimeout(values.get(Settings.ORIGIN_KEEP_ALIVE))
            .maxIdleOriginConnections(values.get(Settings.ORIGIN_IDLE_CONNECTIONS))
            .originSettings(originSettings(values))
            .followerTimeout(values.get(Settings.FOLLOWER_TIMEOUT))
            .maxVariants(values.get(Settings.MAX_VARIANTS));
    values.find(Settings.MAX_OBJECT).ifPresent(size -> proxy.maxStoredBody(size.bytes()));
    originSsl(values).ifPresent(proxy::originSsl);
    sites(configuration).forEach(proxy::site);
    return proxy;
  }

  private static void limitClients(ClientLimits.Builder limits, Values values) {
    limits
        .maxConnections(values.get(Settings.MAX_CONNECTIONS))
        .maxConnectionsPerAddress(values.get(Settings.MAX_CONNECTIONS_PER_ADDRESS))
        .maxRequestsPerConnection(values.get(Settings.MAX_REQUESTS_PER_CONNECTION))
        .maxRequestLine((int) values.get(Settings.MAX_TARGET).bytes())
        .maxHead((int) values.get(Settings.MAX_HEAD).bytes())
        .maxFields(values.get(Settings.MAX_FIELDS))
        .maxBody(values.get(Settings.MAX_BODY).bytes())
        .minReceiveRate(values.get(Settings.MIN_RECEIVE_RATE))
        .minSendRate(values.get(Settings.MIN_SEND_RATE))
        .headTimeout(values.get(Settings.HEAD_TIMEOUT))
        .keepAliveTimeout(values.get(Settings.KEEP_ALIVE))
        .bodyTimeout(values.get(Settings.CLIENT_TIMEOUT))
        .writeTimeout(values.get(Settings.CLIENT_TIMEOUT));
  }

  /** Returns what each origin may be asked. */
  static OriginSettings originSettings(Values values) {
    Duration minBackOff = values.get(Settings.ORIGIN_MIN_BACK_OFF);
    Duration maxBackOff = values.get(Settings.ORIGIN_MAX_BACK_OFF);
    if (maxBackOff.compareTo(minBackOff) < 0) {
      throw values.bad(
          Settings.ORIGIN_MAX_BACK_OFF,
          "%s (expected: not less than %s, which is %s)"
              .formatted(
                  TimeSpan.format(maxBackOff),
                  Settings.ORIGIN_MIN_BACK_OFF.flag(),
                  TimeSpan.format(minBackOff)));
    }
    OriginSettings.Builder settings =
        OriginSettings.builder()
            .maxFetches(values.get(Settings.ORIGIN_MAX_FETCHES))
            .maxQueued(values.get(Settings.ORIGIN_MAX_QUEUED))
            .maxQueueTime(values.get(Settings.ORIGIN_MAX_QUEUE_TIME))
            .maxRetries(values.get(Settings.ORIGIN_MAX_RETRIES))
            .failuresToOpen(values.get(Settings.ORIGIN_FAILURES_TO_OPEN))
            .minBackOff(minBackOff)
            .maxBackOff(maxBackOff)
            .maxConnectionAge(values.get(Settings.ORIGIN_MAX_CONNECTION_AGE))
            .maxFields(values.get(Settings.ORIGIN_MAX_FIELDS))
            .minRate(values.get(Settings.ORIGIN_MIN_RATE));
    Duration interval = values.get(Settings.HEALTH_INTERVAL);
    values
        .find(Settings.HEALTH_PATH)
        .ifPresent(path -> settings.healthCheck(new HealthCheck(path, interval)));
    return settings.build();
  }

  /** Checks what only the proxy can tell. */
  static void check(Configuration configuration) {
    try {
      builder(configuration).buildConfig();
    } catch (IllegalArgumentException e) {
      throw new BadSetting(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Site> sites(Configuration configuration) {
    if (configuration.sites().isEmpty()) {
      return List.of(site("default", configuration.values()));
    }
    List<Site> sites = new ArrayList<>();
    for (SiteValues site : configuration.sites()) {
      sites.add(site(site.name(), site.values()));
    }
    return sites;
  }

  private static Site site(String name, Values values) {
    boolean ignoreReload =
        values.find(Settings.IGNORE_RELOAD).orElseGet(() -> values.get(Settings.DEMO));
    if (values.get(Settings.ORIGIN).isEmpty()) {
      throw values.bad(Settings.ORIGIN, "none (expected: at least one main server)");
    }
    return new Site(
        name,
        new LinkedHashSet<>(values.get(Settings.HOSTS)),
        values.get(Settings.PATH_PREFIX),
        values.get(Settings.ORIGIN),
        siteRules(values),
        keyRules(values),
        values.get(Settings.NO_VARY_SEARCH),
        /* honourRequestDirectives= */ !ignoreReload);
  }

  /** Returns the rules: of several for a path the first counts, bypasses before lifetimes. */
  static SiteRules siteRules(Values values) {
    Map<String, Map<Integer, Long>> lifetimes = defaultLifetimesByPattern(values);
    CacheRules rules =
        CacheRules.builder()
            .storeSetCookie(values.get(Settings.STORE_SET_COOKIE))
            .surrogateControl(values.get(Settings.SURROGATE_CONTROL))
            .targetedFields(values.get(Settings.TARGETED_FIELD))
            .defaultStaleWhileRevalidateSeconds(
                values.get(Settings.STALE_WHILE_REVALIDATE).toSeconds())
            .defaultStaleIfErrorSeconds(values.get(Settings.STALE_IF_UNREACHABLE).toSeconds())
            .staleOnServerErrorSeconds(values.get(Settings.STALE_IF_ERROR).toSeconds())
            .defaultLifetimeSecondsByStatus(lifetimes.getOrDefault("", Map.of()))
            .build();
    List<PathRule> paths = new ArrayList<>();
    for (String pattern : values.get(Settings.BYPASS)) {
      paths.add(new PathRule(pattern, /* bypass= */ true, rules));
    }
    for (ForcedLifetime forced : values.get(Settings.FORCE_LIFETIME)) {
      CacheRules ofPath =
          rules.toBuilder().forcedLifetimeSeconds(forced.time().toSeconds()).build();
      paths.add(new PathRule(forced.pattern(), /* bypass= */ false, ofPath));
    }
    lifetimes.forEach(
        (pattern, byStatus) -> {
          if (!pattern.isEmpty()) {
            CacheRules ofPath = rules.toBuilder().defaultLifetimeSecondsByStatus(byStatus).build();
            paths.add(new PathRule(pattern, /* bypass= */ false, ofPath));
          }
        });
    return new SiteRules(rules, paths, Set.copyOf(values.get(Settings.BYPASS_COOKIE)));
  }

  /** Returns lifetimes by status, by pattern in the order given; the empty one is everywhere. */
  private static Map<String, Map<Integer, Long>> defaultLifetimesByPattern(Values values) {
    Map<String, Map<Integer, Long>> byPattern = new LinkedHashMap<>();
    for (DefaultLifetime lifetime : values.get(Settings.DEFAULT_LIFETIME)) {
      byPattern
          .computeIfAbsent(lifetime.pattern(), pattern -> new HashMap<>())
          .put(lifetime.status(), lifetime.time().toSeconds());
    }
    return byPattern;
  }

  private static KeyRules keyRules(Values values) {
    return new KeyRules(
        new LinkedHashSet<>(values.get(Settings.IGNORE_QUERY)),
        values.get(Settings.SORT_QUERY),
        values.get(Settings.KEY_FIELD));
  }

  private static Optional<SslContext> originSsl(Values values) {
    return values.find(Settings.ORIGIN_CA).map(file -> originSsl(values, file));
  }

  private static SslContext originSsl(Values values, Path authorities) {
    if (!Files.isReadable(authorities)) {
      throw values.bad(Settings.ORIGIN_CA, authorities + " (expected: a readable PEM file)");
    }
    try {
      return SslContextBuilder.forClient()
          .trustManager(authorities.toFile())
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw values.bad(
          Settings.ORIGIN_CA,
          authorities + " (expected: PEM certificates; " + e.getMessage() + ")",
          e);
    }
  }
}
