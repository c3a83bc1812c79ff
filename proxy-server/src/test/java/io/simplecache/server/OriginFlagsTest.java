package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.simplecache.demo.DemoOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the origin may be asked, and what follows when it fails, as flags of the program say. */
@Timeout(90)
class OriginFlagsTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private CompletableFuture<HttpResponse<String>> ask(ServerProcess server, String path) {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    return client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static String retryAfter(HttpResponse<?> response) {
    return response.headers().firstValue("retry-after").orElse("");
  }

  @Test
  void fetchesAndQueue_full_theNextGets503() throws Exception {
    try (HeldOrigin origin = new HeldOrigin();
        ServerProcess server =
            new ServerProcess(
                "--origin=http://127.0.0.1:" + origin.port(),
                "--origin-max-fetches=1",
                "--origin-max-queued=1")) {
      CompletableFuture<HttpResponse<String>> fetched = ask(server, "/fetched");
      origin.asked.await();

      // One of these waits for its place, which only the other's refusal tells.
      CompletableFuture<HttpResponse<String>> one = ask(server, "/one");
      CompletableFuture<HttpResponse<String>> other = ask(server, "/other");
      HttpResponse<?> refused = (HttpResponse<?>) CompletableFuture.anyOf(one, other).join();
      assertEquals(503, refused.statusCode());
      assertEquals("1", retryAfter(refused));
      assertEquals(1, origin.paths.size());

      origin.release.countDown();
      assertEquals(200, fetched.get().statusCode());
      assertEquals(703, one.get().statusCode() + other.get().statusCode());
      assertEquals(2, origin.paths.size());
    }
  }

  @Test
  void queueTime_over_gets503() throws Exception {
    try (HeldOrigin origin = new HeldOrigin();
        ServerProcess server =
            new ServerProcess(
                "--origin=http://127.0.0.1:" + origin.port(),
                "--origin-max-fetches=1",
                "--origin-max-queue-time=50ms")) {
      CompletableFuture<HttpResponse<String>> fetched = ask(server, "/fetched");
      origin.asked.await();

      HttpResponse<String> tired = ask(server, "/tired").get();
      assertEquals(503, tired.statusCode());
      assertEquals("1", retryAfter(tired));

      origin.release.countDown();
      assertEquals(200, fetched.get().statusCode());
      assertEquals(1, origin.paths.size());
    }
  }

  @Test
  void failures_soMany_leaveTheOriginAlone() throws Exception {
    int port = freePort();
    try (ServerProcess server =
        new ServerProcess(
            "--origin=http://127.0.0.1:" + port,
            "--origin-failures-to-open=2",
            "--origin-min-back-off=1h",
            "--origin-max-back-off=1h")) {
      assertEquals(502, ask(server, "/a").get().statusCode());
      assertEquals(502, ask(server, "/b").get().statusCode());

      try (DemoOrigin origin = DemoOrigin.builder().port(port).start()) {
        HttpResponse<String> refused = ask(server, "/demo/max-age/60").get();
        assertEquals(503, refused.statusCode());
        assertEquals("1", retryAfter(refused));
        assertEquals(0, origin.counts().total());
      }
    }
  }

  @Test
  void failures_backOffOver_asksAgain() throws Exception {
    int port = freePort();
    try (ServerProcess server =
        new ServerProcess(
            "--origin=http://127.0.0.1:" + port,
            "--origin-failures-to-open=1",
            "--origin-min-back-off=1ms",
            "--origin-max-back-off=1ms")) {
      assertEquals(502, ask(server, "/a").get().statusCode());

      try (DemoOrigin origin = DemoOrigin.builder().port(port).start()) {
        int status = 503;
        while (status == 503) {
          status = ask(server, "/demo/max-age/60").get().statusCode();
        }
        assertEquals(200, status);
        assertEquals(1, origin.counts().total());
      }
    }
  }

  @Test
  void failures_0_neverLeaveTheOriginAlone() throws Exception {
    int port = freePort();
    try (ServerProcess server =
        new ServerProcess("--origin=http://127.0.0.1:" + port, "--origin-failures-to-open=0")) {
      for (int i = 0; i < 20; i++) {
        assertEquals(502, ask(server, "/" + i).get().statusCode());
      }
    }
  }

  @Test
  void retries_0_asksNoOtherOrigin() throws Exception {
    String dead = "--origin=http://127.0.0.1:" + freePort();
    try (DemoOrigin origin = DemoOrigin.builder().port(0).start();
        ServerProcess server =
            new ServerProcess(
                dead, "--origin=http://127.0.0.1:" + origin.port(), "--origin-max-retries=0")) {
      int failed = 0;
      for (int i = 0; i < 8; i++) {
        failed += ask(server, "/demo/max-age/60?" + i).get().statusCode() == 502 ? 1 : 0;
      }
      assertTrue(failed > 0, "the dead one was never asked");
      assertEquals(8, failed + origin.counts().total());
    }
  }

  @Test
  void healthPath_isAskedFor() throws Exception {
    try (HeldOrigin origin = new HeldOrigin();
        ServerProcess server =
            new ServerProcess(
                "--origin=http://127.0.0.1:" + origin.port(),
                "--health-path=/health",
                "--health-interval=100ms")) {
      origin.release.countDown();
      assertEquals(200, ask(server, "/").get().statusCode());
      while (!origin.paths.contains("/health")) {
        Thread.onSpinWait();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** An origin that answers nobody until it is told to. */
  private static final class HeldOrigin implements AutoCloseable {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final Queue<String> paths = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    HeldOrigin() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
      server.setExecutor(threads);
      server.createContext("/", this::answer);
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      paths.add(exchange.getRequestURI().getPath());
      asked.countDown();
      try (exchange) {
        release.await();
        exchange.sendResponseHeaders(200, /* responseLength= */ -1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      release.countDown();
      server.stop(/* delay= */ 0);
      threads.shutdown();
    }
  }
}
