package io.simplecache.policy;

import java.util.List;
import java.util.Map;

/**
 * The operator's settings of the rules. Immutable; {@link #DEFAULTS} holds every default, {@link
 * #toBuilder} changes some.
 *
 * @param targetedFields the targeted fields that apply to this cache, most important first (RFC
 *     9213 §2.2)
 * @param surrogateControl whether {@code Surrogate-Control} applies, after the targeted fields
 * @param heuristicFraction the share of the time since Last-Modified that a response without
 *     explicit freshness is fresh (RFC 9111 §4.2.2), 0 to 1; 0: no heuristic
 * @param maxHeuristicSeconds the bound of a heuristic lifetime
 * @param defaultStaleWhileRevalidateSeconds stale-while-revalidate where the response has none
 * @param defaultStaleIfErrorSeconds how long a stale response may stand in for an origin that
 *     cannot be reached or breaks off, where neither side says stale-if-error
 * @param staleOnServerErrorSeconds the same for an origin that answers 500, 502, 503 or 504
 * @param storeSetCookie whether a response with Set-Cookie is stored without being {@code public}
 *     or targeted at this cache
 * @param storeWithRequestCookie whether a response to a request with Cookie is stored
 * @param forcedLifetimeSeconds the lifetime of every storable response, whatever lifetime the
 *     origin gives it; no-store, private, no-cache and must-revalidate keep their meaning; -1: none
 * @param defaultLifetimeSecondsByStatus lifetimes by status code for responses without explicit
 *     freshness; also makes such a status storable
 */
