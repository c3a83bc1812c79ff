package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.Purge;
import io.simplecache.proxy.Swarm.Result;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many ask for the same at once. */
class CoalescingTest {
  private static final int CLIENTS = 1_000;
  private static final int BODY_BYTES = 20_000;
  private static final long HEAD_MILLIS = 150;

  /** So long that opening a thousand connections, with every buffer tracked, fits beside it. */
  private static final long RESPONSE_MILLIS = 4_000;

  private static final String REQUEST = RawClient.request("GET", "/page");

  @RegisterExtension final Loopback loopback = new Loopback();

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  private Swarm swarm(int clients) {
    return loopback.closedAfterwards(new Swarm(loopback.proxy().port(), clients));
  }

  private String head(String cacheControl) {
    return origin()
        .head("200 OK", "Cache-Control: " + cacheControl, "Content-Length: " + BODY_BYTES);
  }

  private static Set<Result> distinct(List<Result> results, boolean withCacheStatus) {
    return results.stream()
        .map(r -> withCacheStatus ? r : new Result(r.status(), null, r.body(), r.isComplete()))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @DisplayName("1,000 clients, one cold storable key: one request to the origin")
  void coldStorableKey_byAThousandClients_asksTheOriginOnce(int loops) throws Exception {
    TestProxy proxy = loopback.start(loops, builder -> builder);
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              connection.send(head("max-age=60"));
              Content.send(connection, 0, BODY_BYTES);
            });
    Swarm swarm = swarm(CLIENTS).send(REQUEST);
    proxy.awaitRequests(CLIENTS);
    everyoneWaits.open();

    List<Result> results = swarm.results();

    Result expected = new Result(200, null, Content.sum(BODY_BYTES), /* isComplete= */ true);
    assertEquals(Set.of(expected), distinct(results, /* withCacheStatus= */ false));
    assertEquals(1, origin().requests().size());
    assertEquals(1, origin().accepted());
    long leaders =
        results.stream()
            .filter(
                r -> "simple-cache; fwd=uri-miss; fwd-status=200; stored".equals(r.cacheStatus()))
            .count();
    assertEquals(1, leaders);

    List<Result> secondWave = swarm.send(REQUEST).results();

    Result hit =
        new Result(
            200, "simple-cache; hit; ttl=60", Content.sum(BODY_BYTES), /* isComplete= */ true);
    assertEquals(Set.of(hit), distinct(secondWave, /* withCacheStatus= */ true));
    assertEquals(1, origin().requests().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @DisplayName("1,000 clients, a key that is not storable: everyone is fetched for at once")
  void coldUnstorableKey_byAThousandClients_nobodyQueues(int loops) throws Exception {
    TestProxy proxy = loopback.start(loops, builder -> builder);
    Gate everyoneWaits = new Gate();
    // The origin answers none of the followers before it has been asked by all of them.
    CyclicBarrier followers = new CyclicBarrier(CLIENTS - 1);
    CyclicBarrier secondWave = new CyclicBarrier(CLIENTS);
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              connection.send(head("no-store"));
              Content.send(connection, 0, BODY_BYTES);
            });
    Swarm swarm = swarm(CLIENTS).send(REQUEST);
    proxy.awaitRequests(CLIENTS);
    Gate.awaitTrue("the leader's request", () -> origin().requests().size() == 1);
    origin()
        .on(
            "/page",
            (request, connection) -> {
              followers.await(20, TimeUnit.SECONDS);
              connection.send(head("no-store"));
              Content.send(connection, 0, BODY_BYTES);
            });
    everyoneWaits.open();

    Result expected = new Result(200, null, Content.sum(BODY_BYTES), /* isComplete= */ true);
    assertEquals(Set.of(expected), distinct(swarm.results(), /* withCacheStatus= */ false));
    assertEquals(CLIENTS, origin().requests().size());

    origin()
        .on(
            "/page",
            (request, connection) -> {
              secondWave.await(20, TimeUnit.SECONDS);
              connection.send(head("no-store"));
              Content.send(connection, 0, BODY_BYTES);
            });
    swarm.send(REQUEST);

