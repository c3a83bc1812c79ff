package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A response goes on while it arrives, to everyone at their own pace. */
class StreamingTest {
  private static final int MIB = 1 << 20;
  private static final long LARGE = 100L * MIB;
  private static final String[] NOTHING = {};

  @RegisterExtension final Loopback loopback = new Loopback();

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  private String head(long length) {
    return origin().head("200 OK", "Cache-Control: max-age=60", "Content-Length: " + length);
  }

  /** Answers with {@code length} bytes in two halves, the second one behind a gate. */
  private Gate halves(String path, long length) {
    Gate secondHalf = new Gate();
    origin()
        .on(
            path,
            (request, connection) -> {
              connection.send(head(length));
              Content.send(connection, 0, length / 2);
              secondHalf.await();
              Content.send(connection, length / 2, length);
            });
    return secondHalf;
  }

  @Test
  @DisplayName("100 MiB: followers read while it arrives; who does not read delays nobody")
  void largeBody_isSharedWhileItArrives() throws Exception {
    TestProxy proxy = loopback.start(builder -> builder.maxMemory(256L * MIB).maxStoredBody(LARGE));
    Gate secondHalf = halves("/large", LARGE);
    long ioBefore = usedByIo();
    List<CompletableFuture<Content.Sum>> readers = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      RawClient client = loopback.client();
      client.send(RawClient.request("GET", "/large"));
      Wire.Content content = client.content(client.receiveHead(), "GET");
      assertArrayEquals(Content.bytes(0, MIB), RawClient.exactly(content, MIB), "client " + i);
      readers.add(Content.sumLater(content));
    }
    RawClient stalled = loopback.clientWithSmallBuffer();
    stalled.send(RawClient.request("GET", "/large"));
    Wire.Content stalledContent = stalled.content(stalled.receiveHead(), "GET");
    secondHalf.open();

