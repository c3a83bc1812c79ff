package io.simplecache.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.simplecache.origin.HealthCheck;
import io.simplecache.origin.OriginSettings;
import io.simplecache.policy.Reason;
import io.simplecache.policy.SiteRules;
import java.time.Duration;
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

  @Test
  void originSettings_whereNothingIsSaid_areThoseOfTheLibrary() {
    assertEquals(OriginSettings.DEFAULTS, ProxySettings.originSettings(SettingsBench.flags()));
  }

  @Test
  void originSettings_areTakenOver() {
    OriginSettings settings =
        ProxySettings.originSettings(
            SettingsBench.flags(
                "--origin-max-fetches=2",
                "--origin-max-queued=3",
                "--origin-max-queue-time=4s",
                "--origin-max-retries=5",
                "--origin-failures-to-open=6",
                "--origin-min-back-off=7s",
                "--origin-max-back-off=8s",
                "--origin-max-connection-age=9s",
                "--origin-max-fields=10",
                "--origin-min-rate=12",
                "--health-path=/health",
                "--health-interval=11s"));

    assertEquals(
        new OriginSettings(
            /* maxFetches= */ 2,
            /* maxQueued= */ 3,
            /* maxQueueTime= */ Duration.ofSeconds(4),
            /* maxRetries= */ 5,
            /* failuresToOpen= */ 6,
            /* minBackOff= */ Duration.ofSeconds(7),
            /* maxBackOff= */ Duration.ofSeconds(8),
            /* maxConnectionAge= */ Duration.ofSeconds(9),
            /* maxFields= */ 10,
            /* minBytesPerSecond= */ 12,
            new HealthCheck("/health", Duration.ofSeconds(11))),
        settings);
  }
}
