package io.simplecache.server;

import io.netty.util.internal.PlatformDependent;
import io.simplecache.ProxyListener;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.server.config.Settings;
import io.simplecache.server.config.Values;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Writes down requests. An event loop only puts the record into a bounded queue; a thread of its
 * own takes, formats and writes what has come together, some fifty times a second, so that nobody
 * has to wake it. When the queue is full a record is dropped and counted, and a line says so.
 */
final class AccessLog implements ProxyListener, AutoCloseable {
  private static final int QUEUE_RECORDS = 16 * 1024;
  private static final int BATCH_CHARS = 64 * 1024;
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final long STOP_MILLIS = 5000;

  private final AccessLogFormat format;
  private final int oneOf;
  private final Consumer<String> out;
  private final Consumer<String> warnings;
  private final Queue<ExchangeRecord> queue = PlatformDependent.newFixedMpscQueue(QUEUE_RECORDS);
  private final LongAdder dropped = new LongAdder();
  private final Thread writer = new Thread(this::write, "access-log");
  private volatile boolean closed;
  private long droppedAndSaid;

  /**
   * Starts.
   *
   * @param oneOf how many requests there are for each that is written down
   * @param out takes one or more lines, without the end of the last
   * @param warnings takes a line for the operator
   */
  AccessLog(AccessLogFormat format, int oneOf, Consumer<String> out, Consumer<String> warnings) {
    this.format = format;
    this.oneOf = oneOf;
    this.out = out;
    this.warnings = warnings;
    writer.setDaemon(true);
    writer.start();
  }

  /** Returns whether requests are to be written down. */
  static boolean isWanted(Values values) {
    return values
        .find(Settings.ACCESS_LOG)
        .orElseGet(
            () -> values.get(Settings.DEMO) || values.find(Settings.ACCESS_LOG_FILE).isPresent());
  }

  @Override
  public void onExchange(ExchangeRecord record) {
    if (oneOf > 1 && ThreadLocalRandom.current().nextInt(oneOf) != 0) {
      return;
    }
    if (!queue.offer(record)) {
      dropped.increment();
    }
  }

  /** Returns how many records found the queue full. */
  long dropped() {
    return dropped.sum();
  }

  private void write() {
    while (!closed) {
      writeQueued();
      sayWhatWasDropped();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    writeQueued();
    sayWhatWasDropped();
  }

  private void writeQueued() {
    StringBuilder lines = new StringBuilder();
    for (ExchangeRecord next = queue.poll(); next != null; next = queue.poll()) {
      if (lines.length() > 0) {
        lines.append(System.lineSeparator());
      }
      format.append(next, lines);
      if (lines.length() > BATCH_CHARS) {
        out.accept(lines.toString());
        lines.setLength(0);
      }
    }
    if (lines.length() > 0) {
      out.accept(lines.toString());
    }
  }

  private void sayWhatWasDropped() {
    long all = dropped.sum();
    if (all > droppedAndSaid) {
      warnings.accept(
          "access log: %,d lines dropped, %,d in all, for they came faster than they could be written"
              .formatted(all - droppedAndSaid, all));
      droppedAndSaid = all;
    }
  }

  /** Writes what is queued. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
