package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.testing.ExpectedWarning;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A mistake in our own code ends the exchange in which it shows, and nothing else. */
@Timeout(30)
class MistakeTest {
  private static final String MISTAKE = "closing the connection";
  private static final String REQUEST = RawClient.request("GET", "/page");

  @RegisterExtension final Loopback loopback = new Loopback();

  private final FailingClock clock = new FailingClock();

  /** Fails once where an exchange looks at it in its run. */
  private static final class FailingClock implements InstantSource {
    private final AtomicBoolean fails = new AtomicBoolean();

    @Override
    public Instant instant() {
      boolean running =
          StackWalker.getInstance()
              .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("goOn")));
      if (running && fails.compareAndSet(/* expectedValue= */ true, /* newValue= */ false)) {
        throw new IllegalStateException("a mistake");
      }
      return Instant.EPOCH;
    }
  }

  /** Fails once, or waits once, where it is looked at from within a method. */
  private static final class PlaceClock implements InstantSource {
    private final String type;
    private final String method;
    private final boolean fails;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    PlaceClock(String type, String method, boolean fails) {
      this.type = type;
      this.method = method;
      this.fails = fails;
    }

    @Override
    public Instant instant() {
      if (isThere() && armed.compareAndSet(/* expectedValue= */ true, /* newValue= */ false)) {
        entered.countDown();
        if (fails) {
          throw new IllegalStateException("a mistake");
        }
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return Instant.EPOCH;
    }

    private boolean isThere() {
      return StackWalker.getInstance()
          .walk(
              frames ->
                  frames.anyMatch(
                      frame ->
                          frame.getMethodName().equals(method)
                              && frame.getClassName().endsWith(type)));
    }
  }

  @Test
  @DisplayName("at its start: the client is cut off, the next one is served")
  @ExpectedWarning(MISTAKE)
  void atTheStart() throws Exception {
    loopback.start(builder -> builder.clock(clock));
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();
    clock.fails.set(true);
    assertThrows(IOException.class, () -> client.send(REQUEST + REQUEST).receive());

    assertEquals("hello", loopback.client().get("/page").text());
  }

  @Test
  @DisplayName("when the response comes: one of two who wait is cut off, the other is served")
  @ExpectedWarning(MISTAKE)
  void whenTheResponseComes() throws Exception {
    TestProxy proxy = loopback.start(builder -> builder.clock(clock));
    Gate bothWait = new Gate();
    String body = "x".repeat(100_000);
    loopback
        .origin()
        .on(
            "/page",
            loopback.origin().answer("200 OK", body, "Cache-Control: max-age=60").after(bothWait));
    RawClient first = loopback.client().send(REQUEST);
    proxy.awaitRequests(1);
    RawClient second = loopback.client().send(REQUEST);
    proxy.awaitRequests(2);
    clock.fails.set(true);
    bothWait.open();

    assertEquals(1, served(first, body) + served(second, body));
    assertEquals(body, loopback.client().get("/page").text());
  }

  private static int served(RawClient client, String body) throws Exception {
    try {
      assertEquals(body, client.receive().text());
      return 1;
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  @DisplayName("in an embedder's listener: nobody but the log knows")
  @ExpectedWarning("a listener failed")
  void inAListener() throws Exception {
    AtomicBoolean told = new AtomicBoolean();
    loopback.start(
        builder ->
            builder.listener(
                record -> {
                  told.set(true);
                  throw new IllegalStateException("a mistake");
                }));
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    RawClient client = loopback.client();

    assertEquals("hello", client.send(REQUEST + REQUEST).receive().text());
    assertEquals("hello", client.receive().text());
    assertTrue(told.get());
  }

  @Test
  @DisplayName("when a fetch begins: nobody waits for it afterwards")
  @ExpectedWarning(MISTAKE)
  void whenAFetchBegins() throws Exception {
    PlaceClock place = new PlaceClock("Flight", "ask", /* fails= */ true);
    loopback.start(builder -> builder.clock(place));
    loopback.origin().ok("/page", "hello", "Cache-Control: max-age=60");
    place.armed.set(true);
    assertThrows(IOException.class, () -> loopback.client().send(REQUEST).receive());

    assertEquals(0, loopback.proxy().statistics().flights());
    assertEquals("hello", loopback.client().get("/page").text());
  }

  @Test
  @DisplayName("when a follower is admitted: the leader and he are served")
  @ExpectedWarning("a follower was not admitted")
  void whenAFollowerIsAdmitted() throws Exception {
    PlaceClock place = new PlaceClock("Flight", "againstReuse", /* fails= */ true);
    TestProxy proxy = loopback.start(builder -> builder.clock(place));
    Gate bothWait = new Gate();
    loopback.origin().on("/page", hello().after(bothWait));
    RawClient leader = loopback.client().send(REQUEST);
    proxy.awaitRequests(1);
    RawClient follower = loopback.client().send(REQUEST);
    proxy.awaitRequests(2);
    place.armed.set(true);
    bothWait.open();

    assertEquals("hello", leader.receive().text());
    assertEquals("hello", follower.receive().text());
  }

  private ScriptedOrigin.Answer hello() {
    return loopback.origin().answer("200 OK", "hello", "Cache-Control: max-age=60");
  }

  @Test
  @DisplayName("what a flight says to one who has left it is not what the next one says")
  @ExpectedWarning("the origin closed the connection")
  void whenAnOutcomeCrossesALeaving() throws Exception {
    PlaceClock place = new PlaceClock("Flight", "tellAll", /* fails= */ false);
    TestProxy proxy =
        loopback.start(builder -> builder.clock(place).followerTimeout(Duration.ofMillis(500)));
    Gate first = new Gate();
    Gate second = new Gate();
    AtomicInteger asked = new AtomicInteger();
    loopback
        .origin()
        .on(
            "/page",
            (request, connection) -> {
              if (asked.incrementAndGet() == 1) {
                first.await();
                connection.close();
              } else {
                hello().after(second).give(request, connection);
              }
            });
    RawClient leader = loopback.client().send(REQUEST);
    proxy.awaitRequests(1);
    RawClient follower = loopback.client().send(REQUEST);
    proxy.awaitRequests(2);
    place.armed.set(true);
    // The leader's fetch fails: its loop is about to tell everyone who is on its list.
    first.open();
    place.entered.await();
    // Meanwhile the follower's patience ends, and he asks alone.
    Gate.awaitTrue("the follower asks alone", () -> asked.get() == 2);
    place.goOn.countDown();
    assertEquals(502, leader.receive().status());
    // He has been told by now.
    proxy.awaitRequests(2);
    second.open();

    assertEquals(200, follower.receive().status());
  }
}