public record CacheRules(
    List<String> targetedFields,
    boolean surrogateControl,
    double heuristicFraction,
    long maxHeuristicSeconds,
    long defaultStaleWhileRevalidateSeconds,
    long defaultStaleIfErrorSeconds,
    long staleOnServerErrorSeconds,
    boolean storeSetCookie,
    boolean storeWithRequestCookie,
    long forcedLifetimeSeconds,
    Map<Integer, Long> defaultLifetimeSecondsByStatus) {

  /** The settings where the operator says nothing. */
  public static final CacheRules DEFAULTS = new Builder().build();

  /**
   * Checks the bounds and copies the collections.
   *
   * @throws IllegalArgumentException when a value is out of bounds
   */
  public CacheRules {
    targetedFields = List.copyOf(targetedFields);
    defaultLifetimeSecondsByStatus = Map.copyOf(defaultLifetimeSecondsByStatus);
    if (!(heuristicFraction >= 0 && heuristicFraction <= 1)) {
      throw new IllegalArgumentException(
          "heuristicFraction: " + heuristicFraction + " (expected: 0 to 1)");
    }
    checkNotNegative("maxHeuristicSeconds", maxHeuristicSeconds);
    checkNotNegative("defaultStaleWhileRevalidateSeconds", defaultStaleWhileRevalidateSeconds);
    checkNotNegative("defaultStaleIfErrorSeconds", defaultStaleIfErrorSeconds);
    checkNotNegative("staleOnServerErrorSeconds", staleOnServerErrorSeconds);
    if (forcedLifetimeSeconds < -1) {
      throw new IllegalArgumentException(
          "forcedLifetimeSeconds: " + forcedLifetimeSeconds + " (expected: >= 0, or -1 for none)");
    }
    defaultLifetimeSecondsByStatus.forEach(
        (status, seconds) -> checkNotNegative("defaultLifetimeSecondsByStatus." + status, seconds));
  }

  private static void checkNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder()
        .targetedFields(targetedFields)
        .surrogateControl(surrogateControl)
        .heuristicFraction(heuristicFraction)
        .maxHeuristicSeconds(maxHeuristicSeconds)
        .defaultStaleWhileRevalidateSeconds(defaultStaleWhileRevalidateSeconds)
        .defaultStaleIfErrorSeconds(defaultStaleIfErrorSeconds)
        .staleOnServerErrorSeconds(staleOnServerErrorSeconds)
        .storeSetCookie(storeSetCookie)
        .storeWithRequestCookie(storeWithRequestCookie)
        .forcedLifetimeSeconds(forcedLifetimeSeconds)
        .defaultLifetimeSecondsByStatus(defaultLifetimeSecondsByStatus);
  }

  /** Collects settings; every method sets the component of its name and returns this builder. */
  public static final class Builder {
    private static final long ONE_DAY_SECONDS = 86_400;

    private List<String> targetedFields = List.of("CDN-Cache-Control");
    private boolean surrogateControl;
    private double heuristicFraction = 0.1;
    private long maxHeuristicSeconds = ONE_DAY_SECONDS;
    private long defaultStaleWhileRevalidateSeconds;
    private long defaultStaleIfErrorSeconds = ONE_DAY_SECONDS;
    private long staleOnServerErrorSeconds;
    private boolean storeSetCookie;
    private boolean storeWithRequestCookie = true;
    private long forcedLifetimeSeconds = -1;
    private Map<Integer, Long> defaultLifetimeSecondsByStatus = Map.of();

    private Builder() {}

    /** See {@link CacheRules#targetedFields()}; default {@code CDN-Cache-Control}. */
    public Builder targetedFields(List<String> names) {
      this.targetedFields = names;
      return this;
    }

    /** See {@link CacheRules#surrogateControl()}; default false. */
    public Builder surrogateControl(boolean applies) {
      this.surrogateControl = applies;
      return this;
    }

    /** See {@link CacheRules#heuristicFraction()}; default 0.1. */
    public Builder heuristicFraction(double fraction) {
      this.heuristicFraction = fraction;
      return this;
    }

    /** See {@link CacheRules#maxHeuristicSeconds()}; default one day. */
    public Builder maxHeuristicSeconds(long seconds) {
      this.maxHeuristicSeconds = seconds;
      return this;
    }

    /** See {@link CacheRules#defaultStaleWhileRevalidateSeconds()}; default 0. */
    public Builder defaultStaleWhileRevalidateSeconds(long seconds) {
      this.defaultStaleWhileRevalidateSeconds = seconds;
      return this;
    }

    /** See {@link CacheRules#defaultStaleIfErrorSeconds()}; default one day. */
    public Builder defaultStaleIfErrorSeconds(long seconds) {
      this.defaultStaleIfErrorSeconds = seconds;
      return this;
    }

    /** See {@link CacheRules#staleOnServerErrorSeconds()}; default 0. */
    public Builder staleOnServerErrorSeconds(long seconds) {
      this.staleOnServerErrorSeconds = seconds;
      return this;
    }

    /** See {@link CacheRules#storeSetCookie()}; default false. */
    public Builder storeSetCookie(boolean store) {
      this.storeSetCookie = store;
      return this;
    }

    /** See {@link CacheRules#storeWithRequestCookie()}; default true. */
    public Builder storeWithRequestCookie(boolean store) {
      this.storeWithRequestCookie = store;
      return this;
    }

    /** See {@link CacheRules#forcedLifetimeSeconds()}; default -1. */
    public Builder forcedLifetimeSeconds(long seconds) {
      this.forcedLifetimeSeconds = seconds;
      return this;
    }

    /** See {@link CacheRules#defaultLifetimeSecondsByStatus()}; default empty. */
    public Builder defaultLifetimeSecondsByStatus(Map<Integer, Long> secondsByStatus) {
      this.defaultLifetimeSecondsByStatus = secondsByStatus;
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException when a value is out of bounds
     */
    public CacheRules build() {
      return new CacheRules(
          targetedFields,
          surrogateControl,
          heuristicFraction,
          maxHeuristicSeconds,
          defaultStaleWhileRevalidateSeconds,
          defaultStaleIfErrorSeconds,
          staleOnServerErrorSeconds,
          storeSetCookie,
          storeWithRequestCookie,
          forcedLifetimeSeconds,
          defaultLifetimeSecondsByStatus);
    }
  }
}
