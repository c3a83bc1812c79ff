package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteRulesTest {
  private static final HttpHeaders NO_FIELDS = new DefaultHttpHeaders();

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a?q=/b, true",
    "/a, /ab, false",
    "/a/*, /a/b/c, true",
    "/a/*, /a/, true",
    "/a/*, /a, false",
    "*.php, /x/y.php, true",
    "*.php, /x/y.php?z.html, true",
    "*.php, /x/y.phpx, false",
    "/a*b*c, /aXbYbc, true",
    "/a*b*c, /aXcYb, false",
    "*, /, true",
    "/**, /x, true"
  })
  void pattern_matchesPaths(String pattern, String target, boolean matches) {
    assertEquals(
        matches, new PathRule(pattern, /* bypass= */ true, CacheRules.DEFAULTS).isFor(target));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a/b",
    "/a/b?c=//d, /a/b?c=//d",
    "/a//b, /a/b",
    "//a, /a",
    "/a/../b?c, /b",
    "/a/./b, /a/b",
    "/a/.., /",
    "/a/..;x=y/b, /b",
    "/a/..%2fb, /b",
    "/a%2F..%5Cb, /b",
    "/a\\..\\b, /b",
    "/.well-known/x, /.well-known/x",
    "/a/..b/c, /a/..b/c",
    "*, *"
  })
  void plainPath_isWhatOriginsMayRead(String target, String plain) {
    assertEquals(plain, PathRule.plainPath(target));
  }

  @Test
  void pattern_withManyStars_isDecidedQuickly() {
    PathRule rule = new PathRule("/" + "a*".repeat(200) + "b", true, CacheRules.DEFAULTS);

    assertEquals(false, rule.isFor("/" + "a".repeat(8000)));
  }

  @Test
  void pattern_thatIsNoPath_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new PathRule("a", true, CacheRules.DEFAULTS));
  }

  @Test
  void rules_ofTheFirstPathThatFits_count() {
    CacheRules first = CacheRules.builder().forcedLifetimeSeconds(1).build();
    CacheRules second = CacheRules.builder().forcedLifetimeSeconds(2).build();
    SiteRules site =
        new SiteRules(
            CacheRules.DEFAULTS,
            List.of(new PathRule("/a/*", false, first), new PathRule("/*", false, second)),
            Set.of());

    assertSame(first, site.rulesFor("/a/b"));
    assertSame(second, site.rulesFor("/b"));
    assertSame(CacheRules.DEFAULTS, site.rulesFor("*"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "/open, -, STORABLE",
        "/admin/x, -, BYPASS_PATH",
        "/open, session=1, BYPASS_COOKIE",
        "/open, a=1; session=1, BYPASS_COOKIE",
        "/open, sessions=1, STORABLE",
        "/open, a=session, STORABLE"
      })
  void bypass_isDecidedByPathAndCookie(String target, String cookie, Reason expected) {
    SiteRules site =
        new SiteRules(
            CacheRules.DEFAULTS,
            List.of(new PathRule("/admin/*", true, CacheRules.DEFAULTS)),
            Set.of("session"));
    HttpHeaders request =
        cookie == null ? NO_FIELDS : new DefaultHttpHeaders().add("Cookie", cookie);

    assertEquals(expected, site.bypass(target, request));
  }
}
