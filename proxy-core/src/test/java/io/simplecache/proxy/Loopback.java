package io.simplecache.proxy;

import io.simplecache.CachingProxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An origin for each test, and whatever it starts: closed after it in the opposite order, the proxy
 * with its checks.
 */
final class Loopback implements BeforeEachCallback, AfterEachCallback {
  private static final int LOOPS = 2;

  private final FakeClock clock = new FakeClock();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private @Nullable ScriptedOrigin origin;
  private @Nullable TestProxy proxy;

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    origin = closedAfterwards(new ScriptedOrigin(clock));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Throwable failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception | AssertionError e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw new AssertionError("left behind: " + failure.getMessage(), failure);
    }
  }

  /** Has something closed after the test, before all that was opened earlier. */
  <T extends AutoCloseable> T closedAfterwards(T resource) {
    opened.push(resource);
    return resource;
  }

  FakeClock clock() {
    return clock;
  }

  ScriptedOrigin origin() {
    assert origin != null;
    return origin;
  }

  TestProxy proxy() {
    assert proxy != null : "not started";
    return proxy;
  }

  /** Starts a proxy with two event loops and everything by default. */
  TestProxy start() throws InterruptedException {
    return start(builder -> builder);
  }

  /** Starts a proxy with two event loops. */
  TestProxy start(UnaryOperator<CachingProxy.Builder> settings) throws InterruptedException {
    return start(LOOPS, settings);
  }

  TestProxy start(int loops, UnaryOperator<CachingProxy.Builder> settings)
      throws InterruptedException {
    CachingProxy.Builder builder = CachingProxy.builder().origin(origin().uri()).clock(clock);
    TestProxy started = closedAfterwards(new TestProxy(settings.apply(builder).build(), loops));
    proxy = started;
    return started;
  }

  /** Returns a new connection to the proxy. */
  RawClient client() throws Exception {
    return closedAfterwards(new RawClient(proxy().port()));
  }

  /** Returns a new connection to the proxy that holds little of what it has not read. */
  RawClient clientWithSmallBuffer() throws Exception {
    return closedAfterwards(new RawClient(proxy().port(), /* receiveBufferBytes= */ 16 * 1024));
  }
}
