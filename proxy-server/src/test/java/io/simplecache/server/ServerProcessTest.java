package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.NetUtil;
import io.simplecache.demo.DemoOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ServerProcessTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return client.send(request(port, path), BodyHandlers.ofString());
  }

  private static HttpRequest request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
  }

  private static String cacheStatus(HttpResponse<?> response) {
    return response.headers().firstValue("cache-status").orElse("");
  }

  @Test
  void demo_secondRequest_isServedByTheCache() throws Exception {
    try (ServerProcess server = new ServerProcess("--demo", "--demo-port=0")) {
      HttpResponse<String> first = get(server.port(), "/");
      assertEquals("simple-cache; fwd=uri-miss; fwd-status=200; stored", cacheStatus(first));
      server.awaitLine("MISS");

      HttpResponse<String> second = get(server.port(), "/");
      assertTrue(cacheStatus(second).startsWith("simple-cache; hit; ttl="), cacheStatus(second));
      assertEquals(first.body(), second.body());
      server.awaitLine("HIT");

      HttpResponse<String> counts = get(server.port(), "/_counts");
      assertTrue(
          counts.body().contains("\"/\": 1") || counts.body().contains("\"/\":1"), counts.body());
    }
  }

  @Test
  void demo_browsersReload_isServedByTheCache() throws Exception {
    try (ServerProcess server = new ServerProcess("--demo", "--demo-port=0")) {
      get(server.port(), "/");
      HttpRequest reload =
          HttpRequest.newBuilder(request(server.port(), "/").uri())
              .header("Cache-Control", "max-age=0")
              .build();
      HttpResponse<String> second = client.send(reload, BodyHandlers.ofString());
      assertTrue(cacheStatus(second).contains("; hit"), cacheStatus(second));
    }
  }

  @Test
  void terminate_idle_exitsWith0() throws Exception {
    try (ServerProcess server = new ServerProcess("--demo", "--demo-port=0")) {
      get(server.port(), "/");
      server.terminate();
      assertEquals(0, server.awaitExit());
    }
  }

  @Test
  void terminate_requestUnderWay_isAnsweredFirst() throws Exception {
    try (DemoOrigin origin = DemoOrigin.builder().port(0).start();
        ServerProcess server =
            new ServerProcess("--access-log", "--origin=http://127.0.0.1:" + origin.port())) {
      // What is complete by now was answered before the other one asked.
      get(server.port(), "/demo/max-age/60");
      CompletableFuture<HttpResponse<String>> slow =
          client.sendAsync(request(server.port(), "/demo/delay/1500"), BodyHandlers.ofString());
      awaitRequest(origin, "/demo/delay/1500", slow);
      server.terminate();

      HttpResponse<String> response = slow.get();
      assertEquals(200, response.statusCode());
      assertEquals("close", response.headers().firstValue("connection").orElse(""));
      assertEquals(0, server.awaitExit());
      assertThrows(ConnectException.class, () -> get(server.port(), "/"));
    }
  }

  /** The origin counts a request when it has read it, before it answers. */
  private static void awaitRequest(DemoOrigin origin, String path, CompletableFuture<?> pending) {
    while (origin.counts().of(path) == 0 && !pending.isDone()) {
      Thread.onSpinWait();
    }
    assertFalse(pending.isDone());
  }

  @Test
  void hangUp_readsTheFileAgain_andKeepsWhatIsStored(@TempDir Path directory) throws Exception {
    try (DemoOrigin origin = DemoOrigin.builder().port(0).start()) {
      String settings = "origin: http://127.0.0.1:" + origin.port() + "\n";
      Path file = Files.writeString(directory.resolve("cache.yaml"), settings);
      try (ServerProcess server = new ServerProcess("--config=" + file)) {
        get(server.port(), "/demo/max-age/600");

        Files.writeString(file, settings + "bypass: /demo/delay/*\nthreads: 1\nsort-qery: true\n");
        server.signal("HUP");
        server.awaitLine("reload: nothing changed, cache.yaml:4:1: sort-qery: no such setting");

        Files.writeString(file, "# only half written\n");
        server.signal("HUP");
        server.awaitLine("reload: nothing changed, --config: " + file + ": sets nothing");

        Files.writeString(file, settings + "bypass: /demo/delay/*\nthreads: 1\n");
        server.signal("HUP");
        server.awaitLine("; after a restart: threads");
        assertTrue(
            cacheStatus(get(server.port(), "/demo/delay/1"))
                .startsWith("simple-cache; fwd=bypass"));
        assertTrue(cacheStatus(get(server.port(), "/demo/max-age/600")).contains("; hit"));
      }
    }
  }

  @Test
  void hangUp_readsTheTokenAgain(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "a-token-of-some-length\n");
    try (ServerProcess server = new ServerProcess("--admin-port=0", "--admin-token-file=" + file)) {
      String line = server.awaitLine("admin  http://127.0.0.1:");
      int admin = Integer.parseInt(line.replaceAll(".*:(\\d+)/", "$1"));
      assertEquals(200, statisticsStatus(admin, "a-token-of-some-length"));

      Files.writeString(file, "another-token-of-length\n");
      server.signal("HUP");
      server.awaitLine("reload: in force");

      assertEquals(401, statisticsStatus(admin, "a-token-of-some-length"));
      assertEquals(200, statisticsStatus(admin, "another-token-of-length"));
    }
  }

  private int statisticsStatus(int admin, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(request(admin, "/statistics").uri())
            .header("Authorization", "Bearer " + token)
            .build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  @Test
  void host_ofIpv6_isAnnouncedInBrackets() throws Exception {
    assumeTrue(hasIpv6(), "there is no IPv6 here");
    try (ServerProcess server =
        new ServerProcess("--host=::1", "--admin-port=0", "--admin-host=::1")) {
      server.awaitLine("admin  http://[::1]:");
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket loopback = new ServerSocket(0, 1, NetUtil.LOCALHOST6)) {
      return loopback.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void hangUp_opensTheAccessLogAnew(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("access.log");
    try (ServerProcess server =
        new ServerProcess("--demo", "--demo-port=0", "--access-log-file=" + file)) {
      get(server.port(), "/");
      Files.move(file, directory.resolve("moved.log"));
      server.signal("HUP");
      server.awaitLine("reload: in force");
      get(server.port(), "/style.css");
      server.terminate();
      assertEquals(0, server.awaitExit());
    }
    assertTrue(Files.readString(file).contains("/style.css"), Files.readString(file));
  }

  @Test
  void hangUp_ignoredFromTheBeginning_isSaid() throws Exception {
    List<String> nohup = List.of("sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh");
    try (ServerProcess server = new ServerProcess(nohup, "--demo", "--demo-port=0")) {
      String all = String.join("\n", server.output()) + server.awaitLine("Open  http://");
      assertTrue(all.contains("SIGHUP is ignored, as under nohup: use POST /reload"), all);
      // That is the custom in the background of a script, and SIGTERM is heard.
      assertFalse(all.contains("SIGINT"), all);
      assertFalse(all.contains("SIGTERM"), all);
    }
  }

  /** The settings come by a pipe, so the program waits for them, and for the signal before them. */
  @Test
  void hangUp_beforeThereIsAnythingToReload_endsNothing(@TempDir Path directory) throws Exception {
    Path pipe = directory.resolve("pipe");
    Path pid = directory.resolve("pid");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process writer =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec 3> \"$1\"; kill -HUP $(cat \"$2\"); echo 'origin: http://localhost:1' >&3",
                "sh",
                pipe.toString(),
                pid.toString())
            .start();
    List<String> starter = List.of("sh", "-c", "echo $$ > " + pid + "; exec \"$@\"", "sh");
    try (ServerProcess server = new ServerProcess(starter, "--config=" + pipe)) {
      assertTrue(server.isAlive());
      assertEquals(0, writer.waitFor());
    }
  }

  @Test
  void terminate_twice_endsAtOnce() throws Exception {
    try (DemoOrigin origin = DemoOrigin.builder().port(0).start();
        ServerProcess server = new ServerProcess("--origin=http://127.0.0.1:" + origin.port())) {
      CompletableFuture<HttpResponse<String>> slow =
          client.sendAsync(request(server.port(), "/demo/delay/20000"), BodyHandlers.ofString());
      awaitRequest(origin, "/demo/delay/20000", slow);
      server.signal("TERM");
      server.awaitLine("SIGTERM");
      server.signal("TERM");

      assertEquals(128 + 15, server.awaitExit());
      assertThrows(ExecutionException.class, slow::get);
    }
  }

  @Test
  void port_isFreeAtOnce() throws Exception {
    int port;
    try (ServerProcess server = new ServerProcess("--demo", "--demo-port=0")) {
      port = server.port();
      get(port, "/");
      server.terminate();
      assertEquals(0, server.awaitExit());
    }
    try (ServerProcess next = new ServerProcess("--port=" + port, "--demo", "--demo-port=0")) {
      assertEquals(200, get(next.port(), "/").statusCode());
    }
  }

  @Test
  void origin_unreachable_is502UntilItIsThere() throws Exception {
    int originPort;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      originPort = free.getLocalPort();
    }
    try (ServerProcess server = new ServerProcess("--origin=http://127.0.0.1:" + originPort)) {
      HttpResponse<String> without = get(server.port(), "/demo/max-age/60");
      assertEquals(502, without.statusCode());
      assertEquals(
          "simple-cache; error=connection_refused",
          without.headers().firstValue("proxy-status").orElse(""));
      try (DemoOrigin origin = DemoOrigin.builder().port(originPort).start()) {
        assertEquals(200, get(server.port(), "/demo/max-age/60").statusCode());
        assertEquals(1, origin.counts().total());
      }
    }
  }

  @Test
  void request_malformed_isRefusedAndClosed() throws Exception {
    try (ServerProcess server = new ServerProcess("--max-target=1KiB", "--max-head=1KiB")) {
      assertEquals("HTTP/1.1 400", statusOf(server, "GET / HTTP/1.1\r\nHost : x\r\n\r\n"));
      assertEquals("HTTP/1.1 505", statusOf(server, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"));
      String longTarget = "/" + "x".repeat(2000);
      assertEquals(
          "HTTP/1.1 414", statusOf(server, "GET " + longTarget + " HTTP/1.1\r\nHost: x\r\n\r\n"));
      String longField = "x: " + "x".repeat(2000);
      assertEquals(
          "HTTP/1.1 431",
          statusOf(server, "GET / HTTP/1.1\r\nHost: x\r\n" + longField + "\r\n\r\n"));
    }
  }

  /** Sends bytes, reads until the server closes, returns what the status line starts with. */
  private static String statusOf(ServerProcess server, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return all.substring(0, Math.min(12, all.length()));
    }
  }

  @Test
  void admin_listensBesideIt_andItsOwnCommandAsksIt() throws Exception {
    try (ServerProcess server =
        new ServerProcess("--demo", "--demo-port=0", "--admin-port=0", "--purge-method")) {
      String line = server.awaitLine("admin  http://127.0.0.1:");
      int admin = Integer.parseInt(line.replaceAll(".*:(\\d+)/", "$1"));
      get(server.port(), "/demo/max-age/60");

      HttpResponse<String> purged =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://localhost:" + server.port() + "/demo/max-age/60"))
                  .method("PURGE", HttpRequest.BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofString());

      assertEquals("{\"soft\":false,\"responses\":1}", purged.body());
      String metrics = get(admin, "/metrics").body();
      assertTrue(metrics.contains("simple_cache_requests_total{"), metrics);
      assertTrue(
          metrics.contains("simple_cache_build_info{version=\"" + Version.number()), metrics);
      assertEquals("{\"status\":\"ready\"}", get(admin, "/ready").body());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int code =
          Main.run(
              new String[] {
                "explain",
                "http://localhost:" + server.port() + "/",
                "--admin=http://localhost:" + admin
              },
              Map.of(),
              new PrintStream(out, true, StandardCharsets.UTF_8),
              System.err);
      assertEquals(0, code);
      String said = out.toString(StandardCharsets.UTF_8);
      assertTrue(said.startsWith("MISS"), said);
    }
  }
}
