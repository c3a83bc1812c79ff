package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.simplecache.Purge;
import io.simplecache.PurgeResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator's purge does to the requests after it, and to those under way. */
class PurgeTest {
  private static final String[] FIELDS = {
    "Cache-Control: max-age=600", "ETag: \"a\"", "Surrogate-Key: page news"
  };

  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start();
  }

  private PurgeResult purge(Purge purge) {
    return loopback
        .proxy()
        .proxy()
        .purge(purge)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private int askedForPage() {
    return loopback.origin().requests("/page").size();
  }

  static List<Purge> purges() {
    return List.of(
        new Purge.Url("HTTP://WWW.Example.COM:80/page", /* soft= */ false),
        new Purge.Prefix("http://www.example.com/p", /* soft= */ false),
        new Purge.Host("www.example.com", /* soft= */ false),
        new Purge.Tag("news", /* soft= */ false),
        new Purge.All(/* soft= */ false));
  }

  @ParameterizedTest
  @MethodSource("purges")
  @DisplayName("the very next request after a purge is a miss")
  void purge_hard_nextRequestIsAMiss(Purge purge) throws Exception {
    loopback.origin().ok("/page", "hello", FIELDS);
    loopback.client().get("/page");

    assertEquals(new PurgeResult(1), purge(purge));

    assertEquals("simple-cache; fwd=uri-miss; fwd-status=200; stored", page());
    assertEquals(2, askedForPage());
  }

  private String page() throws Exception {
    return String.valueOf(loopback.client().get("/page").cacheStatus());
  }

  @Test
  void purge_soft_isValidatedAndComesBack() throws Exception {
    loopback.origin().ok("/page", "hello", FIELDS);
    loopback.client().get("/page");
    loopback.origin().on("/page", loopback.origin().answer("304 Not Modified", "", FIELDS));

    assertEquals(
        new PurgeResult(1), purge(new Purge.Url("http://www.example.com/page", /* soft= */ true)));

    assertEquals("\"a\"", validated());
    assertEquals("simple-cache; hit; ttl=600", page());
  }

  private String validated() throws Exception {
    page();
    return String.valueOf(loopback.origin().lastRequest().field("If-None-Match"));
  }

  @ParameterizedTest
  @MethodSource("purges")
  @DisplayName("what was asked for before a purge reaches who asked, and nobody else")
  void purge_whileTheResponseIsUnderWay_isNotStoredAndNotShared(Purge purge) throws Exception {
    Gate asked = new Gate();
    Gate purged = new Gate();
    loopback
        .origin()
        .on(
            "/page",
            (request, connection) -> {
              asked.open();
              purged.await();
              loopback.origin().answer("200 OK", "old", FIELDS).give(request, connection);
            });
    RawClient before = loopback.client().send(RawClient.request("GET", "/page"));
    asked.await();
    purge(purge);
    loopback.origin().ok("/page", "new", FIELDS);
    boolean known = !(purge instanceof Purge.Tag);
    RawClient after = loopback.client().send(RawClient.request("GET", "/page"));
    if (known) {
      assertEquals("new", after.receive().text());
    }
    purged.open();

    assertEquals("old", before.receive().text());
    if (!known) {
      // Its tags are not known before its head is there.
      assertEquals("new", after.receive().text());
    }
    assertEquals("new", loopback.client().get("/page").text());
    assertEquals(2, askedForPage());
  }

  @Test
  @DisplayName("RFC 9111 §4.4: an unsafe request overtakes a response that is under way")
  void post_whileTheResponseIsUnderWay_isNotStored() throws Exception {
    Gate asked = new Gate();
    Gate posted = new Gate();
    loopback
        .origin()
        .on(
            "/page",
            (request, connection) -> {
              if (request.method().equals("POST")) {
                connection.send(loopback.origin().head("204 No Content"));
                return;
              }
              asked.open();
              posted.await();
              loopback.origin().answer("200 OK", "old", FIELDS).give(request, connection);
            });
    RawClient before = loopback.client().send(RawClient.request("GET", "/page"));
    asked.await();
    assertEquals(204, loopback.client().post("/page", "x").status());
    posted.open();
    assertEquals("old", before.receive().text());
    loopback.origin().ok("/page", "new", FIELDS);
    assertEquals("new", loopback.client().get("/page").text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/page", "ftp://example.com/", "http://", "http://a b/", "http://u@h/"})
  void purge_ofNoUri_isRefused(String uri) {
    Purge url = new Purge.Url(uri, /* soft= */ false);
    Purge prefix = new Purge.Prefix(uri, /* soft= */ false);
    assertThrows(IllegalArgumentException.class, () -> loopback.proxy().proxy().purge(url));
    assertThrows(IllegalArgumentException.class, () -> loopback.proxy().proxy().purge(prefix));
  }
}
