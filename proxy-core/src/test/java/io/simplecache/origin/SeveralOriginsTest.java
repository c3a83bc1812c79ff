package io.simplecache.origin;

import static io.simplecache.origin.RawOrigin.SILENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.message.ResponseHead;
import io.simplecache.origin.OriginStatistics.State;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which origin is asked, what follows when one fails, and how much one is asked at once. */
@Timeout(30)
class SeveralOriginsTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private static final Resolvers RESOLVERS = new Resolvers();

  private final EventLoop loop = GROUP.next();
  private final Origins origins = new Origins();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterAll
  static void stop() {
    RESOLVERS.close();
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // Passed on.
  private RawOrigin origin(List<String>... connections) throws Exception {
    RawOrigin origin = new RawOrigin(connections);
    open.add(origin);
    return origin;
  }

  private OriginClient client(UnaryOperator<OriginSettings.Builder> settings, int... ports) {
    return client(Configs.of(settings, ports));
  }

  private OriginClient client(OriginConfig config) {
    OriginClient client = new OriginClient(config, RESOLVERS, origins);
    open.add(() -> client.close().syncUninterruptibly());
    return client;
  }

  /** Returns a port where nobody listens. */
  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private OriginExchange start(OriginClient client, HttpMethod method, FetchRecorder recorder)
      throws Exception {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/");
    request.headers().set(HttpHeaderNames.HOST, "a");
    boolean isGet = method.equals(HttpMethod.GET);
    return loop.submit(
            () ->
                client.fetch(loop, request, /* hasBody= */ false, /* retryable= */ isGet, recorder))
        .get();
  }

  private static String outcome(FetchRecorder recorder) throws Exception {
    return recorder.over.get(10, TimeUnit.SECONDS);
  }

  private String fetch(OriginClient client, HttpMethod method) throws Exception {
    FetchRecorder recorder = new FetchRecorder();
    start(client, method, recorder);
    return outcome(recorder);
  }

  private String fetch(OriginClient client) throws Exception {
    return fetch(client, HttpMethod.GET);
  }

  private static List<State> states(OriginClient client) {
    return client.statistics().stream().map(OriginStatistics::state).toList();
  }

  private static void assertNothingOutstanding(OriginClient client) {
    for (OriginStatistics origin : client.statistics()) {
      assertEquals(0, origin.outstanding(), origin.origin());
      assertEquals(0, origin.queued(), origin.origin());
    }
  }

  @Test
  void fetch_bothIdle_goesToEachInTurn() throws Exception {
    RawOrigin one = origin(List.of(OK, OK));
    RawOrigin two = origin(List.of(OK, OK));
    OriginClient client = client(UnaryOperator.identity(), one.port(), two.port());
    for (int i = 0; i < 4; i++) {
      assertEquals("200 [ok] end", fetch(client));
    }
    assertEquals(2, one.requests().size());
    assertEquals(2, two.requests().size());
    assertNothingOutstanding(client);
  }

  @Test
  void fetch_oneBusy_goesToTheOther() throws Exception {
    RawOrigin busy = origin(List.of(SILENCE));
    RawOrigin idle = origin(List.of(OK, OK, OK));
    OriginClient client = client(UnaryOperator.identity(), busy.port(), idle.port());
    start(client, HttpMethod.GET, new FetchRecorder());
    for (int i = 0; i < 3; i++) {
      assertEquals("200 [ok] end", fetch(client));
    }
    assertEquals(1, client.statistics().get(0).outstanding());
    assertEquals(3, idle.requests().size());
  }

  @Test
  void fetch_oneIsDown_isAnsweredByTheOtherAndTheOneLeftAlone() throws Exception {
    RawOrigin up = origin(List.of(OK, OK, OK, OK, OK, OK, OK, OK));
    OriginClient client =
        client(s -> s.failuresToOpen(2).minBackOff(LONG).maxBackOff(LONG), freePort(), up.port());
    for (int i = 0; i < 8; i++) {
      assertEquals("200 [ok] end", fetch(client));
    }
    assertEquals(8, up.requests().size());
    assertEquals(List.of(State.OPEN, State.CLOSED), states(client));
    assertEquals(2, client.statistics().get(0).failures(), "tries at the one that is down");
    assertNothingOutstanding(client);
  }

  @Test
  @DisplayName("RFC 9110 §9.2.2: GET that got no response is sent to another origin")
  void get_closedEarly_isSentToTheOther() throws Exception {
    RawOrigin dying = origin(List.of("HTTP"), List.of("HTTP"));
    RawOrigin up = origin(List.of(OK, OK));
    OriginClient client = client(UnaryOperator.identity(), dying.port(), up.port());
    assertEquals("200 [ok] end", fetch(client));
    assertEquals("200 [ok] end", fetch(client));
    assertEquals(1, dying.requests().size());
    assertEquals(2, up.requests().size());
  }

  @Test
  @DisplayName("RFC 9110 §9.2.2: POST that was sent is not sent again")
  void post_closedEarly_isNotSentToTheOther() throws Exception {
    RawOrigin one = origin(List.of("HTTP"));
    RawOrigin two = origin(List.of("HTTP"));
    OriginClient client = client(UnaryOperator.identity(), one.port(), two.port());
    assertEquals("!CLOSED_EARLY", fetch(client, HttpMethod.POST));
    assertEquals(1, one.requests().size() + two.requests().size());
    assertNothingOutstanding(client);
  }

  @Test
  void postWithBody_noConnection_isSentToTheOther() throws Exception {
    RawOrigin up = origin(List.of(OK));
    OriginClient client = client(s -> s.maxRetries(2), freePort(), freePort(), up.port());
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    request.headers().set(HttpHeaderNames.HOST, "a").set(HttpHeaderNames.CONTENT_LENGTH, 1);
    OriginExchange[] exchange = new OriginExchange[1];
    FetchRecorder recorder =
        new FetchRecorder() {
          @Override
          public void onConnected() {
            exchange[0].write(
                new DefaultLastHttpContent(Unpooled.copiedBuffer("a", StandardCharsets.US_ASCII)));
          }
        };
    loop.submit(
            () ->
                exchange[0] =
                    client.fetch(
                        loop, request, /* hasBody= */ true, /* retryable= */ false, recorder))
        .get();
    assertEquals("200 [ok] end", outcome(recorder));
    assertNothingOutstanding(client);
  }

  @Test
  void get_bytesOfAResponseCame_isNotSentToTheOther() throws Exception {
    String hint = "HTTP/1.1 103 Early Hints\r\n\r\n";
    RawOrigin one = origin(List.of(hint));
    RawOrigin two = origin(List.of(hint));
    OriginClient client = client(UnaryOperator.identity(), one.port(), two.port());
    assertEquals("103 !CLOSED_EARLY", fetch(client));
    assertEquals(1, one.requests().size() + two.requests().size());
  }

  @Test
  void get_maxRetries0_isNotSentToTheOther() throws Exception {
    OriginClient client = client(s -> s.maxRetries(0), freePort(), freePort());
    assertEquals("!CONNECT_REFUSED", fetch(client));
    assertEquals(1, client.statistics().stream().mapToLong(OriginStatistics::failures).sum());
  }

  @Test
  void fetch_allLeftAlone_failsAtOnce() throws Exception {
    OriginClient client =
        client(s -> s.failuresToOpen(1).minBackOff(LONG).maxBackOff(LONG), freePort(), freePort());
    assertEquals("!CONNECT_REFUSED", fetch(client));
    assertEquals(List.of(State.OPEN, State.OPEN), states(client));
    assertEquals("!UNAVAILABLE", fetch(client));
    assertEquals(2, client.statistics().stream().mapToLong(OriginStatistics::failures).sum());
    assertNothingOutstanding(client);
  }

  @Test
  void probe_answered_closes() throws Exception {
    RawOrigin recovering = origin(List.of("HTTP"), List.of(OK));
    OriginClient client =
        client(s -> s.failuresToOpen(1).minBackOff(AT_ONCE).maxBackOff(AT_ONCE), recovering.port());
    assertEquals("!CLOSED_EARLY", fetch(client));
    assertEquals(List.of(State.OPEN), states(client));
    assertEquals("200 [ok] end", fetch(client));
    assertEquals(List.of(State.CLOSED), states(client));
  }

  @Test
  void probe_cancelled_letsTheNextOneProbe() throws Exception {
    RawOrigin recovering = origin(List.of("HTTP"), List.of(SILENCE), List.of(OK));
    OriginClient client =
        client(s -> s.failuresToOpen(1).minBackOff(AT_ONCE).maxBackOff(AT_ONCE), recovering.port());
    assertEquals("!CLOSED_EARLY", fetch(client));
    OriginExchange probe = start(client, HttpMethod.GET, new FetchRecorder());
    assertEquals(List.of(State.HALF_OPEN), states(client));
    assertEquals("!UNAVAILABLE", fetch(client), "while the probe is out");
    loop.submit(probe::cancel).get();
    assertEquals(List.of(State.OPEN), states(client));
    assertNothingOutstanding(client);
  }

  @Test
  void fetch_noPlace_waitsItsTurn() throws Exception {
    RawOrigin origin = origin(List.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", "k" + OK));
    OriginClient client = client(s -> s.maxFetches(1).maxQueued(1), origin.port());
    CompletableFuture<Void> head = new CompletableFuture<>();
    FetchRecorder first =
        new FetchRecorder() {
          @Override
          public void onHead(ResponseHead arrived) {
            super.onHead(arrived);
            head.complete(null);
          }
        };
    OriginExchange exchange = start(client, HttpMethod.GET, first);
    head.get(10, TimeUnit.SECONDS);
    FetchRecorder second = new FetchRecorder();
    OriginExchange waiting = start(client, HttpMethod.GET, second);
    assertEquals("!OVERLOADED", fetch(client), "the queue is full");
    assertEquals(1, client.statistics().get(0).outstanding());
    assertEquals(1, client.statistics().get(0).queued());
    loop.submit(waiting::cancel).get();
    assertEquals(0, client.statistics().get(0).queued());
    loop.submit(exchange::cancel).get();
    assertNothingOutstanding(client);
    assertFalse(second.over.isDone());
  }

  /** Two sites that share a main server; each has another beside it, and so a client of its own. */
  @Test
  void fetch_ofAnotherClient_waitsForThePlaceAtTheSameOrigin() throws Exception {
    RawOrigin origin = origin(List.of(SILENCE), List.of(OK));
    OriginClient one = client(s -> s.maxFetches(1), origin.port());
    OriginClient other = client(s -> s.maxFetches(1), origin.port(), origin.port());
    OriginExchange first = start(one, HttpMethod.GET, new FetchRecorder());
    FetchRecorder second = new FetchRecorder();
    start(other, HttpMethod.GET, second);
    assertEquals(1, other.statistics().get(0).outstanding());
    assertEquals(1, one.statistics().get(0).queued());
    loop.submit(first::cancel).get();
    assertEquals("200 [ok] end", outcome(second));
  }

  @Test
  void fetch_failsForAnotherClient_isLeftAloneByThisOne() throws Exception {
    int port = freePort();
    OriginClient one = client(s -> s.failuresToOpen(1).minBackOff(LONG).maxBackOff(LONG), port);
    OriginClient other =
        client(s -> s.failuresToOpen(1).minBackOff(LONG).maxBackOff(LONG), port, freePort());
    fetch(one);
    assertEquals(State.OPEN, other.statistics().get(0).state());
  }

  @Test
  void settings_areOthers_whatWasCountedGoesOn() throws Exception {
    RawOrigin origin = origin(List.of(OK), List.of(OK));
    fetch(client(s -> s.maxFetches(1), origin.port()));
    OriginClient after = client(s -> s.maxFetches(2), origin.port());
    fetch(after);
    assertEquals(2, after.statistics().get(0).requests());
    assertEquals(2, origins.requests());
  }

  @Test
  void fetch_placeBecomesFree_isAnswered() throws Exception {
    RawOrigin origin = origin(List.of(SILENCE), List.of(OK, OK, OK));
    OriginClient client = client(s -> s.maxFetches(1).maxQueued(3), origin.port());
    OriginExchange first = start(client, HttpMethod.GET, new FetchRecorder());
    List<FetchRecorder> waiting =
        List.of(new FetchRecorder(), new FetchRecorder(), new FetchRecorder());
    for (FetchRecorder recorder : waiting) {
      start(client, HttpMethod.GET, recorder);
    }
    loop.submit(first::cancel).get();
    for (FetchRecorder recorder : waiting) {
      assertEquals("200 [ok] end", outcome(recorder));
    }
    assertNothingOutstanding(client);
  }

  @Test
  void fetch_waitsTooLong_isOverloaded() throws Exception {
    RawOrigin origin = origin(List.of(SILENCE));
    OriginClient client =
        client(s -> s.maxFetches(1).maxQueueTime(Duration.ofMillis(50)), origin.port());
    start(client, HttpMethod.GET, new FetchRecorder());
    assertEquals("!OVERLOADED", fetch(client));
    assertEquals(0, client.statistics().get(0).queued());
  }

  @Test
  void fetch_queuedAtAnOriginThatGoesDown_goesToTheOther() throws Exception {
    RawOrigin dying = origin(List.of("HTTP"));
    RawOrigin busy = origin(List.of(OK, OK, OK, OK));
    OriginClient client =
        client(
            s -> s.maxFetches(1).failuresToOpen(1).minBackOff(LONG).maxBackOff(LONG),
            dying.port(),
            busy.port());
    List<FetchRecorder> recorders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FetchRecorder recorder = new FetchRecorder();
      recorders.add(recorder);
      start(client, HttpMethod.GET, recorder);
    }
    for (FetchRecorder recorder : recorders) {
      assertEquals("200 [ok] end", outcome(recorder));
    }
    assertEquals(1, dying.requests().size());
    assertNothingOutstanding(client);
  }

  @Test
  void connection_tooOld_isNotUsedAgain() throws Exception {
    RawOrigin origin = origin(List.of(OK, OK), List.of(OK, OK));
    OriginClient client = client(s -> s.maxConnectionAge(AT_ONCE), origin.port());
    assertEquals("200 [ok] end", fetch(client));
    assertEquals("200 [ok] end", fetch(client));
    assertEquals(List.of("0 GET / HTTP/1.1", "1 GET / HTTP/1.1"), origin.requests());
  }
}
