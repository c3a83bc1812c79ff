package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import io.simplecache.proxy.ScriptedOrigin.Request;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a message crosses the proxy, and what it adds. */
class FieldsTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start();
  }

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  /** Sends a request that is relayed, and returns what the origin saw. */
  private Request seenByOrigin(String... fields) throws Exception {
    origin().ok("/page", "hello", "Cache-Control: no-store");
    loopback.client().get("/page", fields);
    return origin().lastRequest();
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §7.6.1: fields of one connection do not cross, to the origin")
  @ValueSource(
      strings = {
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "TE: trailers",
        "Upgrade: h2c",
        "X-Listed: 1",
        "x-listed-too: 1",
      })
  void connectionField_ofRequest_isRemoved(String field) throws Exception {
    String name = field.substring(0, field.indexOf(':'));

    Request request =
        seenByOrigin(field, "Connection: keep-alive, X-Listed", "Connection: X-LISTED-TOO");

    assertFalse(request.fields().contains(name));
    assertFalse(request.fields().hasMember("Connection", "x-listed"));
  }

  @ParameterizedTest
  @DisplayName("Connection cannot strip what gives the request its meaning")
  @CsvSource({"Cookie, id=1", "Authorization, Basic QTpC", "Cache-Control, no-cache"})
  void endToEndField_namedByConnection_stays(String name, String value) throws Exception {
    Request request = seenByOrigin(name + ": " + value, "Connection: " + name);

    assertEquals(value, request.field(name));
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §7.6.1: fields of one connection do not cross, to the client or the store")
  @ValueSource(
      strings = {
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "Upgrade: h2c",
        "X-Listed: 1",
      })
  void connectionField_ofResponse_isRemoved(String field) throws Exception {
    String name = field.substring(0, field.indexOf(':'));
    origin()
        .ok("/page", "hello", "Cache-Control: max-age=60", field, "Connection: X-Listed, Upgrade");
    RawClient client = loopback.client();

    Response miss = client.get("/page");
    Response hit = client.get("/page");

    assertFalse(miss.head().fields().contains(name));
    assertFalse(hit.head().fields().contains(name));
    assertFalse(miss.head().fields().contains("Connection"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9110 §7.6.3, RFC 7239: the origin learns who is between and whom it is for")
  void request_says_viaWhomAndForWhom() throws Exception {
    Request request = seenByOrigin();

    assertEquals("1.1 simple-cache", request.field("Via"));
    assertEquals("127.0.0.1", request.field("X-Forwarded-For"));
    assertEquals(RawClient.HOST, request.field("X-Forwarded-Host"));
    assertEquals("http", request.field("X-Forwarded-Proto"));
    assertEquals(
        "for=127.0.0.1;host=\"" + RawClient.HOST + "\";proto=http", request.field("Forwarded"));
    assertEquals(RawClient.HOST, request.field("Host"));
    assertEquals("GET /page HTTP/1.1", request.line());
  }

  @Test
  @DisplayName("RFC 9110 §7.6.3: Via and X-Forwarded-For go on")
  void request_throughAnotherProxy_continuesItsChain() throws Exception {
    Request request =
        seenByOrigin("Via: 1.1 edge", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2");

    assertEquals(List.of("1.1 edge", "1.1 simple-cache"), request.fields().all("Via"));
    assertEquals("192.0.2.1, 192.0.2.2, 127.0.0.1", request.field("X-Forwarded-For"));
  }

  @ParameterizedTest
  @DisplayName("a client does not say what it asked for: we do")
  @CsvSource({
    "X-Forwarded-Host, evil.example, " + RawClient.HOST,
    "X-Forwarded-Proto, https, http",
  })
  void forwardingField_ofClient_isReplaced(String name, String sent, String seen) throws Exception {
    assertEquals(seen, seenByOrigin(name + ": " + sent).field(name));
  }

  @ParameterizedTest
  @DisplayName("what changes responses without being in the key does not reach the origin")
  @ValueSource(
      strings = {
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Scheme",
        "X-Forwarded-Server",
        "X-Host",
        "X-HTTP-Host-Override",
        "X-HTTP-Method-Override",
        "X-Method-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
      })
  void poisoningField_ofClient_isDropped(String name) throws Exception {
    assertFalse(seenByOrigin(name + ": /admin").fields().contains(name));
  }

  @Test
  void endToEndFields_ofRequestAndResponse_crossUnchanged() throws Exception {
    origin()
        .ok(
            "/page",
            "hello",
            "Cache-Control: no-store",
            "Set-Cookie: a=1",
            "Set-Cookie: b=2",
            "X-Own: \"quoted, with comma\"",
            "Server: origin");
    RawClient client = loopback.client();

    Response response =
        client.get("/page", "User-Agent: test", "Accept: */*", "X-Empty:", "Cookie: a=1; b=2");

    Request request = origin().lastRequest();
    assertEquals("test", request.field("User-Agent"));
    assertEquals("*/*", request.field("Accept"));
    assertEquals("", request.field("X-Empty"));
    assertEquals("a=1; b=2", request.field("Cookie"));
    assertEquals(List.of("a=1", "b=2"), response.head().fields().all("Set-Cookie"));
    assertEquals("\"quoted, with comma\"", response.field("X-Own"));
    assertEquals("origin", response.field("Server"));
  }

  @Test
  @DisplayName("W3C Trace Context: a trace of the client's is passed on")
  void traceparent_ofClient_crosses() throws Exception {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    loopback.start(proxy -> proxy.tracing(true));

    assertEquals(trace, seenByOrigin("traceparent: " + trace).field("traceparent"));
  }

  @Test
  @DisplayName("W3C Trace Context: where the client begins no trace, the proxy may")
  void traceparent_withTracing_isCreated() throws Exception {
    assertNull(seenByOrigin().field("traceparent"));

    loopback.start(proxy -> proxy.tracing(true));
    String first = seenByOrigin().field("traceparent");
    String second = seenByOrigin().field("traceparent");

    assertTrue(String.valueOf(first).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"), first);
    assertNotEquals(first, second);
  }

  @Test
  @DisplayName("RFC 9110 §6.5: trailer fields cross in both directions")
  void trailers_cross() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) ->
                connection
                    .send(
                        origin()
                            .head(
                                "200 OK",
                                "Cache-Control: no-store",
                                "Transfer-Encoding: chunked",
                                "Trailer: X-Sum"))
                    .chunk("hello")
                    .send("0\r\nX-Sum: 42\r\n\r\n"));

    Response response = loopback.client().get("/page");

    assertEquals("hello", response.text());
    assertEquals("42", response.trailers().get("X-Sum"));
  }

  @Test
  @DisplayName("RFC 9110 §15.2, RFC 8297: 103 is relayed before the final response")
  void earlyHints_areRelayed() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
              origin()
                  .answer("200 OK", "hello", "Cache-Control: max-age=60")
                  .give(request, connection);
            });
    RawClient client = loopback.client().send(RawClient.request("GET", "/page"));

    Head hints = client.receiveHead();

    assertEquals(103, hints.status());
    assertEquals("</style.css>", hints.field("Link"));
    assertEquals("hello", client.receive().text());
    assertEquals("hello", client.get("/page").text());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9110 §15.2: HTTP/1.0 is sent no 1xx")
  void earlyHints_toHttp10_areNotRelayed() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
              origin().answer("200 OK", "hello").give(request, connection);
            });

    Response response =
        loopback.client().send("GET /page HTTP/1.0\r\nHost: a.example\r\n\r\n").receive();

    assertEquals(200, response.status());
    assertEquals("hello", response.text());
  }

  @ParameterizedTest
  @DisplayName("RFC 9112 §6.3: 204 and 304 have no content, and the connection goes on")
  @ValueSource(strings = {"204 No Content", "304 Not Modified"})
  void noContent_hasNoFraming(String status) throws Exception {
    origin()
        .on(
            "/none",
            (request, connection) -> connection.send(origin().head(status, "ETag: \"v1\"")));
    origin().ok("/page", "hello");
    RawClient client = loopback.client();

    for (int i = 0; i < 2; i++) {
      Response response = client.get("/none", "If-None-Match: \"v1\"");

      assertEquals(status.substring(0, 3), String.valueOf(response.status()));
      assertNull(response.field("Transfer-Encoding"));
      assertNull(response.field("Content-Length"));
    }
    assertEquals("hello", client.get("/page").text());
  }

  @Test
  @DisplayName("RFC 9112 §6.3: what ends with the origin's connection is chunked for the client")
  void closeDelimited_becomesChunked() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Connection: close"));
              connection.send("hello");
              connection.close();
            });
    RawClient client = loopback.client();

    Response miss = client.get("/page");

    assertEquals("chunked", miss.field("Transfer-Encoding"));
    assertEquals("hello", miss.text());
    assertEquals("5", client.get("/page").field("Content-Length"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9112 §2.3: an origin of HTTP/1.0 is understood")
  void http10Origin_isUnderstood() throws Exception {
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send("HTTP/1.0 200 OK\r\nCache-Control: no-store\r\n\r\nhello");
              connection.close();
            });
    RawClient client = loopback.client();

    for (int i = 0; i < 2; i++) {
      Response response = client.get("/page");
      assertEquals("HTTP/1.1", response.head().version());
      assertEquals("hello", response.text());
    }
  }

  @Test
  @DisplayName("RFC 9110 §9.3.7: OPTIONS * is relayed as it is")
  void optionsAsterisk_isRelayed() throws Exception {
    origin().on("*", origin().answer("204 No Content", ""));

    loopback.client().send(RawClient.request("OPTIONS", "*")).receive("OPTIONS");

    assertEquals("OPTIONS * HTTP/1.1", origin().lastRequest().line());
  }
}
