package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.CachingProxy;
import io.simplecache.Site;
import io.simplecache.key.KeyRules;
import io.simplecache.policy.PathRule;
import io.simplecache.policy.SiteRules;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several sites behind one proxy, and other settings while it runs. */
class SitesTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  private static final SiteRules BYPASSED =
      new SiteRules(
          SiteRules.DEFAULTS.rules(),
          List.of(new PathRule("*", /* bypass= */ true, SiteRules.DEFAULTS.rules())),
          Set.of());

  private ScriptedOrigin first;
  private ScriptedOrigin second;
  private CachingProxy proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    first = loopback.closedAfterwards(new ScriptedOrigin(loopback.clock()));
    second = loopback.closedAfterwards(new ScriptedOrigin(loopback.clock()));
    proxy = loopback.start(builder -> settings(SiteRules.DEFAULTS)).proxy();
    client = loopback.client();
  }

  /** One site for each of two hosts, one for a path of the first, one for what is below a name. */
  private CachingProxy.Builder settings(SiteRules rulesOfFirst) {
    return CachingProxy.builder()
        .clock(loopback.clock())
        .site(site("first", Set.of("a.test"), "/", first, rulesOfFirst))
        .site(site("images", Set.of("a.test"), "/img", second, SiteRules.DEFAULTS))
        .site(site("below", Set.of("*.a.test", "*.b.test"), "/", second, SiteRules.DEFAULTS));
  }

  private static Site site(
      String name, Set<String> hosts, String pathPrefix, ScriptedOrigin origin, SiteRules rules) {
    return new Site(
        name,
        hosts,
        pathPrefix,
        List.of(URI.create(origin.uri())),
        rules,
        KeyRules.DEFAULTS,
        /* noVarySearch= */ false,
        /* honourRequestDirectives= */ true);
  }

  @ParameterizedTest
  @CsvSource({
    "a.test, /, first",
    "A.TEST:80, /x, first",
    "a.test:8080, /x, first",
    "a.test, /img, second",
    "a.test, /img/x, second",
    "a.test, /img?x, second",
    "a.test, /images, first",
    "www.a.test, /, second",
    "deep.www.b.test, /img, second",
  })
  void request_goesToItsSite(String host, String target, String expected) throws Exception {
    first.ok(target, "first");
    second.ok(target, "second");
    assertEquals(expected, client.get(target, "Host: " + host).text());
  }

  @ParameterizedTest
  @CsvSource({"b.test", "c.test", "xa.test", "localhost"})
  void request_forNoSite_is421(String host) throws Exception {
    RawClient.Response response = client.get("/", "Host: " + host);
    assertEquals(421, response.head().status());
    assertTrue(client.isClosedByServer());
    assertEquals(List.of(), first.requests());
    assertEquals(List.of(), second.requests());
  }

  @Test
  void sites_storeApart() throws Exception {
    first.ok("/x", "first", "Cache-Control: max-age=60");
    second.ok("/x", "second", "Cache-Control: max-age=60");
    for (int i = 0; i < 2; i++) {
      assertEquals("first", client.get("/x", "Host: a.test").text());
      assertEquals("second", client.get("/x", "Host: www.a.test").text());
    }
    assertEquals(1, first.requests().size());
    assertEquals(1, second.requests().size());
  }

  @Test
  void reconfigure_keepsWhatIsStoredAndConnections() throws Exception {
    first.ok("/x", "stored", "Cache-Control: max-age=60");
    client.get("/x", "Host: a.test");
    assertEquals(List.of(), proxy.reconfigure(settings(SiteRules.DEFAULTS).buildConfig()));
    assertEquals("stored", client.get("/x", "Host: a.test").text());
    first.ok("/y", "new");
    assertEquals("new", client.get("/y", "Host: a.test").text());
    assertEquals(2, first.requests().size());
    assertEquals(1, first.accepted(), "the connection to a main server that stays was kept");
  }

  @Test
  void reconfigure_otherRules_countForTheNextRequest() throws Exception {
    first.ok("/x", "x", "Cache-Control: max-age=60");
    client.get("/x", "Host: a.test");
    proxy.reconfigure(settings(BYPASSED).buildConfig());
    client.get("/x", "Host: a.test");
    assertEquals(2, first.requests().size());
    proxy.reconfigure(settings(SiteRules.DEFAULTS).buildConfig());
    client.get("/x", "Host: a.test");
    assertEquals(2, first.requests().size(), "what was stored before is still there");
  }

  @Test
  void reconfigure_closed_isRefused() {
    proxy.closeAsync().toCompletableFuture().join();
    assertThrows(
        IllegalStateException.class,
        () -> proxy.reconfigure(settings(SiteRules.DEFAULTS).buildConfig()));
  }

  @Test
  void reconfigure_otherOrigin_endsWhatIsUnderWayWell() throws Exception {
    CountDownLatch reconfigured = new CountDownLatch(1);
    first.on(
        "/slow",
        (request, connection) -> {
          reconfigured.await();
          first.answer("200 OK", "from the old one").give(request, connection);
        });
    second.ok("/slow?2", "from the new one");
    client.send(RawClient.request("GET", "/slow", "Host: a.test"));
    loopback.proxy().awaitRequests(1);
    Gate.awaitTrue("asked", () -> first.requests().size() == 1);
    proxy.reconfigure(
        CachingProxy.builder().clock(loopback.clock()).origin(second.uri()).buildConfig());
    reconfigured.countDown();
    assertEquals("from the old one", client.receive().text());
    assertEquals("from the new one", client.get("/slow?2", "Host: a.test").text());
    Gate.awaitTrue("the old connection is closed", () -> first.open() == 0);
  }

  @Test
  void reconfigure_fixedSettings_areNamedAndKept() {
    CachingProxy.Builder next =
        settings(SiteRules.DEFAULTS).maxMemory(8 << 20).followerTimeout(Duration.ofSeconds(1));
    assertEquals(List.of("maxMemory", "maxStoredBody"), proxy.reconfigure(next.buildConfig()));
    assertEquals(256 << 20, proxy.config().maxMemoryBytes());
    assertEquals(Duration.ofSeconds(1), proxy.config().followerTimeout());
  }

  @Test
  void reconfigure_badSettings_changeNothing() {
    CachingProxy.Builder bad =
        settings(SiteRules.DEFAULTS)
            .site(site("again", Set.of("a.test"), "/", first, SiteRules.DEFAULTS));
    assertThrows(IllegalArgumentException.class, () -> proxy.reconfigure(bad.buildConfig()));
    assertEquals(3, proxy.config().sites().size());
  }
}
