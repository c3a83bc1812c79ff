package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a class during whose tests something was logged as a warning, a leaked buffer above all.
 */
final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private static final long REFERENCES_TIMEOUT_MILLIS = 10_000;

  private final Warnings warnings = new Warnings();

  @Override
  public void beforeAll(ExtensionContext context) {
    warnings.setContext(ROOT.getLoggerContext());
    warnings.start();
    ROOT.addAppender(warnings);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    collectGarbage();
    collectGarbage();
    // The detector looks at what was collected when the next buffer is made.
    ByteBufAllocator.DEFAULT.buffer(1).release();
    Unpooled.directBuffer(1).release();
    ROOT.detachAppender(warnings);
    warnings.stop();
    assertEquals(List.of(), List.copyOf(warnings.seen));
  }

  private static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> witness = new WeakReference<>(new Object(), queue);
    System.gc();
    assertNotNull(queue.remove(REFERENCES_TIMEOUT_MILLIS), () -> "not collected: " + witness.get());
  }

  private static final class Warnings extends AppenderBase<ILoggingEvent> {
    final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        seen.add(event.getFormattedMessage());
      }
    }
  }
}
