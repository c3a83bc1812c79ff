package io.simplecache.server;

import ch.qos.logback.core.Context;
import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file of the access log: a full one is given a number, and the number {@code keep} is the
 * last. What goes wrong with it is said, for Logback tells only itself, and goes on. Any thread;
 * writes on the calling one.
 */
final class AccessLogFile implements Consumer<String>, AutoCloseable {
  private static final long BETWEEN_WARNINGS_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Path file;
  private final Consumer<String> warnings;
  private final RollingFileAppender<String> appender = new RollingFileAppender<>();
  private boolean warned;
  private long warnedNanos;

  /**
   * Opens it.
   *
   * @param warnings takes a line for the operator, one a minute at most
   */
  AccessLogFile(Path file, long maxBytes, int keep, Consumer<String> warnings) {
    this.file = file;
    this.warnings = warnings;
    Context context = new ContextBase();
    context.getStatusManager().add(this::onStatus);
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy numbers = new FixedWindowRollingPolicy();
    numbers.setContext(context);
    numbers.setParent(appender);
    numbers.setFileNamePattern(file + ".%i");
    numbers.setMaxIndex(keep);
    numbers.start();
    SizeBasedTriggeringPolicy<String> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(maxBytes));
    size.setCheckIncrement(Duration.buildByMilliseconds(0));
    size.start();
    appender.setRollingPolicy(numbers);
    appender.setTriggeringPolicy(size);
    appender.setEncoder(new Lines());
    appender.start();
  }

  /** Lines as they are. */
  private static final class Lines extends EncoderBase<String> {
    @Override
    public byte @Nullable [] headerBytes() {
      return null;
    }

    @Override
    public byte[] encode(String lines) {
      return (lines + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte @Nullable [] footerBytes() {
      return null;
    }
  }

  /** Appends one or more lines, without the end of the last. */
  @Override
  public void accept(String lines) {
    appender.doAppend(lines);
  }

  /** Opens the file of this name anew, for somebody may have moved the old one away. */
  void reopen() {
    if (!appender.isStarted()) {
      // It could not be opened at first.
      appender.start();
      return;
    }
    try {
      appender.openFile(file.toString());
    } catch (IOException e) {
      warn("cannot be opened again: " + e.getMessage());
    }
  }

  private void onStatus(Status status) {
    if (status.getEffectiveLevel() < Status.WARN) {
      return;
    }
    Throwable cause = status.getThrowable();
    warn(status.getMessage() + (cause == null ? "" : ": " + cause.getMessage()));
  }

  private synchronized void warn(String what) {
    long now = System.nanoTime();
    if (!warned || now - warnedNanos > BETWEEN_WARNINGS_NANOS) {
      warned = true;
      warnedNanos = now;
      warnings.accept("access log: " + file + ": " + what);
    }
  }

  @Override
  public void close() {
    appender.stop();
  }
}
