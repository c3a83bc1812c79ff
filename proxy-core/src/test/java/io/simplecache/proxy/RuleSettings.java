package io.simplecache.proxy;

import io.simplecache.CachingProxy;
import io.simplecache.key.KeyRules;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.PathRule;
import io.simplecache.policy.SiteRules;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What the operator of the proxy has set, by the word that a table uses for it. */
@SuppressWarnings("ImmutableEnumChecker") // the operators hold no state, but cannot say so
enum RuleSettings {
  DEFAULTS(builder -> builder),
  SURROGATE_CONTROL(rules(rules -> rules.surrogateControl(true))),
  TWO_TARGETED_FIELDS(
      rules(rules -> rules.targetedFields(List.of("Example-Cache-Control", "CDN-Cache-Control")))),
  NO_TARGETED_FIELDS(rules(rules -> rules.targetedFields(List.of()))),
  STORE_SET_COOKIE(rules(rules -> rules.storeSetCookie(true))),
  NO_REQUEST_COOKIE(rules(rules -> rules.storeWithRequestCookie(false))),
  NO_VARY_SEARCH(builder -> builder.noVarySearch(true)),
  DEAF_TO_CLIENTS(builder -> builder.honourRequestDirectives(false)),
  STALE_WHILE_REVALIDATE(rules(rules -> rules.defaultStaleWhileRevalidateSeconds(30))),
  STALE_ON_SERVER_ERROR(rules(rules -> rules.staleOnServerErrorSeconds(60))),
  NEVER_STALE(rules(rules -> rules.defaultStaleIfErrorSeconds(0))),
  PATHS(paths(path("*/cart/*", /* bypass= */ true, 0), path("*/static/*", false, 60))),
  LIFETIMES_OF_PATHS(paths(path("*/static/*", /* bypass= */ false, 60))),
  KEY_FIELD(builder -> builder.keys(keyField("X-Tenant"))),
  KEY_FIELD_AND_SEARCH(builder -> builder.keys(keyField("X-Tenant")).noVarySearch(true)),
  UNDERSCORE_FIELD(builder -> builder.keys(keyField("X_Tenant"))),
  NO_HEURISTIC(rules(rules -> rules.heuristicFraction(0))),
  FORCED_LIFETIME(rules(rules -> rules.forcedLifetimeSeconds(60))),
  LIFETIME_BY_STATUS(
      rules(rules -> rules.defaultLifetimeSecondsByStatus(Map.of(404, 10L, 503, 5L))));

  private final UnaryOperator<CachingProxy.Builder> settings;

  RuleSettings(UnaryOperator<CachingProxy.Builder> settings) {
    this.settings = settings;
  }

  private static UnaryOperator<CachingProxy.Builder> rules(
      UnaryOperator<CacheRules.Builder> change) {
    return builder -> builder.rules(change.apply(CacheRules.builder()).build());
  }

  private static UnaryOperator<CachingProxy.Builder> paths(PathRule... paths) {
    SiteRules rules = new SiteRules(CacheRules.DEFAULTS, List.of(paths), Set.of());
    return builder -> builder.rules(rules);
  }

  private static PathRule path(String pattern, boolean bypass, long lifetimeSeconds) {
    CacheRules rules = CacheRules.builder().forcedLifetimeSeconds(lifetimeSeconds).build();
    return new PathRule(pattern, bypass, rules);
  }

  private static KeyRules keyField(String name) {
    return new KeyRules(Set.of(), /* sortParameters= */ false, List.of(name));
  }

  static RuleSettings of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  CachingProxy.Builder applyTo(CachingProxy.Builder builder) {
    return settings.apply(builder);
  }
}
