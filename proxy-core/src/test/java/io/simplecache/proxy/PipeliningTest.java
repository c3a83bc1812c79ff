package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One request after another on a connection: in order, however they are cut up. */
class PipeliningTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start();
    origin().ok("/hit", "a hit", "Cache-Control: max-age=60");
    origin().ok("/large", "l".repeat(200_000), "Cache-Control: max-age=60");
    origin().ok("/miss", "a miss", "Cache-Control: no-store");
    origin().on("/echo", (r, c) -> origin().answer("200 OK", "echo " + r.text()).give(r, c));
    loopback.client().get("/hit");
    loopback.client().get("/large");
  }

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  /** A request and what it gets. */
  private enum Kind {
    HIT("GET", RawClient.request("GET", "/hit"), 200, "a hit"),
    HEAD("HEAD", RawClient.request("HEAD", "/hit"), 200, ""),
    MISS("GET", RawClient.request("GET", "/miss"), 200, "a miss"),
    LARGE_HIT("GET", RawClient.request("GET", "/large"), 200, "l".repeat(200_000)),
    NOT_FOUND("GET", RawClient.request("GET", "/none"), 404, "nothing at /none"),
    POST(
        "POST",
        RawClient.request("POST", "/echo", "Content-Length: 6") + "length",
        200,
        "echo length"),
    POST_CHUNKED(
        "POST",
        RawClient.request("POST", "/echo", "Transfer-Encoding: chunked")
            + "3\r\nin \r\n6\r\nchunks\r\n0\r\n\r\n",
        200,
        "echo in chunks");

    private final String method;
    private final String request;
    private final int status;
    private final String text;

    Kind(String method, String request, int status, String text) {
      this.method = method;
      this.request = request;
      this.status = status;
      this.text = text;
    }

    void check(Response response) {
      assertEquals(status, response.status(), name());
      assertEquals(text, response.text(), name());
      assertTrue(response.isComplete(), name());
    }
  }

  private static List<Kind> mixed(int count) {
    Kind[] kinds = Kind.values();
    List<Kind> mixed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      mixed.add(kinds[(i * 5 + i / 7) % kinds.length]);
    }
    return mixed;
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100})
  @DisplayName("RFC 9112 §9.3.2: pipelined requests are answered in their order")
  void pipelined_mixed_areAnsweredInOrder(int count) throws Exception {
    List<Kind> mixed = mixed(count);
    StringBuilder requests = new StringBuilder();
    mixed.forEach(kind -> requests.append(kind.request));
    RawClient client = loopback.client();

    client.send(requests.toString());

    for (Kind kind : mixed) {
      kind.check(client.receive(kind.method));
    }
  }

  @Test
  void pipelined_hitsOnly_areAnsweredInOrder() throws Exception {
    RawClient client = loopback.client();

    client.send(Kind.HIT.request.repeat(1_000));

    for (int i = 0; i < 1_000; i++) {
      Kind.HIT.check(client.receive());
    }
    assertEquals(1, origin().requests("/hit").size());
  }

  @ParameterizedTest
  @DisplayName("a request split at every byte is the same request")
  @ValueSource(strings = {"HIT", "HEAD", "MISS", "POST", "POST_CHUNKED"})
  void request_splitAtEveryByte_isAnswered(String name) throws Exception {
    Kind kind = Kind.valueOf(name);
    RawClient client = loopback.client();
    for (int at = 1; at < kind.request.length(); at++) {
      client.send(kind.request.substring(0, at));
      client.send(kind.request.substring(at));

      kind.check(client.receive(kind.method));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HIT", "POST", "POST_CHUNKED"})
  void request_byteByByte_isAnswered(String name) throws Exception {
    Kind kind = Kind.valueOf(name);
    RawClient client = loopback.client();

    for (byte b : kind.request.getBytes(ISO_8859_1)) {
      client.send(new byte[] {b});
    }

    kind.check(client.receive(kind.method));
  }

  @ParameterizedTest
  @DisplayName("RFC 9112 §9.3: when the connection persists")
  @CsvSource({
    "HTTP/1.1, , true",
    "HTTP/1.1, close, false",
    "HTTP/1.1, Close, false",
    "HTTP/1.1, 'x, close', false",
    "HTTP/1.0, , false",
    "HTTP/1.0, keep-alive, true",
    "HTTP/1.0, close, false",
  })
  void connection_persists_whereBothSidesSay(String version, String connection, boolean persists)
      throws Exception {
    String fields = "Host: " + RawClient.HOST + "\r\n";
    String request =
        "GET /hit "
            + version
            + "\r\n"
            + fields
            + (connection == null ? "" : "Connection: " + connection + "\r\n")
            + "\r\n";
    RawClient client = loopback.client();

    Response response = client.send(request).receive();

    assertEquals("a hit", response.text());
    assertEquals("HTTP/1.1", response.head().version());
    assertEquals(!persists, response.head().fields().hasMember("Connection", "close"));
    if (persists) {
      assertEquals("a hit", client.send(request).receive().text());
    } else {
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  @DisplayName("RFC 9112 §9.6: what follows Connection: close is not answered")
  void pipelined_afterClose_isNotAnswered() throws Exception {
    RawClient client = loopback.client();

    client.send(RawClient.request("GET", "/hit", "Connection: close") + Kind.MISS.request);

    Kind.HIT.check(client.receive());
    assertTrue(client.isClosedByServer());
    assertTrue(origin().requests("/miss").isEmpty());
  }

  @Test
  @DisplayName("RFC 9112 §6.3: to HTTP/1.0 a response without length ends with the connection")
  void response_withoutLength_toHttp10_endsByClose() throws Exception {
    origin()
        .on(
            "/chunked",
            (request, connection) ->
                connection
                    .send(origin().head("200 OK", "Transfer-Encoding: chunked"))
                    .chunk("hello")
                    .send("0\r\n\r\n"));
    RawClient client = loopback.client();

    client.send("GET /chunked HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n");
    Head head = client.receiveHead();

    assertFalse(head.fields().contains("Transfer-Encoding"));
    assertEquals("close", head.field("Connection"));
    assertEquals("hello", RawClient.rest(head, client.content(head, "GET")).text());
  }

  @Test
  @DisplayName("RFC 9112 §3.2: HTTP/1.0 may come without Host")
  void http10_withoutHost_isAnswered() throws Exception {
    Response response = loopback.client().send("GET /miss HTTP/1.0\r\n\r\n").receive();

    assertEquals(200, response.status());
    assertEquals("a miss", response.text());
  }

  @ParameterizedTest
  @DisplayName(
      "what may not come in is refused, closes the connection and never reaches the origin")
  @CsvSource(
      delimiter = '|',
      value = {
        "'GET /x HTTP/1.1\r\n\r\n'                                                       | 400",
        "'GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'                                 | 400",
        "'GET /x HTTP/1.1\r\nHost: a b\r\n\r\n'                                          | 400",
        "'GET x HTTP/1.1\r\nHost: a\r\n\r\n'                                             | 400",
        "'GET /x HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n'                                   | 400",
        "'GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'                       | 400",
        "'GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'                      | 400",
        "'GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'  | 400",
        "'POST /x HTTP/1.1\r\n"
            + "Host: a\r\n"
            + "Content-Length: 1\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "' | 400",
        "'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'       | 400",
        "'POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'             | 400",
        "'GET /x HTTP/2.0\r\nHost: a\r\n\r\n'                                            | 505",
        "'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'                                      | 501",
      })
  void badRequest_isRefusedAndCloses(String request, int status) throws Exception {
    int before = origin().requests().size();
    RawClient client = loopback.client();

    client.send(request.replace("\\r\\n", "\r\n") + Kind.HIT.request);
    Response response = client.receive();

    assertEquals(status, response.status());
    assertEquals("close", response.field("Connection"));
    assertNull(response.field("Age"));
    assertTrue(client.isClosedByServer());
    assertEquals(before, origin().requests().size());
  }

  @Test
  void tooLongATarget_is414_tooLongAHead_is431() throws Exception {
    RawClient target = loopback.client();
    RawClient head = loopback.client();

    assertEquals(414, target.get("/" + "x".repeat(9_000)).status());
    assertTrue(target.isClosedByServer());
    assertEquals(431, head.get("/hit", "X-Large: " + "x".repeat(33_000)).status());
    assertTrue(head.isClosedByServer());
  }

  @Test
  @DisplayName("RFC 9112 §8: a broken chunk of a request does not become a complete request")
  void badChunkInRequest_isRefused() throws Exception {
    Gate begun = new Gate();
    Gate ended = new Gate();
    origin()
        .onHead(
            "/upload",
            (request, connection) -> {
              begun.open();
              try {
                Content.sumOf(connection.body());
              } catch (IOException e) {
                ended.open();
                throw e;
              }
            });
    RawClient client = loopback.client();

    client.send(
        RawClient.request("POST", "/upload", "Transfer-Encoding: chunked") + "5\r\nhello\r\n");
    begun.await();
    client.send("zz\r\n");
    Response response = client.receive("POST");

    assertEquals(400, response.status());
    assertTrue(client.isClosedByServer());
    ended.await();
  }

  /** What answers at once is not answered ahead of a client that does not take it. */
  @Test
  void manyHits_thatAreNotTaken_waitUntilTheyAre() throws Exception {
    int count = 3_000;
    origin().ok("/page", "p".repeat(8_000), "Cache-Control: max-age=60");
    RawClient other = loopback.client();
    other.get("/page");
    RawClient slow = new RawClient(loopback.proxy().port(), /* receiveBufferBytes= */ 16 * 1024);
    int before = loopback.proxy().requests();
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              try {
                slow.send(RawClient.request("GET", "/page").repeat(count));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    // Between two answers on the same loop it reads what has come from the other client.
    Gate.awaitTrue("some are answered", () -> loopback.proxy().requests() > before + 20);
    for (int i = 0; i < 200; i++) {
      other.get("/hit");
    }

    int answered = loopback.proxy().requests() - before - 200;
    assertTrue(answered < count / 20, answered + " answered");
    for (int i = 0; i < count; i++) {
      assertEquals(8_000, slow.receive("GET").text().length(), "answer " + i);
    }
    sending.join();
    slow.close();
  }
}
