package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.EXPIRES;
import static io.netty.handler.codec.http.HttpHeaderNames.LAST_MODIFIED;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.HttpDates;
import io.simplecache.message.ResponseHead;
import java.util.List;

/**
 * The freshness lifetime of a response and where it comes from (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.2.1">RFC 9111 §4.2.1</a>).
 *
 * @param lifetimeSeconds never negative
 * @param reason one of the {@code LIFETIME_…} reasons
 */
record Freshness(int lifetimeSeconds, Reason reason) {
  /**
   * Computes the lifetime.
   *
   * @param dateMillis the Date of the response, or the time it was received (RFC 9110 §6.6.1)
   */
  static Freshness of(
      ResponseHead response, ResponseDirectives directives, CacheRules rules, long dateMillis) {
    if (rules.forcedLifetimeSeconds() >= 0) {
      return new Freshness(
          DeltaSeconds.saturate(rules.forcedLifetimeSeconds()), Reason.LIFETIME_FORCED);
    }
    if (directives.sMaxageSeconds() >= 0) {
      return explicit(directives, directives.sMaxageSeconds(), Reason.LIFETIME_S_MAXAGE);
    }
    if (directives.maxAgeSeconds() >= 0) {
      return explicit(directives, directives.maxAgeSeconds(), Reason.LIFETIME_MAX_AGE);
    }
    // RFC 9213 §2.2: with a targeted field, Expires is ignored.
    if (!directives.targeted() && response.fields().contains(EXPIRES)) {
      return byExpires(response.fields(), dateMillis);
    }
    Long defaultSeconds = rules.defaultLifetimeSecondsByStatus().get(response.code());
    if (defaultSeconds != null) {
      return new Freshness(DeltaSeconds.saturate(defaultSeconds), Reason.LIFETIME_DEFAULT);
    }
    return heuristic(response, directives, rules, dateMillis);
  }

  private static Freshness explicit(ResponseDirectives directives, long seconds, Reason reason) {
    if (directives.invalidFreshness() && seconds == 0) {
      return new Freshness(0, Reason.LIFETIME_INVALID);
    }
    return new Freshness((int) seconds, directives.targeted() ? Reason.LIFETIME_TARGETED : reason);
  }

  /** §5.3: an invalid date, and several dates, mean a time in the past. */
  private static Freshness byExpires(HttpHeaders fields, long dateMillis) {
    List<String> lines = fields.getAll(EXPIRES);
    long expiresMillis = HttpDates.parseMillis(lines.get(0), dateMillis);
    if (expiresMillis == HttpDates.INVALID || lines.size() > 1) {
      return new Freshness(0, Reason.LIFETIME_INVALID);
    }
    long lifetimeSeconds = Math.max(0, expiresMillis - dateMillis) / 1000;
    return new Freshness(DeltaSeconds.saturate(lifetimeSeconds), Reason.LIFETIME_EXPIRES);
  }

  /** §4.2.2: for heuristically cacheable status codes and for public responses. */
  private static Freshness heuristic(
      ResponseHead response, ResponseDirectives directives, CacheRules rules, long dateMillis) {
    boolean allowed = Statuses.isHeuristicallyCacheable(response.code()) || directives.isPublic();
    long lastModifiedMillis =
        HttpDates.parseMillis(response.fields().get(LAST_MODIFIED), dateMillis);
    if (!allowed || lastModifiedMillis == HttpDates.INVALID || lastModifiedMillis >= dateMillis) {
      return new Freshness(0, Reason.LIFETIME_NONE);
    }
    long unmodifiedSeconds = (dateMillis - lastModifiedMillis) / 1000;
    long heuristicSeconds = (long) (unmodifiedSeconds * rules.heuristicFraction());
    long lifetimeSeconds = Math.min(heuristicSeconds, rules.maxHeuristicSeconds());
    return new Freshness(DeltaSeconds.saturate(lifetimeSeconds), Reason.LIFETIME_HEURISTIC);
  }
}
