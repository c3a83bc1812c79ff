package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.ClientStatistics;
import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of clients that want too much, where it takes sockets to see it. */
@Timeout(60)
class ClientLimitsOverSocketsTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  private ClientStatistics statistics() {
    return loopback.proxy().proxy().clientStatistics();
  }

  @Test
  void connections_oneTooMany_is503UntilOneIsClosed() throws Exception {
    loopback.start(builder -> builder.clientLimits(limits -> limits.maxConnectionsPerAddress(2)));
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient first = loopback.client();
    RawClient second = loopback.client();
    assertEquals(200, first.get("/page").status());
    assertEquals(200, second.get("/page").status());

    RawClient third = loopback.client();
    Response refused = third.get("/page");

    assertEquals(503, refused.status());
    assertEquals("10", refused.field("Retry-After"));
    assertEquals("close", refused.field("Connection"));
    assertTrue(third.isClosedByServer());
    assertEquals(1, statistics().refusedConnections());
    first.close();
    third.close();
    Gate.awaitTrue("one is left", () -> statistics().connections() == 1);
    assertEquals(200, loopback.client().get("/page").status());
    assertEquals(200, second.get("/page").status());
  }

  @Test
  void connections_aFlood_costsNoMoreThanSoManySocketsAndOthersGoOn() throws Exception {
    loopback.start(builder -> builder.clientLimits(limits -> limits.maxConnections(1)));
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient admitted = loopback.client();
    assertEquals(200, admitted.get("/page").status());

    List<RawClient> flood = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      flood.add(loopback.client());
    }
    Gate.awaitTrue("all are refused", () -> statistics().refusedConnections() == 400);

    assertTrue(statistics().connections() <= 1 + 256, () -> statistics().toString());
    assertEquals(200, admitted.get("/page").status());
    for (RawClient client : flood) {
      client.close();
    }
    Gate.awaitTrue("all are gone", () -> statistics().connections() == 1);
  }

  @Test
  @DisplayName("a body in chunks beyond the limit: 413, and the origin's request is given up")
  void body_growsLargerThanAllowed_is413() throws Exception {
    loopback.start(builder -> builder.clientLimits(limits -> limits.maxBody(100_000)));
    Gate begun = new Gate();
    Gate givenUp = new Gate();
    loopback
        .origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              begun.open();
              connection.awaitClosedWhileReading();
              givenUp.open();
            });
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Transfer-Encoding: chunked"));
    client.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");
    begun.await();
    client.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");

    assertEquals(413, client.receive("POST").status());
    assertTrue(client.isClosedByServer());
    givenUp.await();
  }

  @Test
  void body_pauses_is408() throws Exception {
    loopback.start(builder -> builder.clientBodyTimeout(Duration.ofMillis(200)));
    loopback
        .origin()
        .onHead("/upload", (request, connection) -> connection.awaitClosedWhileReading());
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: 10") + "12345");

    assertEquals(408, client.receive("POST").status());
    assertTrue(client.isClosedByServer());
    assertEquals(1, statistics().slowClients());
  }

  @Test
  @DisplayName("a body that never pauses, but trickles: 408")
  void body_tooSlow_is408() throws Exception {
    loopback.start(
        builder ->
            builder.clientLimits(
                limits -> limits.bodyTimeout(Duration.ofSeconds(1)).minReceiveRate(1000)));
    loopback
        .origin()
        .onHead("/upload", (request, connection) -> connection.awaitClosedWhileReading());
    RawClient client = loopback.client();
    client.send(RawClient.request("POST", "/upload", "Content-Length: 100000"));
    Thread trickle =
        new Thread(
            () -> {
              try {
                while (statistics().slowClients() == 0) {
                  client.send("x");
                  LockSupport.parkNanos(50_000_000);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    trickle.start();

    assertEquals(408, client.receive("POST").status());
    trickle.join();
    assertTrue(client.isClosedByServer());
  }

  @Test
  @DisplayName("a client that takes the end of its last response too slowly is not waited for")
  void closing_clientTakesNothing_isCutOff() throws Exception {
    loopback.start(builder -> builder.clientWriteTimeout(Duration.ofMillis(500)));
    String large = new String(Content.bytes(0, 8 << 20), ISO_8859_1);
    loopback.origin().ok("/large", large, "Cache-Control: max-age=60");
    assertEquals(200, loopback.client().get("/large").status());
    RawClient client = loopback.clientWithSmallBuffer();
    client.send(RawClient.request("GET", "/large", "Connection: close"));

    Head head = client.receiveHead();

    assertEquals(200, head.status());
    Gate.awaitTrue("it is cut off", () -> statistics().slowClients() == 1);
    Response cut = RawClient.rest(head, client.content(head, "GET"));
    assertTrue(!cut.isComplete(), "it looks complete");
  }

  @Test
  @DisplayName("§9.6: closing after the response to a request that was not the last one sent")
  void lastRequest_othersBehindIt_responseIsNotLost() throws Exception {
    loopback.start(builder -> builder.clientLimits(limits -> limits.maxRequestsPerConnection(2)));
    String page = "x".repeat(100_000);
    loopback.origin().ok("/page", page, "Cache-Control: max-age=60");
    for (int i = 0; i < 20; i++) {
      RawClient client = loopback.client();
      client.send(RawClient.request("GET", "/page").repeat(50));
      assertEquals(page, client.receive().text());
      Response last = client.receive();
      assertEquals(page, last.text());
      assertEquals("close", last.field("Connection"));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void drain_requestsOnTheirWay_areAnsweredAndTheConnectionsClosed() throws Exception {
    loopback.start();
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient idle = loopback.client();
    RawClient late = loopback.client();
    assertEquals(200, idle.get("/page").status());
    assertEquals(200, late.get("/page").status());

    loopback.proxy().proxy().drain();
    Response answered = late.get("/page");

    assertEquals(200, answered.status());
    assertEquals("close", answered.field("Connection"));
    assertTrue(late.isClosedByServer());
    assertTrue(idle.isClosedByServer());
    late.close();
    Gate.awaitTrue("all are closed", () -> statistics().connections() == 0);
  }
}
