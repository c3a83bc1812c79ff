package io.simplecache.testing;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Registered for every test of this module by {@code META-INF/services}. Fails
 *
 * <ul>
 *   <li>a test that logs a warning or an error which it does not declare by {@link
 *       ExpectedWarning}, unless it is about an origin, which many tests have fail;
 *   <li>a class after whose tests Netty reports a leaked buffer. The build sets the paranoid leak
 *       detection. Leaks show only after a garbage collection, so there is one for each class.
 * </ul>
 */
public final class LeakGuard
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final String LEAK = "LEAK:";
  private static final String OF_ORIGINS = "io.simplecache.origin.Origin";
  private static final long REFERENCES_TIMEOUT_MILLIS = 10_000;
  private static final Recorder RECORDER = new Recorder();

  @Override
  public void beforeAll(ExtensionContext context) {
    RECORDER.attach();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    RECORDER.warnings.clear();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    List<String> expected = new ArrayList<>();
    addExpected(context.getTestMethod(), expected);
    for (Class<?> c = context.getRequiredTestClass(); c != null; c = c.getEnclosingClass()) {
      addExpected(Optional.of(c), expected);
    }
    List<String> unexpected =
        RECORDER.warnings.stream()
            .filter(warning -> expected.stream().noneMatch(warning::contains))
            .toList();
    RECORDER.warnings.clear();
    if (!unexpected.isEmpty()) {
      fail("unexpected in the log: " + String.join("\n", unexpected));
    }
  }

  private static void addExpected(Optional<? extends AnnotatedElement> where, List<String> to) {
    where
        .flatMap(element -> Optional.ofNullable(element.getAnnotation(ExpectedWarning.class)))
        .map(ExpectedWarning::value)
        .ifPresent(substrings -> Stream.of(substrings).forEach(to::add));
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    if (context.getRequiredTestClass().getEnclosingClass() != null) {
      return;
    }
    // What the first round made known to the JVM, the second has certainly seen in its queue.
    collectGarbage();
    collectGarbage();
    // The detector looks at its queue when the next buffer is made.
    ByteBufAllocator.DEFAULT.buffer(1).release();
    Unpooled.directBuffer(1).release();
    List<String> leaks = List.copyOf(RECORDER.leaks);
    RECORDER.leaks.clear();
    if (!leaks.isEmpty()) {
      fail("leaked by a test of this class: " + String.join("\n", leaks));
    }
  }

  private static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> witness = new WeakReference<>(new Object(), queue);
    System.gc();
    assertNotNull(queue.remove(REFERENCES_TIMEOUT_MILLIS), () -> "not collected: " + witness.get());
  }

  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> leaks = new ConcurrentLinkedQueue<>();

    synchronized void attach() {
      if (!isStarted()) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
      }
    }

    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (message.contains(LEAK)) {
        leaks.add(message);
      } else if (event.getLevel().isGreaterOrEqual(Level.WARN)
          && !event.getLoggerName().equals(OF_ORIGINS)) {
        warnings.add(
            event.getLevel()
                + " "
                + event.getLoggerName()
                + ": "
                + message
                + "\n"
                + ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }
}
