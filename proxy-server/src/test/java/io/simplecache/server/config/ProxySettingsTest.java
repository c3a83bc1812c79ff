package io.simplecache.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.simplecache.policy.Reason;
import io.simplecache.policy.SiteRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxySettingsTest {
  private static SiteRules rules(String... flags) {
    return ProxySettings.siteRules(SettingsBench.flags(flags));
  }

  @Test
  void defaultLifetime_isForEverythingOrForAPath() {
    SiteRules rules =
        rules(
            "--default-lifetime=404=10s",
            "--default-lifetime=/api/*:404=1s",
            "--default-lifetime=/api/*:200=5m");

    assertEquals(Map.of(404, 10L), rules.rulesFor("/x").defaultLifetimeSecondsByStatus());
    assertEquals(
        Map.of(404, 1L, 200, 300L), rules.rulesFor("/api/y").defaultLifetimeSecondsByStatus());
  }

  @Test
  void forcedLifetime_isForAPath() {
    SiteRules rules = rules("--force-lifetime=/static/*=1h");

    assertEquals(3600, rules.rulesFor("/static/a.css").forcedLifetimeSeconds());
    assertEquals(-1, rules.rulesFor("/").forcedLifetimeSeconds());
  }

  @Test
  void bypass_isForPathsAndCookies() {
    SiteRules rules = rules("--bypass=/admin/*", "--bypass-cookie=session");

    assertEquals(Reason.BYPASS_PATH, rules.bypass("/admin/x", new DefaultHttpHeaders()));
    assertEquals(
        Reason.BYPASS_COOKIE,
        rules.bypass("/", new DefaultHttpHeaders().add("Cookie", "session=1")));
  }

  @Test
  void staleWindows_andTargets_areTakenOver() {
    SiteRules rules =
        rules(
            "--stale-while-revalidate=10s",
            "--stale-if-unreachable=1h",
            "--stale-if-error=5m",
            "--targeted-field=My-Cache-Control",
            "--store-set-cookie");

    assertEquals(10, rules.rules().defaultStaleWhileRevalidateSeconds());
    assertEquals(3600, rules.rules().defaultStaleIfErrorSeconds());
    assertEquals(300, rules.rules().staleOnServerErrorSeconds());
    assertEquals("[My-Cache-Control]", rules.rules().targetedFields().toString());
    assertEquals(true, rules.rules().storeSetCookie());
  }
}
