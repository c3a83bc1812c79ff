package io.simplecache.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * What the program prints, all of it by Logback, set up here rather than by a file so that starting
 * is quick. Event loops never wait for the terminal: lines go through a bounded queue, and when
 * that is full they are dropped. The access log has a queue and a thread of its own.
 */
final class Logging {
  private static final int QUEUE_LINES = 8192;
  private static final String LINE_AS_IT_IS = "%msg%n";
  private static final Logger lines = (Logger) LoggerFactory.getLogger("line");
  private static final Logger log = (Logger) LoggerFactory.getLogger("simple-cache");

  private Logging() {}

  /** Sets the loggers up. */
  static void start() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(
        console(context, "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n", "System.err"));
    lines.setAdditive(false);
    lines.setLevel(Level.INFO);
    lines.addAppender(console(context, LINE_AS_IT_IS, "System.out"));
  }

  private static Appender<ILoggingEvent> console(
      LoggerContext context, String pattern, String target) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget(target);
    console.setEncoder(encoder(context, pattern));
    console.start();
    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setName(target);
    queue.setQueueSize(QUEUE_LINES);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.addAppender(console);
    queue.start();
    return queue;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }

  /** Returns what writes to standard output, on the calling thread. */
  static Consumer<String> accessLines() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.out");
    return accessLines(context, console);
  }

  /**
   * Returns what writes to a file, on the calling thread; a full file is given a number, and the
   * number {@code keep} is the last.
   */
  static Consumer<String> accessLines(Path file, long maxBytes, int keep) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy numbers = new FixedWindowRollingPolicy();
    numbers.setContext(context);
    numbers.setParent(appender);
    numbers.setFileNamePattern(file + ".%i");
    numbers.setMaxIndex(keep);
    numbers.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(maxBytes));
    size.setCheckIncrement(Duration.buildByMilliseconds(0));
    size.start();
    appender.setRollingPolicy(numbers);
    appender.setTriggeringPolicy(size);
    return accessLines(context, appender);
  }

  private static Consumer<String> accessLines(
      LoggerContext context, OutputStreamAppender<ILoggingEvent> appender) {
    appender.setContext(context);
    appender.setEncoder(encoder(context, LINE_AS_IT_IS));
    appender.start();
    Logger access = context.getLogger("access");
    access.setAdditive(false);
    access.setLevel(Level.INFO);
    access.addAppender(appender);
    return access::info;
  }

  /** Prints a line as it is. Any thread. */
  static void print(String line) {
    lines.info(line);
  }

  /** Says on standard error what the operator should look at. Any thread. */
  static void warn(String line) {
    log.warn(line);
  }

  /** Prints what is still in the queues. */
  static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }
}
