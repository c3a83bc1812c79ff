package io.simplecache.origin;

import static io.simplecache.origin.RawOrigin.SILENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.message.ResponseHead;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NotYetConnectedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The client against an origin that sends exact bytes. */
@Timeout(30)
class OriginClientTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private static final Resolvers RESOLVERS = new Resolvers();

  private final EventLoop loop = GROUP.next();

  @AfterAll
  static void stop() {
    RESOLVERS.close();
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static OriginClient client(int port, Duration headTimeout, Duration idleTimeout) {
    return new OriginClient(
        Configs.of(UnaryOperator.identity(), headTimeout, idleTimeout, port),
        RESOLVERS,
        new Origins());
  }

  private static OriginClient client(RawOrigin origin) {
    return client(origin.port(), LONG, LONG);
  }

  private String fetch(OriginClient client, HttpMethod method) throws Exception {
    FetchRecorder recorder = new FetchRecorder();
    loop.submit(() -> start(client, method, recorder)).get();
    return recorder.over.get(5, TimeUnit.SECONDS);
  }

  private OriginFetch start(OriginClient client, HttpMethod method, FetchRecorder recorder) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/");
    request.headers().set(HttpHeaderNames.HOST, "a");
    boolean retryable = method.equals(HttpMethod.GET);
    return (OriginFetch) client.fetch(loop, request, /* hasBody= */ false, retryable, recorder);
  }

  private String fetch(OriginClient client) throws Exception {
    return fetch(client, HttpMethod.GET);
  }

  private static void close(OriginClient client) {
    client.close().syncUninterruptibly();
  }

  static List<Arguments> responses() {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    String length = "HTTP/1.1 200 OK\r\nContent-Length: ";
    return List.of(
        Arguments.of("length", OK, "200 [ok] end"),
        Arguments.of("length 0", length + "0\r\n\r\n", "200 [] end"),
        Arguments.of("chunked", chunked + "2\r\nok\r\n0\r\n\r\n", "200 [ok] end"),
        Arguments.of("trailers", chunked + "2\r\nok\r\n0\r\nX-A: b\r\n\r\n", "200 [ok|X-A] end"),
        Arguments.of("until closed", "HTTP/1.1 200 OK\r\n\r\nok", "200 [ok] end"),
        Arguments.of("until closed, 1.0", "HTTP/1.0 200 OK\r\n\r\nok", "200 [ok] end"),
        Arguments.of("204", "HTTP/1.1 204 No Content\r\n\r\n", "204 [] end"),
        Arguments.of("304", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "304 [] end"),
        Arguments.of(
            "304 with a length",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "304 [] end"),
        Arguments.of("100", "HTTP/1.1 100 Continue\r\n\r\n" + OK, "100 200 [ok] end"),
        Arguments.of(
            "103 twice",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(2) + OK,
            "103 103 200 [ok] end"),
        Arguments.of(
            "§5.1 space before colon",
            "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
            "200 [ok] end"),
        Arguments.of("no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 [] end"),
        Arguments.of(
            "unknown status", "HTTP/1.1 299 X\r\nContent-Length: 0\r\n\r\n", "299 [] end"));
  }

  static List<Arguments> failures() {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    return List.of(
        Arguments.of("early end, length", OK.substring(0, OK.length() - 1), "200 [o] !TRUNCATED"),
        Arguments.of("early end, chunk", chunked + "5\r\nok", "200 [ok] !TRUNCATED"),
        Arguments.of("early end, no last chunk", chunked + "2\r\nok\r\n", "200 [ok] !TRUNCATED"),
        Arguments.of("early end, last chunk", chunked + "2\r\nok\r\n0\r\n", "200 [ok] !TRUNCATED"),
        Arguments.of("bad chunk size", chunked + "x\r\nok\r\n0\r\n\r\n", "200 [] !TRUNCATED"),
        Arguments.of("early end, head", "HTTP/1.1 200 OK\r\nContent-Le", "!INVALID_RESPONSE"),
        Arguments.of("early end, line", "HTTP/1.1 2", "!CLOSED_EARLY"),
        Arguments.of("no HTTP", "hello\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("status no number", "HTTP/1.1 abc OK\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("status 99", "HTTP/1.1 99 X\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("status 600", "HTTP/1.1 600 X\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("version 2.0", "HTTP/2.0 200 OK\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("bad name", "HTTP/1.1 200 OK\r\nX(A): b\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of("bad value", "HTTP/1.1 200 OK\r\nX-A: \u0001\r\n\r\n", "!INVALID_RESPONSE"),
        Arguments.of(
            "two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "length no number",
            "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "negative length",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "length and chunks",
            chunked.replace("OK", "OK\r\nContent-Length: 2") + "2\r\nok\r\n0\r\n\r\n",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "other coding",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "head too big",
            "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(9000) + "\r\n\r\n",
            "!INVALID_RESPONSE"),
        Arguments.of(
            "flood of 1xx",
            "HTTP/1.1 103 X\r\n\r\n".repeat(100) + OK,
            "103 ".repeat(32) + "!INVALID_RESPONSE"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"responses", "failures"})
  void fetch_oneResponse_isTold(String name, String response, String expected) throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of(response))) {
      OriginClient client = client(origin);
      assertEquals(expected, fetch(client), name);
      close(client);
    }
  }

  @Test
  void fetch_head_hasNoBodyWhateverItsLength() throws Exception {
    String head = OK.substring(0, OK.length() - 2);
    try (RawOrigin origin = new RawOrigin(List.of(head, OK))) {
      OriginClient client = client(origin);
      assertEquals("200 [] end", fetch(client, HttpMethod.HEAD));
      assertEquals("200 [ok] end", fetch(client));
      assertEquals(List.of("0 HEAD / HTTP/1.1", "0 GET / HTTP/1.1"), origin.requests());
      close(client);
    }
  }

  static List<Arguments> reuse() {
    return List.of(
        Arguments.of("kept", OK, 0),
        Arguments.of(
            "1.0 kept", OK.replace("1.1 200 OK", "1.0 200 OK\r\nConnection: keep-alive"), 0),
        Arguments.of("304", "HTTP/1.1 304 Not Modified\r\n\r\n", 0),
        Arguments.of("close", OK.replace("200 OK", "200 OK\r\nConnection: close"), 1),
        Arguments.of("1.0", OK.replace("1.1", "1.0"), 1),
        Arguments.of("surplus bytes", OK + "surplus", 1),
        Arguments.of("surplus response", OK + OK.replace("ok", "no"), 1),
        Arguments.of("surplus after 204", "HTTP/1.1 204 No Content\r\n\r\nsurplus", 1),
        Arguments.of("surplus after 304", "HTTP/1.1 304 Not Modified\r\n\r\nsurplus", 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reuse")
  void fetch_second_usesTheConnectionOnlyIfItIsClean(String name, String first, int connection)
      throws Exception {
    List<String> one = connection == 0 ? List.of(first, OK) : List.of(first);
    try (RawOrigin origin = new RawOrigin(one, List.of(OK))) {
      OriginClient client = client(origin);
      fetch(client);
      assertEquals("200 [ok] end", fetch(client), name);
      assertEquals(
          List.of("0 GET / HTTP/1.1", connection + " GET / HTTP/1.1"), origin.requests(), name);
      close(client);
    }
  }

  @Test
  void fetch_keptConnectionIsDead_isRetriedOnce() throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of(OK), List.of(OK))) {
      OriginClient client = client(origin);
      assertEquals("200 [ok] end", fetch(client));
      assertEquals("200 [ok] end", fetch(client));
      close(client);
    }
  }

  @Test
  void fetch_newConnectionIsClosed_isNotRetried() throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of("HTTP"), List.of(OK))) {
      OriginClient client = client(origin);
      assertEquals("!CLOSED_EARLY", fetch(client));
      assertEquals(1, origin.requests().size());
      close(client);
    }
  }

  @Test
  void connection_notKept_isResetSoThatNoPortWaits() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> answerOnce(server));
      OriginClient client =
          new OriginClient(
              Configs.of(s -> s.maxConnectionAge(Duration.ofNanos(1)), server.getLocalPort()),
              RESOLVERS,
              new Origins());
      assertEquals("200 [ok] end", fetch(client));
      assertEquals("Connection reset", end.get(10, TimeUnit.SECONDS));
      close(client);
    }
  }

  /** Answers one request; returns how the connection ends. */
  private static String answerOnce(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.setSoTimeout(10_000);
      RawOrigin.readHead(socket.getInputStream());
      socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
      return "ended by " + socket.getInputStream().read();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Such a channel has no loop, so that its failure comes from another thread. */
  @Test
  void fetch_noDescriptorIsLeft_isToldOnTheLoop() throws Exception {
    OriginClient client = client(/* port= */ 9, LONG, LONG);
    assertEquals("!CONNECT_REFUSED", fetch(client));
    CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
    FetchRecorder recorder =
        new FetchRecorder() {
          @Override
          public void onFailure(OriginFailure failure, String detail) {
            inLoop.complete(loop.inEventLoop());
          }
        };
    List<InputStream> taken = new ArrayList<>();
    try {
      takeAllDescriptors(taken);
      loop.submit(() -> start(client, HttpMethod.GET, recorder)).get();
      inLoop.get(5, TimeUnit.SECONDS);
    } finally {
      for (InputStream one : taken) {
        one.close();
      }
    }
    assertTrue(inLoop.get());
    close(client);
  }

  private static void takeAllDescriptors(List<InputStream> taken) {
    long most =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getMaxFileDescriptorCount();
    assumeTrue(most <= 100_000, "too many descriptors to take them all");
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException none) {
      // As wanted.
    }
  }

  @Test
  void fetch_nobodyListens_isRefused() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    OriginClient client = client(port, LONG, LONG);
    assertEquals("!CONNECT_REFUSED", fetch(client));
    close(client);
  }

  @Test
  void fetch_noHeadInTime_isHeadTimeout() throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of(SILENCE))) {
      OriginClient client = client(origin.port(), SHORT, LONG);
      assertEquals("!HEAD_TIMEOUT", fetch(client));
      close(client);
    }
  }

  @Test
  void fetch_bodyPauses_isIdleTimeout() throws Exception {
    String first = OK.substring(0, OK.length() - 1);
    // The answer to a request that never comes: the connection stays open meanwhile.
    try (RawOrigin origin = new RawOrigin(List.of(first, OK))) {
      OriginClient client = client(origin.port(), LONG, SHORT);
      assertEquals("200 [o] !IDLE_TIMEOUT", fetch(client));
      close(client);
    }
  }

  @Test
  void fetch_clientClosed_isShuttingDown() throws Exception {
    OriginClient client = client(/* port= */ 1, LONG, LONG);
    close(client);
    assertEquals("!SHUTTING_DOWN", fetch(client));
  }

  @Test
  void cancel_awaitingTheHead_tellsNothingMore() throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of("HTTP/1.1 103 X\r\n\r\n", OK))) {
      OriginClient client = client(origin);
      CompletableFuture<Void> hint = new CompletableFuture<>();
      FetchRecorder recorder =
          new FetchRecorder() {
            @Override
            public void onInformational(ResponseHead head) {
              hint.complete(null);
            }
          };
      HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      OriginExchange exchange =
          loop.submit(() -> client.fetch(loop, request, false, true, recorder)).get();
      hint.get(10, TimeUnit.SECONDS);
      loop.submit(exchange::cancel).get();
      close(client);
      loop.submit(() -> {}).get();
      assertFalse(recorder.over.isDone());
    }
  }

  /** Also for what may not be sent twice: nothing was sent. */
  @Test
  void fetch_connectionIsLostWhileItIsMade_isMadeOnceMore() throws Exception {
    try (RawOrigin origin = new RawOrigin(List.of(OK))) {
      OriginClient client = client(origin);
      FetchRecorder recorder = new FetchRecorder();
      loop.submit(
              () -> {
                Channel connecting = start(client, HttpMethod.POST, recorder).connecting();
                assertNotNull(connecting);
                connecting.pipeline().fireExceptionCaught(new NotYetConnectedException());
                connecting.close();
              })
          .get();
      assertEquals("200 [ok] end", recorder.over.get(5, TimeUnit.SECONDS));
      close(client);
    }
  }

  @Test
  void failures_areLoggedInOneLineForMany() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(Origin.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    List<String> odd = List.of("HTTP/1.1 200 OK\r\nTransfer-Encoding: a\tb\r\n\r\n");
    try (RawOrigin origin = new RawOrigin(odd, odd, odd)) {
      OriginClient client = client(origin);
      for (int i = 0; i < 3; i++) {
        fetch(client);
      }
      assertEquals(
          List.of(
              "WARN http://127.0.0.1:"
                  + origin.port()
                  + ": http_protocol_error: transfer coding a?b"),
          lines.list.stream()
              .filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO))
              .map(line -> line.getLevel() + " " + line.getFormattedMessage())
              .toList());
      close(client);
    } finally {
      logger.detachAppender(lines);
    }
  }
}
