package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.origin.OriginSettings;
import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import io.simplecache.proxy.ScriptedOrigin.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The origin breaks off, talks nonsense, says nothing, or is not there. */
class OriginFaultsTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  /** How a response ends before its framing says so. */
  enum EarlyEnd {
    CLOSED_BEFORE_CONTENT_LENGTH("Content-Length: 100") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) {
        connection.close();
      }
    },
    RESET_BEFORE_CONTENT_LENGTH("Content-Length: 100") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) throws Exception {
        connection.reset();
      }
    },
    CLOSED_WITHOUT_LAST_CHUNK("Transfer-Encoding: chunked") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.chunk("0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) {
        connection.close();
      }
    },
    CLOSED_IN_MID_CHUNK("Transfer-Encoding: chunked") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("64\r\n0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) {
        connection.close();
      }
    },
    BAD_CHUNK_SIZE("Transfer-Encoding: chunked") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.chunk("0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("zz\r\nno chunk");
        connection.awaitClosed();
      }
    },
    CHUNK_LONGER_THAN_IT_SAYS("Transfer-Encoding: chunked") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("a\r\n0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("and more\r\n0\r\n\r\n");
        connection.awaitClosed();
      }
    },
    RESET_WITHOUT_LENGTH("Connection: close") {
      @Override
      void begin(ScriptedOrigin.Connection connection) throws Exception {
        connection.send("0123456789");
      }

      @Override
      void end(ScriptedOrigin.Connection connection) throws Exception {
        connection.reset();
      }
    };

    private final String framing;

    EarlyEnd(String framing) {
      this.framing = framing;
    }

    /** Sends ten bytes of content. */
    abstract void begin(ScriptedOrigin.Connection connection) throws Exception;

    abstract void end(ScriptedOrigin.Connection connection) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("RFC 9112 §8: what ends early is not stored and ends uncleanly for everyone")
  void response_thatEndsEarly_isNotStoredAndEndsUncleanly(EarlyEnd fault) throws Exception {
    TestProxy proxy = loopback.start();
    Gate everyoneReads = new Gate();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(origin().head("200 OK", "Cache-Control: max-age=60", fault.framing));
              fault.begin(connection);
              everyoneReads.await();
              fault.end(connection);
            });
    List<Head> heads = new ArrayList<>();
    List<Wire.Content> contents = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RawClient client = loopback.client().send(RawClient.request("GET", "/page"));
      heads.add(client.receiveHead());
      contents.add(client.content(heads.get(i), "GET"));
      RawClient.exactly(contents.get(i), 10);
    }
    everyoneReads.open();

    for (int i = 0; i < 3; i++) {
      Response response = RawClient.rest(heads.get(i), contents.get(i));
      assertFalse(response.isComplete(), "client " + i);
    }
    proxy.awaitSettled();
    assertEquals(0, proxy.statistics().storedResources());
    assertEquals(1, origin().requests().size());
    origin().ok("/page", "whole", "Cache-Control: max-age=60");
    assertEquals("whole", loopback.client().get("/page").text());
    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9112 §8: to HTTP/1.0 without a length only a reset is an unclean end")
  void response_thatEndsEarly_toHttp10WithoutLength_isReset() throws Exception {
    loopback.start();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection
                  .send(
                      origin()
                          .head(
                              "200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked"))
                  .chunk("0123456789");
              connection.close();
            });
    RawClient client = loopback.client().send("GET /page HTTP/1.0\r\nHost: a.example\r\n\r\n");

    Response response = client.receive();

    assertFalse(response.isComplete());
  }

  @ParameterizedTest
  @DisplayName("what is no HTTP response is 502")
  @CsvSource(
      delimiter = '|',
      value = {
        "garbage                     | 'no http at all\r\n\r\n'",
        "another version             | 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'",
        "status of four digits       | 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'",
        "status out of bounds        | 'HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n'",
        "two lengths                 | 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12'",
        "length that is no number    | 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'",
        "negative length             | 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'",
        "unknown transfer coding     | 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'",
        "101 nobody asked for        | 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'",
      })
  void nonsense_insteadOfAHead_is502(String what, String bytes) throws Exception {
    loopback.start();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(bytes.replace("\\r\\n", "\r\n"));
              connection.close();
            });
    RawClient client = loopback.client();

    Response response = client.get("/page");

    assertEquals(502, response.status(), what);
    assertEquals("502 Bad Gateway\n", response.text());
    assertEquals("no-store", response.field("Cache-Control"));
    origin().ok("/page", "fine", "Cache-Control: max-age=60");
    assertEquals("fine", client.get("/page").text(), "the client's connection goes on");
  }

  @Test
  @DisplayName("RFC 9112 §5.1: a space before the colon of a response's field is removed")
  void spaceBeforeColon_ofResponse_isRemoved() throws Exception {
    loopback.start();
    origin()
        .on(
            "/page",
            (request, connection) ->
                connection.send(origin().head("200 OK", "X-Odd : b", "Content-Length: 0")));

    assertEquals("b", loopback.client().get("/page").field("X-Odd"));
  }

  @Test
  @DisplayName("a head larger than allowed is 502")
  void tooLargeAHead_is502() throws Exception {
    loopback.start(builder -> builder.maxHead(4096));
    origin().ok("/page", "hello", "X-Large: " + "x".repeat(5000));

    assertEquals(502, loopback.client().get("/page").status());
  }

  @Test
  @DisplayName("an origin that refuses connections is 502, at every try")
  void refusedConnection_is502() throws Exception {
    loopback.start();
    origin().refuseConnections();
    RawClient client = loopback.client();

    for (int i = 0; i < 2; i++) {
      Response response = client.get("/page");
      assertEquals(502, response.status());
      assertEquals("simple-cache; error=connection_refused", response.field("Proxy-Status"));
    }
  }

  @Test
  @DisplayName("an origin that failed too often is not asked: 503, and when to try again")
  void originLeftAlone_is503() throws Exception {
    OriginSettings settings =
        OriginSettings.builder()
            .failuresToOpen(1)
            .minBackOff(Duration.ofHours(1))
            .maxBackOff(Duration.ofHours(1))
            .build();
    loopback.start(builder -> builder.originSettings(settings));
    origin().on("/page", (request, connection) -> connection.close());
    RawClient client = loopback.client();
    assertEquals(502, client.get("/page").status());

    Response response = client.get("/page");

    assertEquals(503, response.status());
    assertEquals("1", response.field("Retry-After"));
    assertEquals("simple-cache; error=destination_unavailable", response.field("Proxy-Status"));
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §4.2.4: stale, while the origin is left alone")
  void originLeftAlone_staleWithValidator_isServedStale() throws Exception {
    OriginSettings settings =
        OriginSettings.builder()
            .failuresToOpen(1)
            .minBackOff(Duration.ofHours(1))
            .maxBackOff(Duration.ofHours(1))
            .build();
    loopback.start(builder -> builder.originSettings(settings));
    storeAStaleResponse("max-age=60");
    origin().on("/page", (request, connection) -> connection.close());
    RawClient client = loopback.client();

    for (int i = 0; i < 3; i++) {
      assertEquals("stale", client.get("/page").text());
    }

    assertEquals(2, origin().requests().size());
  }

  @Test
  @DisplayName("an origin that says nothing in time is 504, for the followers as well")
  void silence_is504() throws Exception {
    TestProxy proxy = loopback.start(b -> b.originHeadTimeout(Duration.ofMillis(300)));
    origin().on("/page", (request, connection) -> connection.awaitClosed());
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(loopback.client().send(RawClient.request("GET", "/page")));
    }
    proxy.awaitRequests(3);

    for (RawClient client : clients) {
      assertEquals(504, client.receive().status());
    }
    assertEquals(1, origin().requests().size(), "no storm");
  }

  @Test
  @DisplayName("an origin that stops in mid-body is cut off after a time")
  void silenceInMidBody_endsUncleanly() throws Exception {
    loopback.start(b -> b.originIdleTimeout(Duration.ofMillis(300)));
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Content-Length: 10"));
              connection.send("01234");
              connection.awaitClosed();
            });

    Response response = loopback.client().get("/page");

    assertEquals("01234", response.text());
    assertFalse(response.isComplete());
  }

  @Test
  @DisplayName("a body slower than the least rate is cut off, not stored, and a failure")
  void bodyBelowTheLeastRate_endsUncleanly() throws Exception {
    OriginSettings settings = OriginSettings.builder().minRate(1_000_000_000).build();
    TestProxy proxy =
        loopback.start(b -> b.originSettings(settings).originIdleTimeout(Duration.ofMillis(100)));
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(
                  origin()
                      .head("200 OK", "Cache-Control: max-age=60", "Content-Length: 100000000"));
              while (true) {
                connection.send("a");
              }
            });

    Response response = loopback.client().get("/page");

    assertFalse(response.isComplete());
    proxy.awaitSettled();
    assertEquals(0, proxy.statistics().storedResources());
    assertEquals(1, proxy.proxy().originStatistics().get(0).failures());
  }

  /** Answers once, keeping the connection, and closes it when the next request has come. */
  private Answer dyingWhenUsedAgain(int[] requestsOnConnection) {
    return (request, connection) -> {
      if (++requestsOnConnection[0] == 2) {
        connection.close();
        return;
      }
      origin().answer("200 OK", "answer " + requestsOnConnection[0]).give(request, connection);
    };
  }

  @Test
  @DisplayName("RFC 9112 §9.3.1: a kept connection that dies when used: GET is sent once more")
  void keptConnectionDies_get_isRetried() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    origin().on("/page", dyingWhenUsedAgain(new int[1]));
    RawClient client = loopback.client();
    client.get("/page");

    Response response = client.get("/page");

    assertEquals(200, response.status());
    assertEquals("answer 3", response.text());
    assertEquals(3, origin().requests().size());
    assertEquals(2, origin().accepted());
  }

  @Test
  @DisplayName("RFC 9110 §9.2.2: what may not be sent twice is sent over a new connection, once")
  void keptConnectionsDie_posts_areAnsweredAndArriveOnce() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    Set<ScriptedOrigin.Connection> used = ConcurrentHashMap.newKeySet();
    origin()
        .on(
            "/page",
            (request, connection) -> {
              if (used.add(connection)) {
                origin().answer("200 OK", request.text()).give(request, connection);
              } else {
                connection.close();
              }
            });
    RawClient client = loopback.client();
    assertEquals(200, client.get("/page").status());

    for (int i = 0; i < 200; i++) {
      Response response = client.post("/page", "n=" + i);
      assertEquals(200, response.status(), "POST " + i);
      assertEquals("n=" + i, response.text());
    }

    List<String> posted =
        origin().requests("/page").stream()
            .filter(request -> request.method().equals("POST"))
            .map(ScriptedOrigin.Request::text)
            .toList();
    assertEquals(IntStream.range(0, 200).mapToObj(i -> "n=" + i).toList(), posted);
  }

  @Test
  @DisplayName("RFC 9110 §9.2.2: so are a POST without content and a PUT, whose content is gone")
  void keptConnection_requestThatIsNotRepeatable_doesNotUseIt() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    origin().ok("/page", "hello");
    RawClient client = loopback.client();
    client.get("/page");

    client.send(RawClient.request("POST", "/page", "Content-Length: 0")).receive("POST");
    assertEquals(2, origin().accepted());
    client.send(RawClient.request("PUT", "/page", "Content-Length: 1") + "a").receive("PUT");
    assertEquals(3, origin().accepted());
    client.send(RawClient.request("DELETE", "/page")).receive("DELETE");
    assertEquals(3, origin().accepted());
  }

  @Test
  @DisplayName("RFC 9110 §9.2.2: POST is not sent once more")
  void connectionDies_post_isNotRetried() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    origin().on("/page", (request, connection) -> connection.close());

    Response response = loopback.client().post("/page", "a=1");

    assertEquals(502, response.status());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("a connection that was new for a POST is kept for what comes after it")
  void connectionOfPost_isKept() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    origin().ok("/page", "hello");
    RawClient client = loopback.client();

    client.post("/page", "a=1");
    client.get("/page");

    assertEquals(1, origin().accepted());
  }

  @Test
  @DisplayName("a connection that the origin closed while idle is replaced")
  void idleConnectionClosedByOrigin_isReplaced() throws Exception {
    loopback.start(/* loops= */ 1, builder -> builder);
    origin()
        .on(
            "/page",
            (request, connection) -> {
              origin().answer("200 OK", "hello").give(request, connection);
              connection.close();
            });
    RawClient client = loopback.client();

    for (int i = 1; i <= 5; i++) {
      assertEquals("hello", client.get("/page").text());
      Gate.awaitTrue("the close", () -> origin().open() == 0);
      // One turn of the event loop: then it has seen the close.
      client.get("/page", "Cache-Control: only-if-cached");
    }
    assertEquals(5, origin().accepted());
  }

  private void storeAStaleResponse(String cacheControl) throws Exception {
    origin().ok("/page", "stale", "Cache-Control: " + cacheControl, "ETag: \"v1\"");
    loopback.client().get("/page");
    loopback.clock().advanceSeconds(61);
  }

  @Test
  @DisplayName("RFC 9111 §4.2.4: stale, while the origin cannot be reached")
  void originDown_staleWithValidator_isServedStale() throws Exception {
    loopback.start();
    storeAStaleResponse("max-age=60");
    origin().on("/page", (request, connection) -> connection.close());

    Response response = loopback.client().get("/page");

    assertEquals(200, response.status());
    assertEquals("stale", response.text());
    assertEquals("61", response.field("Age"));
    String cacheStatus = String.valueOf(response.cacheStatus());
    assertTrue(cacheStatus.contains("detail=origin-unreachable"), cacheStatus);
    assertTrue(cacheStatus.contains("ttl=-1"), cacheStatus);
  }

  @ParameterizedTest
  @DisplayName("RFC 9111 §4.2.4: MUST NOT serve stale where the origin forbids it")
  @CsvSource({
    "'max-age=60, must-revalidate'",
    "'max-age=60, proxy-revalidate'",
    "s-maxage=60",
    "'max-age=60, stale-if-error=0'",
  })
  void originDown_staleForbidden_is502(String cacheControl) throws Exception {
    loopback.start();
    storeAStaleResponse(cacheControl);
    origin().on("/page", (request, connection) -> connection.close());

    assertEquals(502, loopback.client().get("/page").status());
  }

  @ParameterizedTest
  @DisplayName("RFC 5861 §4: stale-if-error covers a server error, too")
  @CsvSource({"'max-age=60, stale-if-error=30', 200, stale", "max-age=60, 503, busy"})
  void serverError_staleIfError_decides(String cacheControl, int status, String text)
      throws Exception {
    loopback.start();
    storeAStaleResponse(cacheControl);
    origin().on("/page", origin().answer("503 Service Unavailable", "busy"));

    Response response = loopback.client().get("/page");

    assertEquals(status, response.status());
    assertEquals(text, response.text());
  }

  @Test
  @DisplayName("a validation that ends in mid-body: no clean end, the old response stays usable")
  void validation_thatEndsEarly_isUncleanAndKeepsTheOld() throws Exception {
    TestProxy proxy = loopback.start();
    storeAStaleResponse("max-age=60");
    origin()
        .on(
            "/page",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Content-Length: 10"));
              connection.send("new");
              connection.close();
            });

    Response broken = loopback.client().get("/page");

    assertFalse(broken.isComplete());
    proxy.awaitSettled();
    origin().on("/page", (request, connection) -> connection.close());
    assertEquals("stale", loopback.client().get("/page").text());
  }
}
