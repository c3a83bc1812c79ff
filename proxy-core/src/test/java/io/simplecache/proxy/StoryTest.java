package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.proxy.RawClient.Response;
import io.simplecache.proxy.ScriptedOrigin.Request;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the project is for: the next client gets the copy and the origin is left alone. */
class StoryTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start();
  }

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  @Test
  @DisplayName("RFC 9111 §2, RFC 9211: a miss is stored, the next is a hit with Age")
  void get_twice_secondIsHit() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60", "Content-Type: text/plain");
    RawClient client = loopback.client();
    String date = loopback.clock().httpDate();

    Response miss = client.get("/page");
    loopback.clock().advanceSeconds(7);
    Response hit = client.get("/page");

    assertEquals(200, miss.status());
    assertEquals("hello", miss.text());
    assertEquals("simple-cache; fwd=uri-miss; fwd-status=200; stored", miss.cacheStatus());
    assertNull(miss.field("Age"));
    assertEquals(200, hit.status());
    assertEquals("hello", hit.text());
    assertEquals("simple-cache; hit; ttl=53", hit.cacheStatus());
    assertEquals("7", hit.field("Age"));
    assertEquals("5", hit.field("Content-Length"));
    assertEquals("text/plain", hit.field("Content-Type"));
    assertEquals(date, miss.field("Date"));
    assertEquals(date, hit.field("Date"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  void get_byAnotherClient_isHit() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    loopback.client().get("/page");

    Response hit = loopback.client().get("/page");

    assertEquals("simple-cache; hit; ttl=60", hit.cacheStatus());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §5.1: Age of an origin that is a cache itself goes on")
  void get_originSendsAge_ageGoesOn() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60", "Age: 20");
    RawClient client = loopback.client();
    client.get("/page");
    loopback.clock().advanceSeconds(5);

    Response hit = client.get("/page");

    assertEquals("25", hit.field("Age"));
    assertEquals("simple-cache; hit; ttl=35", hit.cacheStatus());
  }

  @Test
  @DisplayName("RFC 9110 §6.6.1: a response without Date gets the time it was received")
  void get_originSendsNoDate_dateIsAdded() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) ->
                connection.send(
                    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                        + "Content-Length: 5\r\n\r\nhello"));
    RawClient client = loopback.client();
    String received = loopback.clock().httpDate();

    Response miss = client.get("/page");
    loopback.clock().advanceSeconds(7);
    Response hit = client.get("/page");

    assertEquals(received, miss.field("Date"));
    assertEquals(received, hit.field("Date"));
    assertEquals("7", hit.field("Age"));
  }

  @Test
  @DisplayName("RFC 9111 §4: HEAD is answered from what GET stored")
  void head_afterGet_isHitWithoutContent() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page");

    Response head = client.head("/page");

    assertEquals(200, head.status());
    assertEquals("5", head.field("Content-Length"));
    assertEquals("simple-cache; hit; ttl=60", head.cacheStatus());
    assertEquals("hello", client.get("/page").text());
    assertEquals(1, origin().requests().size());
  }

  @Test
  void head_cold_isRelayedAndNotStored() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();

    Response head = client.head("/page");

    assertEquals(200, head.status());
    assertEquals("5", head.field("Content-Length"));
    assertEquals("HEAD", origin().lastRequest().method());
    assertEquals("hello", client.get("/page").text());
    assertEquals(2, origin().requests().size());
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §4.2.3, RFC 3986 §6.2.2: which targets are the same")
  @CsvSource({
    "/page?a=1, /page?a=2, false",
    "/page?a=1, /page, false",
    "/page, /Page, false",
    "/page, /page/, false",
    "/p%61ge, /page, true",
    "/a%2fb, /a%2Fb, true",
    "/a%2fb, /a/b, false",
    "/x/../page, /page, false",
  })
  void key_ofTwoTargets_isSameWhereTheyMeanTheSame(String first, String second, boolean same)
      throws Exception {
    for (String target : List.of("/page?a=1", "/page?a=2", "/page", "/Page", "/page/", "/a/b")) {
      origin().ok(target, "hello", "Cache-Control: max-age=60");
    }
    origin().ok("/a%2Fb", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get(first);

    client.get(second);

    assertEquals(same ? 1 : 2, origin().requests().size());
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §4.2.3: which authorities are the same")
  @CsvSource({
    "a.example, b.example, false",
    "a.example, A.EXAMPLE, true",
    "a.example, a.example:80, true",
    "a.example, a.example:8080, false",
  })
  void key_ofTwoHosts_isSameWhereTheyMeanTheSame(String first, String second, boolean same)
      throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page", "Host: " + first);

    client.get("/page", "Host: " + second);

    assertEquals(same ? 1 : 2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9112 §3.2.2: an absolute target has the key of its authority")
  void get_absoluteForm_sharesTheKeyOfItsAuthority() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("http://a.example:80/page", "Host: A.example");

    Response hit = client.get("/page", "Host: a.example");

    assertEquals("simple-cache; hit; ttl=60", hit.cacheStatus());
    assertEquals("a.example", origin().lastRequest().field("Host"));
    assertEquals("/page", origin().lastRequest().target());
  }

  @Test
  @DisplayName("RFC 9111 §4.4: POST is relayed with its content and invalidates")
  void post_successful_isRelayedAndInvalidates() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page");

    Response posted = client.post("/page", "a=1&b=2", "Content-Type: text/plain");
    Request seen = origin().lastRequest();
    Response after = client.get("/page");

    assertEquals(200, posted.status());
    assertEquals("simple-cache; fwd=method; fwd-status=200; detail=method", posted.cacheStatus());
    assertEquals("POST", seen.method());
    assertEquals("a=1&b=2", seen.text());
    assertEquals("text/plain", seen.field("Content-Type"));
    assertEquals("simple-cache; fwd=uri-miss; fwd-status=200; stored", after.cacheStatus());
    assertEquals(3, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.4: an error response does not invalidate")
  void post_failed_doesNotInvalidate() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page");
    origin().on("/page", origin().answer("403 Forbidden", "no"));

    client.post("/page", "a=1");

    assertEquals("hello", client.get("/page").text());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.4: what Location and Content-Location name is invalidated, too")
  void post_namesAnotherOfTheSameOrigin_thatIsInvalidated() throws Exception {
    origin().ok("/list", "old", "Cache-Control: max-age=60");
    origin().ok("/item", "old", "Cache-Control: max-age=60");
    origin()
        .on(
            "/form",
            origin().answer("201 Created", "", "Location: /item", "Content-Location: /list"));
    RawClient client = loopback.client();
    client.get("/list");
    client.get("/item");

    client.post("/form", "a=1");
    client.get("/list");
    client.get("/item");

    assertEquals(2, origin().requests("/list").size());
    assertEquals(2, origin().requests("/item").size());
  }

  @Test
  @DisplayName("RFC 9111 §4.3.1, §4.3.4: a stale response is validated and freshened")
  void get_stale_isValidatedAndFreshened() throws Exception {
    origin()
        .ok(
            "/page",
            "hello",
            "Cache-Control: max-age=60",
            "ETag: \"v1\"",
            "Last-Modified: " + loopback.clock().httpDate(Duration.ofDays(-10)));
    RawClient client = loopback.client();
    client.get("/page");
    loopback.clock().advanceSeconds(61);
    origin()
        .on(
            "/page",
            (request, connection) ->
                connection.send(
                    origin()
                        .head(
                            "304 Not Modified",
                            "Cache-Control: max-age=90",
                            "ETag: \"v1\"",
                            "X-Fresh: yes")));

    Response validated = client.get("/page");
    Response hit = client.get("/page");

    Request validation = origin().lastRequest();
    assertEquals("\"v1\"", validation.field("If-None-Match"));
    assertEquals(200, validated.status());
    assertEquals("hello", validated.text());
    assertEquals("simple-cache; fwd=stale; fwd-status=304; ttl=90", validated.cacheStatus());
    assertEquals("0", validated.field("Age"));
    assertEquals("yes", validated.field("X-Fresh"));
    assertEquals("simple-cache; hit; ttl=90", hit.cacheStatus());
    assertEquals("hello", hit.text());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.3.3: a full response to a validation replaces what is stored")
  void get_staleAndChanged_isReplaced() throws Exception {
    origin().ok("/page", "old", "Cache-Control: max-age=60", "ETag: \"v1\"");
    RawClient client = loopback.client();
    client.get("/page");
    loopback.clock().advanceSeconds(61);
    origin().ok("/page", "new!", "Cache-Control: max-age=60", "ETag: \"v2\"");

    Response replaced = client.get("/page");
    Response hit = client.get("/page");

    assertEquals("new!", replaced.text());
    assertEquals("\"v1\"", origin().lastRequest().field("If-None-Match"));
    assertEquals("new!", hit.text());
    assertEquals("\"v2\"", hit.field("ETag"));
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.2.1: fresh to the last moment of max-age, then stale")
  void get_atTheEndOfFreshness_isStale() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page");

    loopback.clock().advance(Duration.ofMillis(59_999));
    client.get("/page");
    assertEquals(1, origin().requests().size());

    loopback.clock().advance(Duration.ofMillis(1));
    client.get("/page");
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.1: each variant has its own stored response")
  void vary_onALanguage_keepsBoth() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) -> {
              String language = String.valueOf(request.field("Accept-Language"));
              origin()
                  .answer("200 OK", language, "Cache-Control: max-age=60", "Vary: Accept-Language")
                  .give(request, connection);
            });
    RawClient client = loopback.client();

    Response english = client.get("/page", "Accept-Language: en");
    Response german = client.get("/page", "Accept-Language: de");
    Response none = client.get("/page");

    assertEquals("en", english.text());
    assertEquals("de", german.text());
    assertEquals("simple-cache; fwd=vary-miss; fwd-status=200; stored", german.cacheStatus());
    assertEquals("null", none.text());
    assertEquals("en", client.get("/page", "Accept-Language: en").text());
    assertEquals("de", client.get("/page", "Accept-Language: de").text());
    assertEquals("null", client.get("/page").text());
    assertEquals(3, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.1: Vary: * never matches")
  void vary_onEverything_isNotStored() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: max-age=60", "Vary: *");
    RawClient client = loopback.client();

    client.get("/page");
    client.get("/page");

    assertEquals(2, origin().requests().size());
  }

  @ParameterizedTest
  @DisplayName("RFC 9111 §3, §5.2.2: what may not be stored, and why")
  @CsvSource(
      delimiter = '|',
      value = {
        "Cache-Control: no-store                         | no-store",
        "Cache-Control: private, max-age=60              | private",
        "Set-Cookie: id=1                                | set-cookie",
        "Vary: *                                         | vary-star",
        "X-Nothing: said                                 | no-freshness-no-validator",
      })
  void response_notStorable_isRelayedToEveryone(String field, String detail) throws Exception {
    String[] fields =
        field.startsWith("Set-Cookie")
            ? new String[] {field, "Cache-Control: max-age=60"}
            : new String[] {field};
    origin().ok("/page", "hello", fields);
    RawClient client = loopback.client();

    Response first = client.get("/page");
    Response second = client.get("/page");

    assertEquals("hello", first.text());
    assertEquals(
        "simple-cache; fwd=uri-miss; fwd-status=200; detail=" + detail, first.cacheStatus());
    assertEquals("hello", second.text());
    assertEquals(2, origin().requests().size());
    assertEquals(0, loopback.proxy().statistics().storedResources());
  }

  @Test
  @DisplayName("RFC 9111 §7.3: with public a cookie is for everybody")
  void setCookie_withPublic_isStored() throws Exception {
    origin().ok("/page", "hello", "Cache-Control: public, max-age=60", "Set-Cookie: theme=dark");
    RawClient client = loopback.client();
    client.get("/page");

    Response hit = client.get("/page");

    assertEquals("theme=dark", hit.field("Set-Cookie"));
    assertEquals(1, origin().requests().size());
  }

  @ParameterizedTest
  @DisplayName("RFC 9111 §3.5: with Authorization only what the origin lets be shared")
  @CsvSource({
    "max-age=60, 2",
    "'public, max-age=60', 1",
    "s-maxage=60, 1",
    "'must-revalidate, max-age=60', 1",
  })
  void authorization_onRequest_sharesOnlyWithLeave(String cacheControl, int requests)
      throws Exception {
    origin().ok("/page", "hello", "Cache-Control: " + cacheControl);
    RawClient client = loopback.client();

    client.get("/page", "Authorization: Basic QTpC");
    client.get("/page", "Authorization: Basic QzpE");

    assertEquals(requests, origin().requests().size());
    assertEquals("Basic QTpC", origin().requests().get(0).field("Authorization"));
  }

  @Test
  @DisplayName("RFC 9111 §3.5: the response to one user is not given to another")
  void authorization_responseOfOneUser_isNotGivenToAnother() throws Exception {
    origin()
        .on(
            "/me",
            (request, connection) ->
                origin()
                    .answer(
                        "200 OK",
                        "for " + request.field("Authorization"),
                        "Cache-Control: max-age=60")
                    .give(request, connection));
    RawClient client = loopback.client();

    assertEquals("for Basic QTpC", client.get("/me", "Authorization: Basic QTpC").text());
    assertEquals("for null", client.get("/me").text());
  }

  @ParameterizedTest
  @DisplayName("RFC 9111 §5.2.1.4, §5.4: the client's reload reaches the origin and is stored")
  @ValueSource(
      strings = {"Cache-Control: no-cache", "Pragma: no-cache", "Cache-Control: max-age=0"})
  void reload_ofFresh_asksTheOriginAndStores(String field) throws Exception {
    origin().ok("/page", "old", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    client.get("/page");
    origin().ok("/page", "new", "Cache-Control: max-age=60");

    Response reloaded = client.get("/page", field);
    Response hit = client.get("/page");

    assertEquals("new", reloaded.text());
    String cacheStatus = reloaded.cacheStatus();
    assertNotNull(cacheStatus);
    assertTrue(cacheStatus.startsWith("simple-cache; fwd=request; fwd-status=200; stored"));
    assertEquals("new", hit.text());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §5.2.1.7: only-if-cached without a stored response is 504")
  void onlyIfCached_cold_is504() throws Exception {
    Response refused = loopback.client().get("/page", "Cache-Control: only-if-cached");

    assertEquals(504, refused.status());
    assertTrue(origin().requests().isEmpty());
  }

  @Test
  @DisplayName("RFC 5861 §3: stale while revalidated; the next is fresh")
  void staleWhileRevalidate_answersAtOnceAndValidatesBehind() throws Exception {
    origin()
        .ok("/page", "old", "Cache-Control: max-age=60, stale-while-revalidate=30", "ETag: \"v1\"");
    RawClient client = loopback.client();
    client.get("/page");
    loopback.clock().advanceSeconds(70);
    Gate gate = new Gate();
    origin()
        .on(
            "/page",
            origin()
                .answer("200 OK", "new", "Cache-Control: max-age=60", "ETag: \"v2\"")
                .after(gate));

    Response stale = client.get("/page");
    Response staleAgain = client.get("/page");
    gate.open();
    Gate.awaitTrue("the validation", () -> origin().requests().size() == 2);
    loopback.proxy().awaitSettled();
    Response fresh = client.get("/page");

    assertEquals("old", stale.text());
    assertEquals("simple-cache; hit; ttl=-10; detail=stale-while-revalidate", stale.cacheStatus());
    assertEquals("old", staleAgain.text());
    assertEquals("new", fresh.text());
    assertEquals(2, origin().requests().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 65_535, 65_536, 65_537, 300_000})
  void body_ofThisSize_isTheSameFromOriginAndStore(int size) throws Exception {
    byte[] body = Content.bytes(0, size);
    String[] fields = {"Cache-Control: max-age=60", "Content-Length: " + size};
    origin()
        .on(
            "/page",
            (request, connection) -> connection.send(origin().head("200 OK", fields)).send(body));
    RawClient client = loopback.client();

    assertArrayEquals(body, client.get("/page").body());
    assertArrayEquals(body, client.get("/page").body());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9112 §7.1: a chunked response is stored and has a length from then on")
  void chunkedResponse_isStoredWithItsLength() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) ->
                connection
                    .send(
                        origin()
                            .head(
                                "200 OK",
                                "Cache-Control: max-age=60",
                                "Transfer-Encoding: chunked"))
                    .chunk("hello ")
                    .chunk("world")
                    .send("0\r\n\r\n"));
    RawClient client = loopback.client();

    Response miss = client.get("/page");
    Response hit = client.get("/page");

    assertEquals("hello world", miss.text());
    assertEquals("chunked", miss.field("Transfer-Encoding"));
    assertEquals("hello world", hit.text());
    assertEquals("11", hit.field("Content-Length"));
    assertFalse(hit.head().fields().contains("Transfer-Encoding"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9110 §15.1: statuses with explicit freshness are stored, too")
  void notFound_withMaxAge_isStored() throws Exception {
    origin().on("/gone", origin().answer("404 Not Found", "no", "Cache-Control: max-age=60"));
    RawClient client = loopback.client();
    client.get("/gone");

    Response hit = client.get("/gone");

    assertEquals(404, hit.status());
    assertEquals("simple-cache; hit; ttl=60", hit.cacheStatus());
    assertEquals(1, origin().requests().size());
  }
}
