package io.simplecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.simplecache.key.KeyRules;
import io.simplecache.policy.SiteRules;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
  private static Site site(String name, String host, String pathPrefix, String origin) {
    return new Site(
        name,
        host.isEmpty() ? Set.of() : Set.of(host),
        pathPrefix,
        origin.isEmpty() ? List.of() : List.of(URI.create(origin)),
        SiteRules.DEFAULTS,
        KeyRules.DEFAULTS,
        /* noVarySearch= */ false,
        /* honourRequestDirectives= */ true);
  }

  @ParameterizedTest
  @CsvSource({
    "'', a.test, /, http://o, 'name:  (expected: letters, digits, . _ -)'",
    "a b, a.test, /, http://o, 'name: a b (expected: letters, digits, . _ -)'",
    "s, a.test:80, /, http://o, 'hosts: a.test:80 (expected: a name without port, or *.name)'",
    "s, a.*.test, /, http://o, 'hosts: a.*.test (expected: a name without port, or *.name)'",
    "s, a.test, img, http://o, 'pathPrefix: img (expected: a path that starts with /)'",
    "s, a.test, /a?b, http://o, 'pathPrefix: /a?b (expected: a path that starts with /)'",
    "s, a.test, /, '', 'origins: none (expected: at least one)'",
    "s, a.test, /, ftp://o,"
        + " 'origin: ftp://o (expected: http://host[:port] or https://host[:port])'",
    "s, a.test, /, http://o/path,"
        + " 'origin: http://o/path (expected: http://host[:port] or https://host[:port])'",
  })
  void site_outOfBounds_saysWhatWasExpected(
      String name, String host, String pathPrefix, String origin, String message) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> site(name, host, pathPrefix, origin));
    assertEquals(message, refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "http://o, o, 80",
    "https://o, o, 443",
    "http://o:8080/, o, 8080",
    "http://o:, o, 80",
    "http://my_app:8080, my_app, 8080",
    "https://my_app, my_app, 443",
    "http://[::1]:8080, [::1], 8080",
    "http://10.0.0.7, 10.0.0.7, 80",
  })
  void origin_isTakenApart(String origin, String host, int port) {
    URI uri = site("s", "a.test", "/", origin).origins().get(0);
    assertEquals(host, Site.hostOf(uri));
    assertEquals(port, Site.portOf(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://o:65536",
        "http://u@o",
        "http://u:p@my_app",
        "http:o",
        "http:///",
        "http://o:x",
        "http://o?q",
        "http://o#f",
        "http://a!b",
        "//o",
        "o"
      })
  void origin_isNone_isRefused(String origin) {
    URI uri = URI.create(origin);
    assertThrows(IllegalArgumentException.class, () -> Site.checkOrigin(uri));
  }

  @Test
  void site_hostsInAnyCase_areLowerCase() {
    assertEquals(Set.of("www.a.test"), site("s", "WWW.a.Test", "/", "http://o").hosts());
  }

  @Test
  void proxy_twoSitesOfOneName_isRefused() {
    CachingProxy.Builder builder =
        CachingProxy.builder()
            .site(site("s", "a.test", "/", "http://o"))
            .site(site("s", "b.test", "/", "http://o"));
    assertEquals(
        "sites: two are named s (expected: names of their own)",
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  @Test
  void proxy_twoSitesForTheSame_isRefused() {
    CachingProxy.Builder builder =
        CachingProxy.builder()
            .site(site("s", "a.test", "/x", "http://o"))
            .site(site("t", "A.test", "/x", "http://o"));
    assertEquals(
        "site t: a.test/x is that of site s (expected: a host or path of its own)",
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }
}
