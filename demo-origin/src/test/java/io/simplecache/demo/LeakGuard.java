package io.simplecache.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test after which Netty reports a leaked buffer. Needs the paranoid leak detection set in
 * the build.
 */
final class LeakGuard implements BeforeEachCallback, AfterEachCallback {
  private static final Logger DETECTOR_LOGGER =
      (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  private static final long REFERENCES_TIMEOUT_MILLIS = 10_000;

  private final LeakAppender appender = new LeakAppender();

  @Override
  public void beforeEach(ExtensionContext context) {
    appender.setContext(DETECTOR_LOGGER.getLoggerContext());
    appender.start();
    DETECTOR_LOGGER.addAppender(appender);
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    collectGarbage();
    // The detector looks at what was collected when the next buffer is made.
    ByteBufAllocator.DEFAULT.buffer(1).release();
    Unpooled.directBuffer(1).release();
    DETECTOR_LOGGER.detachAppender(appender);
    appender.stop();
    assertEquals(List.of(), List.copyOf(appender.leaks));
  }

  /**
   * Returns when the references of all that was garbage have been queued, that of a witness among
   * them.
   */
  private static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> witness = new WeakReference<>(new Object(), queue);
    System.gc();
    assertNotNull(queue.remove(REFERENCES_TIMEOUT_MILLIS), () -> "not collected: " + witness.get());
  }

  private static final class LeakAppender extends AppenderBase<ILoggingEvent> {
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel() == Level.ERROR && event.getFormattedMessage().startsWith("LEAK")) {
        leaks.add(event.getFormattedMessage());
      }
    }
  }
}
