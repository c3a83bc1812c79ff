package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.testing.ExpectedWarning;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
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
            (request, connection) -> {
              bothWait.await();
              loopback
                  .origin()
                  .answer("200 OK", body, "Cache-Control: max-age=60")
                  .give(request, connection);
            });
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
}
