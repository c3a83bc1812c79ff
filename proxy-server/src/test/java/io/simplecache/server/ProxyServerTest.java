package io.simplecache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import io.simplecache.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The listener's sockets: half-closed ones, draining, and starting again; on each transport. */
@Timeout(60)
class ProxyServerTest {
  private DemoOrigin origin;

  @SuppressWarnings("NullAway.Init") // Each test starts it, on its transport.
  private ProxyServer server;

  @BeforeEach
  void startOrigin() throws IOException {
    origin = DemoOrigin.builder().port(0).start();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ofSeconds(5));
    origin.close();
  }

  static Stream<Transport> transports() {
    return Stream.of(Transport.EPOLL, Transport.NIO).filter(Transport::isAvailable);
  }

  private void start(Transport transport, int port) throws IOException {
    start(transport, port, /* threads= */ 2);
  }

  private CachingProxy start(Transport transport, int port, int threads) throws IOException {
    CachingProxy proxy = CachingProxy.builder().origin("http://127.0.0.1:" + origin.port()).build();
    server =
        ProxyServer.start(
            proxy,
            new ProxyServer.Listener("127.0.0.1", port, threads, transport, /* purgers= */ null));
    return proxy;
  }

  private static String request(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  /** Sends all, says that nothing follows, and returns all that comes until the server closes. */
  private String sendAndEnd(String bytes) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(10_000);
      client.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      client.shutdownOutput();
      return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static int answers(String text) {
    return text.split("HTTP/1\\.1 200 ", -1).length - 1;
  }

  @ParameterizedTest
  @MethodSource("transports")
  void client_endsItsSideAfterTheRequest_isAnswered(Transport transport) throws Exception {
    start(transport, /* port= */ 0);
    String slow = sendAndEnd(request("/demo/delay/300"));
    assertEquals(1, answers(slow), slow);
    String hit = sendAndEnd(request("/demo/max-age/60"));
    assertEquals(1, answers(hit), hit);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void client_endsItsSideAfterSeveral_allAreAnswered(Transport transport) throws Exception {
    start(transport, /* port= */ 0);
    String text =
        sendAndEnd(
            request("/demo/max-age/60") + request("/demo/delay/200") + request("/demo/max-age/60"));
    assertEquals(3, answers(text), text);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void client_endsItsSideWithinARequest_isNotAnsweredAsIfItWereOne(Transport transport)
      throws Exception {
    start(transport, /* port= */ 0);
    String head = "POST /demo/delay/100 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n";
    assertEquals("", sendAndEnd(head));
    String body = sendAndEnd(head + "\r\n12345");
    assertTrue(body.startsWith("HTTP/1.1 400 "), body);
    assertEquals("", sendAndEnd(""));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void start_againOnTheSamePort_listensAtOnce(Transport transport) throws Exception {
    start(transport, /* port= */ 0);
    int port = server.port();
    for (int i = 0; i < 3; i++) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertEquals(200, get(client, "/demo/max-age/60"));
        server.stop(Duration.ofSeconds(5));
        // The server has closed first: the port has a connection in TIME_WAIT now.
        start(transport, port);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void stop_underLoad_failsNoRequest(Transport transport) throws Exception {
    start(transport, /* port= */ 0);
    int clients = 8;
    CountDownLatch allRun = new CountDownLatch(clients);
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<Future<Integer>> runs = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      runs.add(threads.submit(() -> askUntilClosed(allRun)));
    }
    allRun.await();

    server.stop(Duration.ofSeconds(10));

    for (Future<Integer> run : runs) {
      assertTrue(asked(run) > 0);
    }
    threads.shutdown();
  }

  private static int asked(Future<Integer> run) throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a request failed", e.getCause());
    }
  }

  /** Asks until a response says that the connection is closed; returns how often. */
  private int askUntilClosed(CountDownLatch running) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(10_000);
      for (int count = 1; ; count++) {
        client.getOutputStream().write(request("/demo/max-age/60").getBytes(ISO_8859_1));
        boolean closes = receive(client.getInputStream()).contains("\r\nconnection: close\r\n");
        if (count == 1) {
          running.countDown();
        }
        if (closes) {
          assertEquals(-1, client.getInputStream().read());
          return count;
        }
      }
    }
  }

  private static int get(Socket client, String target) throws IOException {
    client.setSoTimeout(10_000);
    client.getOutputStream().write(request(target).getBytes(ISO_8859_1));
    return Integer.parseInt(receive(client.getInputStream()).substring(9, 12));
  }

  /** Reads one response with a length; returns its head. */
  private static String receive(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed instead of a response, after: " + head);
      }
      head.append((char) b);
    }
    int at = head.indexOf("content-length: ") + "content-length: ".length();
    in.skipNBytes(Long.parseLong(head.substring(at, head.indexOf("\r\n", at))));
    return head.toString();
  }

  /** Between two rounds of an event loop several are accepted, or those who came last starve. */
  @ParameterizedTest
  @MethodSource("transports")
  void connections_manyAtOnce_areAcceptedInFewRounds(Transport transport) throws Exception {
    int count = 200;
    CachingProxy proxy = start(transport, /* port= */ 0, /* threads= */ 1);
    EventLoop loop = server.eventLoops().next();
    CountDownLatch allWait = new CountDownLatch(1);
    CompletableFuture<Integer> accepted = new CompletableFuture<>();
    Runnable rounds =
        new Runnable() {
          private int round;

          @Override
          public void run() {
            round++;
            if (proxy.statistics().connections() == count) {
              accepted.complete(round);
            } else {
              // A scheduled task is taken up in the next round, not in this one.
              var unused = loop.schedule(this, 1, TimeUnit.NANOSECONDS);
            }
          }
        };
    loop.execute(
        () -> {
          try {
            allWait.await();
          } catch (InterruptedException e) {
            accepted.completeExceptionally(e);
          }
          rounds.run();
        });
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
    }
    allWait.countDown();
    int taken = accepted.get(20, TimeUnit.SECONDS);
    assertTrue(taken <= count / 4, taken + " rounds");
    for (Socket client : clients) {
      client.close();
    }
  }
}
