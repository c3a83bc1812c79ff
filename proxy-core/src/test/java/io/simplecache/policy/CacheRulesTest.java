package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings and reasons. */
class CacheRulesTest {
  @Test
  @DisplayName("every default, by name")
  void defaults() {
    assertEquals(
        new CacheRules(
            /* targetedFields= */ List.of("CDN-Cache-Control"),
            /* surrogateControl= */ false,
            /* heuristicFraction= */ 0.1,
            /* maxHeuristicSeconds= */ 86_400,
            /* defaultStaleWhileRevalidateSeconds= */ 0,
            /* defaultStaleIfErrorSeconds= */ 86_400,
            /* staleOnServerErrorSeconds= */ 0,
            /* storeSetCookie= */ false,
            /* storeWithRequestCookie= */ true,
            /* forcedLifetimeSeconds= */ -1,
            /* defaultLifetimeSecondsByStatus= */ Map.of()),
        CacheRules.DEFAULTS);
  }

  @Test
  void toBuilder_keepsEverySetting() {
    CacheRules rules =
        new CacheRules(
            List.of("A"), true, 0.5, 1, 2, 3, 4, true, false, 6, Map.of(404, 7L, 503, 8L));
    assertEquals(rules, rules.toBuilder().build());
  }

  static Stream<UnaryOperator<CacheRules.Builder>> outOfBounds() {
    return Stream.of(
        builder -> builder.heuristicFraction(-0.1),
        builder -> builder.heuristicFraction(1.1),
        builder -> builder.heuristicFraction(Double.NaN),
        builder -> builder.maxHeuristicSeconds(-1),
        builder -> builder.defaultStaleWhileRevalidateSeconds(-1),
        builder -> builder.defaultStaleIfErrorSeconds(-1),
        builder -> builder.staleOnServerErrorSeconds(-1),
        builder -> builder.forcedLifetimeSeconds(-2),
        builder -> builder.defaultLifetimeSecondsByStatus(Map.of(404, -1L)));
  }

  @ParameterizedTest
  @MethodSource("outOfBounds")
  void outOfBounds_isRefused(UnaryOperator<CacheRules.Builder> change) {
    CacheRules.Builder builder = change.apply(CacheRules.builder());
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(String.valueOf(refusal.getMessage()).contains("expected"));
  }

  @ParameterizedTest
  @EnumSource
  void reason_hasSectionAndToken(Reason reason) {
    assertTrue(reason.section().matches("RFC \\d{4} §[\\d.]+|operator|design"), reason.section());
    assertTrue(reason.token().matches("[a-z][a-z-]*"), reason.token());
  }

  @Test
  void reason_tokensAreDistinct() {
    assertEquals(
        Reason.values().length,
        Arrays.stream(Reason.values()).map(Reason::token).distinct().count());
  }

  @Test
  void hugeSettings_saturate() {
    CacheRules forced = CacheRules.builder().forcedLifetimeSeconds(Long.MAX_VALUE).build();
    assertTrue(Heads.terms(Heads.ok(null), forced).isFresh(Heads.T + 1));

    CacheRules stale = CacheRules.builder().defaultStaleIfErrorSeconds(Long.MAX_VALUE).build();
    Reuse.Decision decision =
        Reuse.mayServeStaleOnError(
            RequestDirectives.NONE,
            Heads.terms(Heads.ok("Cache-Control: max-age=1"), stale),
            stale,
            /* nowMillis= */ Long.MAX_VALUE,
            /* serverError= */ false);
    assertEquals(Reuse.Action.SERVE_STALE, decision.action());
  }
}