    assertEquals(Set.of(expected), distinct(swarm.results(), /* withCacheStatus= */ false));
    assertEquals(2 * CLIENTS, origin().requests().size());
    assertEquals(0, proxy.statistics().storedResources());
  }

  @Test
  @DisplayName("the same by the clock: within two response times, the second wave within one")
  void coldUnstorableKey_byAThousandClients_takesTwoResponseTimes() throws Exception {
    loopback.start();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              TimeUnit.MILLISECONDS.sleep(HEAD_MILLIS);
              connection.send(head("no-store"));
              Content.send(connection, 0, BODY_BYTES / 2);
              TimeUnit.MILLISECONDS.sleep(RESPONSE_MILLIS - HEAD_MILLIS);
              Content.send(connection, BODY_BYTES / 2, BODY_BYTES);
            });
    Swarm swarm = swarm(CLIENTS);

    for (int wave = 1; wave <= 2; wave++) {
      long startNanos = System.nanoTime();
      swarm.send(REQUEST).results();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);

      assertTrue(millis <= 2 * RESPONSE_MILLIS, "wave " + wave + " took " + millis + " ms");
      assertEquals(wave * CLIENTS, origin().requests().size());
    }
  }

  @Test
  @DisplayName(
      "RFC 5861 §4: what should stand in for a 5xx is evicted meanwhile: nobody asks for ever")
  void staleResponse_goneWhenItShouldStandIn_isAskedForOnceMore() throws Exception {
    TestProxy proxy = loopback.start();
    int clients = 8;
    origin().ok("/page", "hello", "Cache-Control: max-age=5, stale-if-error=60", "ETag: \"a\"");
    loopback.client().get("/page");
    loopback.clock().advanceSeconds(10);
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              proxy.proxy().purge(new Purge.All(/* soft= */ false)).toCompletableFuture().join();
              connection.send(origin().head("503 Service Unavailable", "Content-Length: 0"));
            });
    Swarm swarm = swarm(clients).send(REQUEST);
    proxy.awaitRequests(1 + clients);
    everyoneWaits.open();

    for (Result result : swarm.results()) {
      assertTrue(result.status() == 200 || result.status() == 503, result.toString());
    }
    assertTrue(origin().requests().size() <= 2 + clients, origin().requests().size() + " requests");
  }

  @Test
  @DisplayName("an error of the origin's does not end the collapsing for its key")
  void errorOfTheOrigin_isNotRememberedAsUnstorable() throws Exception {
    TestProxy proxy = loopback.start();
    int clients = 8;
    origin().on("/page", origin().answer("503 Service Unavailable", "busy"));
    assertEquals(503, loopback.client().get("/page").status());
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              connection.send(head("max-age=60"));
              Content.send(connection, 0, BODY_BYTES);
            });
    Swarm swarm = swarm(clients).send(REQUEST);
    proxy.awaitRequests(1 + clients);
    everyoneWaits.open();

    assertEquals(clients, swarm.results().size());
    assertEquals(2, origin().requests().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-cache",
        "max-age=0",
        "max-age=0, must-revalidate",
        "s-maxage=0",
        "no-cache, max-age=60"
      })
  @DisplayName("RFC 9111 §4: only who may reuse a response is given that which another asked for")
  void followers_ofWhatMayNotBeReused_askThemselves(String cacheControl) throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            origin()
                .answer("200 OK", "x", "Cache-Control: " + cacheControl, "ETag: \"a\"")
                .after(everyoneWaits));
    Swarm swarm = swarm(3).send(REQUEST);
    proxy.awaitRequests(3);
    everyoneWaits.open();

    swarm.results().forEach(result -> assertEquals(200, result.status()));
    assertEquals(3, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §5.2.1.1: a follower's max-age counts")
  void follower_whoWantsItYounger_asksItself() throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            origin()
                .answer("200 OK", "x", "Cache-Control: max-age=60", "Age: 50")
                .after(everyoneWaits));
    RawClient leader = loopback.client().send(REQUEST);
    proxy.awaitRequests(1);
    RawClient follower =
        loopback.client().send(RawClient.request("GET", "/page", "Cache-Control: max-age=10"));
    proxy.awaitRequests(2);
    everyoneWaits.open();

    assertEquals("x", leader.receive().text());
    assertEquals("x", follower.receive().text());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("one who waited for a slow origin is not told that the response is old")
  void followers_ofASlowOrigin_areGivenWhatItSays() throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              loopback.clock().advance(Duration.ofSeconds(5));
              origin().answer("200 OK", "x", "Cache-Control: max-age=1").give(request, connection);
            });
    Swarm swarm = swarm(3).send(REQUEST);
    proxy.awaitRequests(3);
    everyoneWaits.open();

    swarm.results().forEach(result -> assertEquals(200, result.status()));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §3.3: who wants the whole is not given a part that another has validated")
  void follower_ofThePartThatTheLeaderValidates_asksItself() throws Exception {
    TestProxy proxy = loopback.start();
    origin()
        .on(
            "/page",
            origin()
                .answer(
                    "206 Partial Content",
                    "012",
                    "Cache-Control: max-age=5",
                    "ETag: \"a\"",
                    "Content-Range: bytes 0-2/10"));
    String ofAPart = RawClient.request("GET", "/page", "Range: bytes=0-2");
    assertEquals(206, loopback.client().send(ofAPart).receive().status());
    loopback.clock().advanceSeconds(6);
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              if (request.fields().get("If-None-Match") == null) {
                origin().answer("200 OK", "0123456789").give(request, connection);
                return;
              }
              everyoneWaits.await();
              connection.send(origin().head("304 Not Modified", "ETag: \"a\""));
            });
    RawClient leader = loopback.client().send(ofAPart);
    proxy.awaitRequests(2);
    RawClient follower = loopback.client().send(REQUEST);
    proxy.awaitRequests(3);
    everyoneWaits.open();

    assertEquals("012", leader.receive().text());
    assertEquals("0123456789", follower.receive().text());
  }

  @Test
  @DisplayName("RFC 9111 §4.1: a 304 that says Vary confirms nothing to who sends another value")
  void follower_ofA304ThatVaries_asksItself() throws Exception {
    TestProxy proxy = loopback.start();
    origin().ok("/page", "of all", "Cache-Control: max-age=5", "ETag: \"a\"");
    loopback.client().get("/page");
    loopback.clock().advanceSeconds(6);
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              String[] fields = {"Cache-Control: max-age=5", "ETag: \"a\"", "Vary: Foo"};
              if ("2".equals(request.fields().get("Foo"))) {
                origin().answer("200 OK", "of 2", fields).give(request, connection);
                return;
              }
              everyoneWaits.await();
              connection.send(origin().head("304 Not Modified", fields));
            });
    RawClient leader = loopback.client().send(RawClient.request("GET", "/page", "Foo: 1"));
    proxy.awaitRequests(2);
    RawClient follower = loopback.client().send(RawClient.request("GET", "/page", "Foo: 2"));
    proxy.awaitRequests(3);
    everyoneWaits.open();

    assertEquals("of all", leader.receive().text());
    assertEquals("of 2", follower.receive().text());
  }
}
