package io.simplecache.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
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
    console.setContext(context);
    console.setEncoder(encoder(context, LINE_AS_IT_IS));
    console.start();
    Logger access = context.getLogger("access");
    access.setAdditive(false);
    access.setLevel(Level.INFO);
    access.addAppender(console);
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
