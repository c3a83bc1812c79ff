package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is not stored goes through, in both directions, and at the pace of the slower side. */
class RelayTest {
  private static final int MIB = 1 << 20;
  private static final int PIECE = 64 * 1024;

  /** What the kernel's socket buffers and ours may hold of a stalled transfer. */
  private static final long BOUND = 8L * MIB;

  @RegisterExtension final Loopback loopback = new Loopback();

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  /** Sends content and keeps count of it. */
  private static void sendCounted(
      ScriptedOrigin.Connection connection, long length, AtomicLong sent) throws Exception {
    for (long at = 0; at < length; at += PIECE) {
      connection.send(Content.bytes(at, PIECE));
      sent.addAndGet(PIECE);
    }
  }

  /** Waits until a count has stood still for a while, and returns it. */
  private static long settled(AtomicLong count) throws InterruptedException {
    long before = -1;
    while (count.get() != before) {
      before = count.get();
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return before;
  }

  private static long usedByIo() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  @DisplayName("100 MiB, not storable, to a client that does not read: the origin is paused")
  void unstorable_toAStalledClient_pausesTheOrigin() throws Exception {
    TestProxy proxy = loopback.start();
    long length = 100L * MIB;
    AtomicLong sent = new AtomicLong();
    origin()
        .on(
            "/large",
            (request, connection) -> {
              connection.setSendBuffer(256 * 1024);
              connection.send(
                  origin().head("200 OK", "Cache-Control: no-store", "Content-Length: " + length));
              sendCounted(connection, length, sent);
            });
    long ioBefore = usedByIo();
    RawClient client = loopback.clientWithSmallBuffer();
    client.send(RawClient.request("GET", "/large"));
    Head head = client.receiveHead();

    long stalledAt = settled(sent);

    assertTrue(stalledAt < BOUND, stalledAt + " bytes sent to a client that reads nothing");
    assertTrue(usedByIo() - ioBefore < BOUND, usedByIo() - ioBefore + " bytes of memory");
    assertEquals(0, proxy.statistics().arrivingBytes());
    assertEquals(Content.sum(length), Content.sumOf(client.content(head, "GET")));
    assertEquals(0, proxy.statistics().storedResources());
  }

  @Test
  @DisplayName("larger than may be stored, by its length: relayed from the start")
  void tooLarge_byContentLength_isRelayed() throws Exception {
    TestProxy proxy = loopback.start(builder -> builder.maxStoredBody(MIB));
    origin()
        .on(
            "/large",
            (request, connection) -> {
              connection.send(
                  origin()
                      .head("200 OK", "Cache-Control: max-age=60", "Content-Length: " + (MIB + 1)));
              Content.send(connection, 0, MIB + 1);
            });
    RawClient client = loopback.client();

    for (int i = 1; i <= 2; i++) {
      client.send(RawClient.request("GET", "/large"));
      Head head = client.receiveHead();
      assertEquals(
          "simple-cache; fwd=uri-miss; fwd-status=200; detail=too-large", head.cacheStatus());
      assertEquals(Content.sum(MIB + 1), Content.sumOf(client.content(head, "GET")));
      assertEquals(i, origin().requests().size());
    }
    assertEquals(0, proxy.statistics().storedResources());
  }

  @Test
  void ofExactlyTheLargestSize_isStored() throws Exception {
    loopback.start(builder -> builder.maxStoredBody(MIB));
    origin().ok("/large", "x".repeat(MIB), "Cache-Control: max-age=60");
    RawClient client = loopback.client();

    client.get("/large");

    assertEquals("simple-cache; hit; ttl=60", client.get("/large").cacheStatus());
  }

  @Test
  @DisplayName("found too large in mid-stream: who reads it goes on, nobody joins any more")
  void tooLarge_inMidStream_goesOnForItsReadersOnly() throws Exception {
    TestProxy proxy = loopback.start(builder -> builder.maxStoredBody(MIB));
    Gate everyoneReads = new Gate();
    Gate beyond = new Gate();
    Gate finish = new Gate();
    long length = 4L * MIB;
    origin()
        .on(
            "/large",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Connection: close"));
              Content.send(connection, 0, MIB / 2);
              everyoneReads.await();
              Content.send(connection, MIB / 2, 2 * MIB);
              beyond.open();
              finish.await();
              Content.send(connection, 2 * MIB, length);
              connection.close();
            });
    RawClient leader = loopback.client().send(RawClient.request("GET", "/large"));
    Head leaderHead = leader.receiveHead();
    RawClient follower = loopback.client().send(RawClient.request("GET", "/large"));
    Head followerHead = follower.receiveHead();
    everyoneReads.open();
    beyond.await();
    Gate.awaitTrue("it stops being stored", () -> proxy.statistics().flights() == 0);

    RawClient late = loopback.client().send(RawClient.request("GET", "/large"));
    Gate.awaitTrue("a request of its own", () -> origin().requests().size() == 2);
    finish.open();

    // At once: through a window they go at the pace of the slowest.
    CompletableFuture<Content.Sum> read = Content.sumLater(leader.content(leaderHead, "GET"));
    assertEquals(Content.sum(length), Content.sumOf(follower.content(followerHead, "GET")));
    assertEquals(Content.sum(length), read.get(20, TimeUnit.SECONDS));
    assertEquals(Content.sum(length), Content.sumOf(late.content(late.receiveHead(), "GET")));
    assertEquals(0, proxy.statistics().storedResources());
    assertEquals(0, proxy.statistics().segmentBytes());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("no memory left for what arrives: relayed, and complete")
  void beyondTheMemory_isRelayed() throws Exception {
    TestProxy proxy = loopback.start(b -> b.maxMemory(2 * MIB).maxStoredBody(2 * MIB));
    origin()
        .on(
            "/large",
            (request, connection) -> {
              connection.send(
                  origin()
                      .head("200 OK", "Cache-Control: max-age=60", "Content-Length: " + 2 * MIB));
              Content.send(connection, 0, 2 * MIB);
            });
    RawClient client = loopback.client().send(RawClient.request("GET", "/large"));

    assertEquals(Content.sum(2 * MIB), Content.sumOf(client.content(client.receiveHead(), "GET")));
    proxy.awaitSettled();
    assertEquals(0, proxy.statistics().storedResources());
    assertTrue(proxy.statistics().heldBytes() <= 3 * MIB, "held: " + proxy.statistics());
  }

  // ---- the request's body

  private void echoSum() {
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              Content.Sum sum = Content.sumOf(connection.body());
              origin().answer("200 OK", sum.toString()).give(request, connection);
            });
  }

  @Test
  @DisplayName("POST with Content-Length goes on as it comes")
  void post_withContentLength_isStreamed() throws Exception {
    loopback.start();
    Gate firstHalfSeen = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              InputStream body = connection.body();
              String half = new String(RawClient.exactly(body, 5), US_ASCII);
              firstHalfSeen.open();
              String rest = new String(body.readAllBytes(), US_ASCII);
              origin().answer("200 OK", half + "|" + rest).give(request, connection);
            });
    RawClient client = loopback.client();

    client.send(RawClient.request("POST", "/upload", "Content-Length: 10") + "01234");
    firstHalfSeen.await();
    client.send("56789");

    assertEquals("01234|56789", client.receive("POST").text());
    assertEquals("10", origin().lastRequest().field("Content-Length"));
  }

  @Test
  @DisplayName("RFC 9112 §7.1: POST in chunks stays in chunks")
  void post_chunked_isStreamed() throws Exception {
    loopback.start();
    origin().on("/upload", (r, c) -> origin().answer("200 OK", r.text()).give(r, c));
    RawClient client = loopback.client();

    client.send(
        RawClient.request("POST", "/upload", "Transfer-Encoding: chunked")
            + "5;name=value\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n");

    assertEquals("hello world", client.receive("POST").text());
    assertEquals("chunked", origin().lastRequest().field("Transfer-Encoding"));
    assertNull(origin().lastRequest().field("Content-Length"));
  }

  @Test
  @DisplayName("a response that starts before the upload has ended does not stop the upload")
  void upload_goesOnWhileTheResponseArrives() throws Exception {
    loopback.start();
    long length = 50L * MIB;
    Gate headSeen = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              connection.send(origin().head("200 OK", "Transfer-Encoding: chunked"));
              // By now the upload has been paused; nobody but the origin can set it going again.
              headSeen.await();
              connection.chunk(Content.sumOf(connection.body()).toString()).send("0\r\n\r\n");
            });
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: " + length));
    AtomicLong sent = new AtomicLong();
    Thread sender = upload(client, length, sent);

    settled(sent);
    RawClient.Head head = client.receiveHead();
    headSeen.open();

    String sum = new String(client.content(head, "POST").readAllBytes(), US_ASCII);
    assertEquals(Content.sum(length).toString(), sum);
    sender.join();
  }

  /** Starts to send a body in a thread of its own, and counts what went. */
  private static Thread upload(RawClient client, long length, AtomicLong sent) {
    Thread sender =
        new Thread(
            () -> {
              try {
                for (long at = 0; at < length; at += PIECE) {
                  client.send(Content.bytes(at, PIECE));
                  sent.addAndGet(PIECE);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    sender.start();
    return sender;
  }

  @Test
  @DisplayName("50 MiB to an origin that does not read: the client is paused, nothing piles up")
  void upload_toAStalledOrigin_pausesTheClient() throws Exception {
    loopback.start();
    long length = 50L * MIB;
    Gate read = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              read.await();
              Content.Sum sum = Content.sumOf(connection.body());
              origin().answer("200 OK", sum.toString()).give(request, connection);
            });
    long ioBefore = usedByIo();
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: " + length));
    AtomicLong sent = new AtomicLong();
    Thread sender = upload(client, length, sent);

    long stalledAt = settled(sent);

    // On loopback the kernel alone may hold some MiB for each of the four socket ends.
    assertTrue(stalledAt < 3 * BOUND, stalledAt + " bytes taken for an origin that reads nothing");
    assertTrue(usedByIo() - ioBefore < BOUND, usedByIo() - ioBefore + " bytes of memory");
    read.open();
    assertEquals(Content.sum(length).toString(), client.receive("POST").text());
    sender.join();
  }

  @Test
  @DisplayName("RFC 9110 §10.1.1: Expect: 100-continue is the origin's to answer")
  void expectContinue_isAnsweredByTheOrigin() throws Exception {
    loopback.start();
    Gate permitted = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              permitted.await();
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              String body = new String(connection.body().readAllBytes(), US_ASCII);
              origin().answer("200 OK", body).give(request, connection);
            });
    RawClient client = loopback.client();

    client.send(RawClient.request("POST", "/upload", "Content-Length: 5", "Expect: 100-continue"));
    Gate.awaitTrue("the request", () -> origin().requests().size() == 1);
    assertEquals("100-continue", origin().lastRequest().field("Expect"));
    permitted.open();
    assertEquals(100, client.receiveHead().status());
    client.send("hello");

    assertEquals("hello", client.receive("POST").text());
    assertEquals(404, client.get("/other").status(), "the connection goes on");
  }

  @Test
  @DisplayName("RFC 9110 §10.1.1: a refusal instead of 100 is relayed, and the connection closes")
  void expectContinue_refused_isRelayedAndCloses() throws Exception {
    loopback.start();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              origin()
                  .answer("401 Unauthorized", "no", "Connection: close")
                  .give(request, connection);
              connection.close();
            });
    RawClient client = loopback.client();

    client.send(RawClient.request("POST", "/upload", "Content-Length: 5", "Expect: 100-continue"));
    Response response = client.receive("POST");

    assertEquals(401, response.status());
    assertEquals("no", response.text());
    assertEquals("close", response.field("Connection"));
    assertTrue(client.isClosedByServer());
  }

  @Test
  @DisplayName("an answer before the body was read is relayed; the connections close")
  void earlyAnswer_isRelayed() throws Exception {
    loopback.start();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              origin().answer("413 Content Too Large", "too much").give(request, connection);
              connection.awaitClosedWhileReading();
            });
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: " + 4 * MIB));
    client.send(Content.bytes(0, 64 * 1024));

    Response response = client.receive("POST");

    assertEquals(413, response.status());
    assertEquals("too much", response.text());
    assertEquals("close", response.field("Connection"));
    assertTrue(client.isClosedByServer());
  }

  @Test
  @DisplayName("a client that leaves in mid-upload: the origin sees no complete request")
  void clientLeaves_inMidUpload_originSeesAnEarlyEnd() throws Exception {
    TestProxy proxy = loopback.start();
    Gate ended = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              try {
                Content.sumOf(connection.body());
              } catch (IOException e) {
                ended.open();
                throw e;
              }
            });
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: 1000") + "some");
    proxy.awaitRequests(1);

    client.close();

    ended.await();
  }

  @Test
  @DisplayName("time for the response's head counts from the request's end")
  void slowUpload_doesNotCountAsSilenceOfTheOrigin() throws Exception {
    loopback.start(builder -> builder.originHeadTimeout(Duration.ofMillis(300)));
    echoSum();
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: 10") + "01234");
    // No signal says that the proxy has been waiting for longer than the limit.
    TimeUnit.MILLISECONDS.sleep(600);
    client.send("56789");

    assertEquals(200, client.receive("POST").status());
  }

  @Test
  @DisplayName("GET with content is relayed and never answered from the store")
  void get_withContent_isRelayed() throws Exception {
    loopback.start();
    origin()
        .on(
            "/search",
            (r, c) -> origin().answer("200 OK", r.text(), "Cache-Control: max-age=60").give(r, c));
    RawClient client = loopback.client();

    client.send(RawClient.request("GET", "/search", "Content-Length: 1") + "a");
    assertEquals("a", client.receive().text());
    client.send(RawClient.request("GET", "/search", "Content-Length: 1") + "b");
    assertEquals("b", client.receive().text());
    assertEquals("", client.get("/search").text());
    assertEquals(3, origin().requests().size());
  }
}
