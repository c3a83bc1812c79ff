package io.simplecache.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.origin.OriginStatistics.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthCheckTest {
  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private static final Resolvers RESOLVERS = new Resolvers();

  private final EventLoop loop = GROUP.next();
  private final Semaphore checks = new Semaphore(0);
  private volatile int health = 200;
  private HttpServer origin;
  private OriginClient client;
  private OriginConfig config;
  private final Origins origins = new Origins();

  @BeforeEach
  void start() throws Exception {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          boolean isCheck = exchange.getRequestURI().getPath().equals("/health");
          if (isCheck) {
            checks.release();
          }
          exchange.sendResponseHeaders(isCheck ? health : 200, /* responseLength= */ -1);
          exchange.close();
        });
    origin.start();
    HealthCheck check = new HealthCheck("/health", Duration.ofSeconds(1));
    config = Configs.of(s -> s.healthCheck(check).maxFetches(1), origin.getAddress().getPort());
    client = new OriginClient(config, RESOLVERS, origins);
  }

  @AfterEach
  void close() {
    client.close().syncUninterruptibly();
    origin.stop(/* delay= */ 0);
  }

  @AfterAll
  static void stop() {
    RESOLVERS.close();
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private String fetch() throws Exception {
    FetchRecorder recorder = new FetchRecorder();
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set(HttpHeaderNames.HOST, "a");
    loop.submit(
            () ->
                client.fetch(loop, request, /* hasBody= */ false, /* retryable= */ false, recorder))
        .get();
    return recorder.over.get(10, TimeUnit.SECONDS);
  }

  /** Waits until a check that began after this call has ended. */
  private void awaitCheck() throws Exception {
    checks.drainPermits();
    // When the second one comes, the first one has been judged.
    assertTrue(checks.tryAcquire(/* permits= */ 2, 10, TimeUnit.SECONDS), "checks");
  }

  private State state() {
    return client.statistics().get(0).state();
  }

  @Test
  void check_answersWithAnError_takesTheOriginOutUntilItIsWell() throws Exception {
    assertEquals("200 [] end", fetch());
    awaitCheck();
    assertEquals(State.CLOSED, state());
    health = 500;
    awaitCheck();
    assertEquals(State.OPEN, state());
    assertEquals("!UNAVAILABLE", fetch());
    health = 200;
    awaitCheck();
    assertEquals(State.CLOSED, state());
    assertEquals("200 [] end", fetch());
  }

  /** That it has as much to do as it may have is no illness: it is asked beside all of it. */
  @Test
  void check_noPlaceIsFree_isAnswered() throws Exception {
    assertEquals("200 [] end", fetch());
    FetchLimit limit = origins.of(config.origins().get(0), config.settings()).limit();
    assertTrue(limit.tryAcquire());
    awaitCheck();
    assertEquals(State.CLOSED, state());
    limit.release();
    assertEquals("200 [] end", fetch());
  }

  @Test
  void path_isNoPath_isRefused() {
    Duration second = Duration.ofSeconds(1);
    for (String path : new String[] {"", "health", "/a b", "/a\r\nX: y"}) {
      assertThrows(IllegalArgumentException.class, () -> new HealthCheck(path, second), path);
    }
  }
}
