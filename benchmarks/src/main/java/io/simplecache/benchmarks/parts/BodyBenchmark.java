package io.simplecache.benchmarks.parts;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.simplecache.body.BodyReader;
import io.simplecache.body.MemoryBudget;
import io.simplecache.body.SharedBody;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the writer of a body to its readers: 16 pieces of 16 KiB are appended, each signalled and
 * read by every reader; the figure is for all of them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class BodyBenchmark {
  private static final int PIECES = 16;
  private static final int PIECE_BYTES = 16 * 1024;

  @Param({"1", "10"})
  int readers;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final MemoryBudget budget = new MemoryBudget(256L << 20, /* directArenas= */ 1);
  private final ByteBuf piece =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeZero(PIECE_BYTES));

  /** Releases what the channel holds. */
  @TearDown
  public void close() {
    channel.finishAndReleaseAll();
  }

  @Benchmark
  public long handOver() {
    SharedBody body = Sample.growingBody(budget, (long) PIECES * PIECE_BYTES, channel.eventLoop());
    BodyReader[] all = new BodyReader[readers];
    for (int i = 0; i < readers; i++) {
      all[i] = body.newReader(channel.eventLoop(), () -> {});
    }
    long read = 0;
    for (int i = 0; i < PIECES; i++) {
      body.append(piece.duplicate());
      body.signal();
      for (BodyReader reader : all) {
        read += readAll(reader);
      }
    }
    body.complete();
    body.signal();
    for (BodyReader reader : all) {
      reader.close();
    }
    body.release();
    channel.runPendingTasks();
    return read;
  }

  private static long readAll(BodyReader reader) {
    long read = 0;
    for (ByteBuf bytes = reader.read(PIECE_BYTES);
        bytes != null;
        bytes = reader.read(PIECE_BYTES)) {
      read += bytes.readableBytes();
      bytes.release();
    }
    return read;
  }
}