    Content.Sum rest = Content.sum(MIB, LARGE);
    for (CompletableFuture<Content.Sum> reader : readers) {
      assertEquals(rest, reader.get(20, TimeUnit.SECONDS));
    }
    proxy.awaitSettled();
    long growth = proxy.statistics().heldBytes() - LARGE + usedByIo() - ioBefore;
    assertTrue(growth < 16 * MIB, growth + " bytes beside the stored body");
    assertEquals(Content.sum(LARGE), Content.sumOf(stalledContent));
    assertEquals(Content.sum(LARGE), sumOfHit("/large"));
    assertEquals(1, origin().requests().size());
  }

  private Content.Sum sumOfHit(String path) throws Exception {
    RawClient client = loopback.client();
    client.send(RawClient.request("GET", path));
    Head head = client.receiveHead();
    assertEquals("simple-cache; hit; ttl=60", head.cacheStatus());
    return Content.sumOf(client.content(head, "GET"));
  }

  /** Returns the direct memory that the sockets' buffers take, in bytes. */
  private static long usedByIo() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  @DisplayName("who reads steadily, however slowly, is not cut off: 300 kB/s with a limit of 2 s")
  void slowReader_isNotCutOff() throws Exception {
    // As 10 kB/s is to the default of 60 s.
    loopback.start(builder -> builder.clientWriteTimeout(Duration.ofSeconds(2)));
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(head(12 * MIB));
              Content.send(connection, 0, 12 * MIB);
            });
    RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
    Wire.Content content = client.content(client.receiveHead(), "GET");
    int piece = 30_000;
    int pieces = 40;

    for (int i = 0; i < pieces; i++) {
      assertArrayEquals(Content.bytes((long) i * piece, piece), RawClient.exactly(content, piece));
      TimeUnit.MILLISECONDS.sleep(100);
    }

    assertEquals(Content.sum((long) pieces * piece, 12 * MIB), Content.sumOf(content));
  }

  @Test
  @DisplayName("a chunked body is shared while it arrives, chunk by chunk")
  void chunkedBody_isSharedChunkByChunk() throws Exception {
    loopback.start();
    List<Gate> gates = List.of(new Gate(), new Gate(), new Gate());
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(
                  origin()
                      .head("200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked"));
              for (int i = 0; i < gates.size(); i++) {
                connection.chunk("piece " + i);
                gates.get(i).await();
              }
              connection.send("0\r\n\r\n");
            });
    List<Wire.Content> contents = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
      contents.add(client.content(client.receiveHead(), "GET"));
    }

    for (int i = 0; i < gates.size(); i++) {
      for (Wire.Content content : contents) {
        assertArrayEquals(("piece " + i).getBytes(US_ASCII), RawClient.exactly(content, 7));
      }
      gates.get(i).open();
    }
    for (Wire.Content content : contents) {
      assertEquals(-1, content.read());
    }
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("the leader's client leaves in mid-body: followers complete, it is stored")
  void leaderLeaves_inMidBody_followersComplete() throws Exception {
    loopback.start();
    Gate secondHalf = halves("/page", 4 * MIB);
    RawClient leader = loopback.client().send(RawClient.request("GET", "/page"));
    RawClient.exactly(leader.content(leader.receiveHead(), "GET"), 1000);
    RawClient follower = loopback.client().send(RawClient.request("GET", "/page"));
    Head followerHead = follower.receiveHead();
    leader.reset();
    Gate.awaitTrue("the leader is gone", () -> loopback.proxy().statistics().connections() == 1);
    secondHalf.open();

    Content.Sum sum = Content.sumOf(follower.content(followerHead, "GET"));

    assertEquals(Content.sum(4 * MIB), sum);
    assertEquals(
        "simple-cache; fwd=uri-miss; fwd-status=200; stored; collapsed",
        followerHead.cacheStatus());
    loopback.proxy().awaitSettled();
    assertEquals(Content.sum(4 * MIB), sumOfHit("/page"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("the leader's client leaves before the head: followers complete")
  void leaderLeaves_beforeTheHead_followersComplete() throws Exception {
    TestProxy proxy = loopback.start();
    Gate answer = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              answer.await();
              connection.send(head(5)).send("hello");
            });
    RawClient leader = loopback.client().send(RawClient.request("GET", "/page"));
    proxy.awaitRequests(1);
    RawClient follower = loopback.client().send(RawClient.request("GET", "/page"));
    proxy.awaitRequests(2);
    leader.reset();
    Gate.awaitTrue("the leader is gone", () -> proxy.statistics().connections() == 1);
    answer.open();

    Response response = follower.receive();

    assertEquals("hello", response.text());
    assertTrue(response.isComplete());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("everyone leaves with much to come: the fetch is cancelled, nothing stored")
  void everyoneLeaves_muchToCome_isCancelled() throws Exception {
    TestProxy proxy = loopback.start();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(head(8 * MIB));
              Content.send(connection, 0, MIB);
              connection.awaitClosed();
            });
    RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
    RawClient.exactly(client.content(client.receiveHead(), "GET"), 1000);

    client.reset();

    Gate.awaitTrue("the origin's connection is closed", () -> origin().open() == 0);
    proxy.awaitSettled();
    assertEquals(0, proxy.statistics().storedResources());
    origin().ok("/page", "again", NOTHING);
    assertEquals("again", loopback.client().get("/page").text());
  }

  @Test
  @DisplayName("everyone leaves with little to come: it is fetched to its end and stored")
  void everyoneLeaves_littleToCome_isStored() throws Exception {
    TestProxy proxy = loopback.start();
    Gate secondHalf = halves("/page", MIB);
    RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
    RawClient.exactly(client.content(client.receiveHead(), "GET"), 1000);
    client.reset();
    Gate.awaitTrue("the client is gone", () -> proxy.statistics().connections() == 0);
    secondHalf.open();

    Gate.awaitTrue("it is stored", () -> proxy.statistics().storedResources() == 1);

    assertEquals(Content.sum(MIB), sumOfHit("/page"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("the only client leaves before the head of a large response: it is cancelled")
  void onlyClientLeaves_beforeTheHeadOfALargeResponse_isCancelled() throws Exception {
    TestProxy proxy = loopback.start();
    Gate answer = new Gate();
    Gate cancelled = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              answer.await();
              connection.send(head(8 * MIB));
              connection.awaitClosed();
              cancelled.open();
            });
    RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
    Gate.awaitTrue("the request", () -> origin().requests().size() == 1);
    client.reset();
    Gate.awaitTrue("the client is gone", () -> proxy.statistics().connections() == 0);

    answer.open();

    cancelled.await();
    proxy.awaitSettled();
    assertEquals(0, proxy.statistics().storedResources());
  }

  @Test
  @DisplayName("RFC 9111 §4.1: a follower of another variant does not get the leader's")
  void follower_ofAnotherVariant_getsItsOwn() throws Exception {
    followersOfThreeVariants_getTheirOwn();
  }

  @RepeatedTest(20)
  @DisplayName("each variant is fetched once, also by those who waited for another")
  void followers_ofThreeVariants_askTheOriginThreeTimes() throws Exception {
    followersOfThreeVariants_getTheirOwn();

    assertEquals(3, origin().requests().size());
  }

  private void followersOfThreeVariants_getTheirOwn() throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              origin()
                  .answer(
                      "200 OK",
                      String.valueOf(request.field("Accept-Language")),
                      "Cache-Control: max-age=60",
                      "Vary: Accept-Language")
                  .give(request, connection);
            });
    List<String> languages = List.of("en", "de", "en", "de", "fr");
    List<RawClient> clients = new ArrayList<>();
    for (String language : languages) {
      clients.add(
          loopback
              .client()
              .send(RawClient.request("GET", "/page", "Accept-Language: " + language)));
      proxy.awaitRequests(clients.size());
    }
    everyoneWaits.open();

    for (int i = 0; i < clients.size(); i++) {
      assertEquals(languages.get(i), clients.get(i).receive().text());
    }
  }

  @Test
  @DisplayName("RFC 9111 §5.2.2.7: a follower never gets another's private response")
  void followers_ofAPrivateResponse_getTheirOwn() throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              origin()
                  .answer(
                      "200 OK", String.valueOf(request.field("Cookie")), "Cache-Control: private")
                  .give(request, connection);
            });
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(loopback.client().send(RawClient.request("GET", "/page", "Cookie: id=" + i)));
      proxy.awaitRequests(i + 1);
    }
    everyoneWaits.open();

    for (int i = 0; i < clients.size(); i++) {
      assertEquals("id=" + i, clients.get(i).receive().text());
    }
    assertEquals(4, origin().requests().size());
    assertFalse(origin().requests().stream().anyMatch(r -> r.field("Cookie") == null));
  }

  @Test
  @DisplayName("many ask for a stale response: it is validated once")
  void staleResponse_bySeveralClients_isValidatedOnce() throws Exception {
    TestProxy proxy = loopback.start();
    origin().ok("/page", "hello", "Cache-Control: max-age=60", "ETag: \"v1\"");
    loopback.client().get("/page");
    loopback.clock().advanceSeconds(61);
    Gate everyoneWaits = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              everyoneWaits.await();
              connection.send(
                  origin().head("304 Not Modified", "Cache-Control: max-age=60", "ETag: \"v1\""));
            });
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(loopback.client().send(RawClient.request("GET", "/page")));
    }
    proxy.awaitRequests(6);
    everyoneWaits.open();

    for (RawClient client : clients) {
      assertEquals("hello", client.receive().text());
    }
    assertEquals(2, origin().requests().size());
  }
}
