package io.simplecache.demo;

import static io.simplecache.demo.TestOrigin.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
final class OriginHandlerTest {
  private TestOrigin origin;

  @BeforeEach
  void start() throws IOException {
    origin = new TestOrigin(/* root= */ null);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void request_isPrinted() throws Exception {
    int bytes = origin.get("/story.html").body().length();
    String line = origin.nextLine();
    String expected =
        "main server  \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  GET /story.html  200  %,d bytes"
            .formatted(bytes);
    assertTrue(line.matches(expected), line);
  }

  @Test
  void requests_areCountedByPath() throws Exception {
    origin.get("/story.html");
    origin.get("/story.html?again");
    origin.get("/demo/no-store");
    HttpResponse<String> counts = origin.get("/_counts");
    assertEquals(
        "{\"total\": 3, \"paths\": {\"/demo/no-store\": 1, \"/story.html\": 2}}\n", counts.body());
    assertEquals("application/json", field(counts, "Content-Type"));
    assertEquals("no-store", field(counts, "Cache-Control"));
    assertEquals(Map.of("/demo/no-store", 1L, "/story.html", 2L), origin.origin.counts().paths());
  }

  @Test
  void counts_areResetByDelete() throws Exception {
    origin.get("/story.html");
    assertEquals(204, origin.send("DELETE", "/_counts", "").statusCode());
    assertEquals("{\"total\": 0, \"paths\": {}}\n", origin.get("/_counts").body());
    assertEquals(405, origin.send("POST", "/_counts", "x").statusCode());
  }

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    int number = 2_000;
    for (int i = 0; i < number; i++) {
      requests.append("GET /demo/status/404?").append(i).append(" HTTP/1.1\r\nHost: demo\r\n\r\n");
    }
    requests.append("GET /demo/echo HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n");
    try (RawClient client = new RawClient(origin.port())) {
      Thread sender = new Thread(() -> sendQuietly(client, requests.toString()));
      sender.start();
      String answers = client.readAll();
      sender.join();
      int position = 0;
      for (int i = 1; i <= number; i++) {
        position = answers.indexOf("\nanswer number " + i + "\n", position);
        assertTrue(position >= 0, "answer " + i);
      }
      assertTrue(answers.endsWith("\n\n0 bytes of body\n"));
    }
  }

  private static void sendQuietly(RawClient client, String bytes) {
    try {
      client.send(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void bodyInSmallChunks_isCounted() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send(
          "POST /demo/echo HTTP/1.1\r\n"
              + "Host: demo\r\n"
              + "Transfer-Encoding: chunked\r\n"
              + "Connection: close\r\n\r\n"
              + "1\r\nx\r\n".repeat(10_000)
              + "0\r\n\r\n");
      assertTrue(client.readAll().endsWith("\n10000 bytes of body\n"));
    }
  }

  @Test
  void expectContinue_isAnswered() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send(
          "POST /demo/echo HTTP/1.1\r\n"
              + "Host: demo\r\n"
              + "Expect: 100-continue\r\n"
              + "Content-Length: 4\r\n"
              + "Connection: close\r\n\r\n");
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.readHead());
      client.send("body");
      assertTrue(client.readHead().startsWith("HTTP/1.1 200 OK\r\n"));
      assertTrue(client.readAll().endsWith("\n4 bytes of body\n"));
    }
  }

  @Test
  void http10_isKeptAliveIfAsked() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send("GET /demo/size/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertTrue(client.readHead().contains("connection: keep-alive\r\n"));
      assertEquals("012", client.read(3));
      client.send("GET /demo/size/3 HTTP/1.0\r\n\r\n");
      assertTrue(client.readHead().contains("connection: close\r\n"));
      assertEquals("012", client.readAll());
    }
  }

  @Test
  void absoluteForm_isUnderstood() throws Exception {
    String response =
        RawClient.exchange(origin.port(), "GET http://demo:80/demo/status/404?a HTTP/1.1");
    assertTrue(response.startsWith("HTTP/1.1 404 "), response);
    assertTrue(response.contains("\r\n\r\n/demo/status/404\n"), response);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "POST /demo/echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /demo/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      })
  void badRequest_isAnsweredAndClosed(String request) throws Exception {
    assertTrue(exchangeRaw(request).startsWith("HTTP/1.1 400 "));
    assertTrue(origin.nextLine().endsWith("(not understood)  400  0 bytes"));
  }

  @Test
  void tooLong_isAnsweredAndClosed() throws Exception {
    String long9k = "x".repeat(9 * 1024);
    assertTrue(
        exchangeRaw("GET /" + long9k + " HTTP/1.1\r\nHost: a\r\n\r\n").startsWith("HTTP/1.1 414 "));
    String fields = ("X: " + long9k + "\r\n").repeat(4);
    assertTrue(
        exchangeRaw("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").startsWith("HTTP/1.1 431 "));
  }

  private String exchangeRaw(String request) throws IOException {
    try (RawClient client = new RawClient(origin.port())) {
      return client.send(request).readAll();
    }
  }

  @Test
  void close_endsConnections() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send("GET /demo/slow/1m/10 HTTP/1.1\r\nHost: demo\r\n\r\n").readHead();
      origin.close();
      client.readAll();
    }
    assertThrows(IOException.class, () -> origin.get("/"));
  }

  /** As at the end of the process: a signal closes it, and so does who waited for that. */
  @RepeatedTest(3)
  void close_bySeveralThreadsAtOnce_allReturn() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      clients.add(new RawClient(origin.port()));
      clients.get(i).send("GET /demo/no-store HTTP/1.1\r\nHost: demo\r\n\r\n").readHead();
    }
    List<Thread> closing = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closing.add(new Thread(origin.origin::close));
    }
    closing.forEach(Thread::start);
    for (Thread thread : closing) {
      thread.join(10_000);
      assertFalse(thread.isAlive(), () -> List.of(thread.getStackTrace()).toString());
    }
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void severalOrigins_liveSideBySide() throws Exception {
    try (TestOrigin other = new TestOrigin(/* root= */ null)) {
      other.get("/demo/no-store");
      assertEquals(1, other.origin.counts().total());
      assertEquals(0, origin.origin.counts().total());
    }
  }
}
