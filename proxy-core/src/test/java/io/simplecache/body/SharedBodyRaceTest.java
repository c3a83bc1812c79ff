package io.simplecache.body;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One writer's loop and three of readers, at random: sizes, speeds, who leaves when, whether the
 * body stops retaining in mid-stream. Forbidden outcomes: a reader that stays does not get exactly
 * the bytes that were written; a wake-up that is lost, so that nobody goes on; memory that is not
 * given back.
 */
@Timeout(60)
class SharedBodyRaceTest {
  private static final int BODIES_PER_SEED = 40;
  private static final int WINDOW = 4096;

  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 4, NioIoHandler.newFactory());

  @AfterAll
  static void stopLoops() {
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final MemoryBudget budget = new MemoryBudget(64 << 20, /* directArenas= */ 2);

  @ParameterizedTest
  @CsvSource({"1, RETAIN", "2, PASS_ON", "3, CHANGE", "4, CHANGE", "5, CHANGE"})
  void readers_atRandom_getExactlyWhatWasWritten(long seed, Kind kind) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < BODIES_PER_SEED; i++) {
      Run run = new Run(random.nextLong(), kind, budget);
      run.start();
      run.allOver.get(20, TimeUnit.SECONDS);
      assertEquals(0, budget.arrivingBytes(), "arriving after body " + i);
      assertEquals(0, budget.segmentBytes(), "segments after body " + i);
      assertEquals(0, budget.relayedBytes(), "relayed after body " + i);
    }
  }

  enum Kind {
    RETAIN,
    PASS_ON,
    CHANGE
  }

  private static final byte[] CONTENT = new byte[200_000];

  static {
    new Random(0).nextBytes(CONTENT);
  }

  /** One body from its first byte until all who had to do with it have let go. */
  private static final class Run implements SharedBody.Writer {
    private final Random random;
    private final EventLoop loop = GROUP.next();
    private final SharedBody body;
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();
    private final CompletableFuture<Void> allOver = new CompletableFuture<>();
    private final int length;
    private final int changeAt;
    private boolean abandoned;
    private boolean pausedNow;

    Run(long seed, Kind kind, MemoryBudget budget) {
      random = new Random(seed);
      length = random.nextInt(CONTENT.length);
      changeAt = kind == Kind.CHANGE ? random.nextInt(length + 1) : -1;
      long expectedBytes = random.nextBoolean() ? length : -1;
      body =
          kind == Kind.PASS_ON
              ? SharedBody.passingOn(budget, WINDOW, loop, this)
              : SharedBody.retaining(budget, expectedBytes, WINDOW, loop, this);
    }

    void start() {
      loop.execute(
          () -> {
            int readers = 1 + random.nextInt(4);
            for (int i = 0; i < readers; i++) {
              join();
            }
            write();
          });
    }

    private void join() {
      ReaderTask task = new ReaderTask(random.nextLong(), GROUP.next(), length);
      ends.add(task.over);
      BodyReader reader = body.newReader(task.loop, task);
      task.loop.execute(() -> task.begin(reader));
    }

    private void write() {
      long at = body.availableBytes();
      if (abandoned) {
        end(/* well= */ false);
        return;
      }
      if (changeAt >= 0 && body.isRetaining() && at >= changeAt) {
        body.stopRetaining();
      }
      if (at == length) {
        end(/* well= */ true);
        return;
      }
      if (body.isRetaining() && random.nextInt(8) == 0) {
        join();
      }
      int size = Math.min(length - (int) at, 1 + random.nextInt(random.nextInt(20_000) + 1));
      ByteBuf bytes = PooledByteBufAllocator.DEFAULT.buffer(size);
      bytes.writeBytes(CONTENT, (int) at, size);
      assertTrue(body.append(bytes));
      if (random.nextBoolean()) {
        body.signal();
      }
      pausedNow = body.pause();
      if (pausedNow) {
        body.signal();
      } else {
        loop.execute(this::write);
      }
    }

    private void end(boolean well) {
      if (well) {
        body.complete();
      } else {
        body.fail();
      }
      boolean holds = body.isRetaining();
      body.signal();
      if (holds) {
        body.release();
      }
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .whenComplete(
              (done, failure) ->
                  // A reader that left in mid-stream is let go by a task on this loop.
                  loop.execute(
                      () -> {
                        if (failure == null) {
                          allOver.complete(null);
                        } else {
                          allOver.completeExceptionally(failure);
                        }
                      }));
    }

    @Override
    public void onDrained() {
      if (pausedNow) {
        pausedNow = false;
        loop.execute(this::write);
      }
    }

    @Override
    public void onAbandoned() {
      abandoned = true;
      onDrained();
    }
  }

  /** A reader with its own pace; it may leave before the end. */
  private static final class ReaderTask implements Runnable {
    private final Random random;
    private final EventLoop loop;
    private final long leaveAt;
    private final int length;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private @Nullable BodyReader reader;
    private long position;

    ReaderTask(long seed, EventLoop loop, int length) {
      this.random = new Random(seed);
      this.loop = loop;
      this.length = length;
      this.leaveAt = random.nextInt(3) == 0 ? random.nextInt(length + 1) : Long.MAX_VALUE;
    }

    void begin(BodyReader given) {
      reader = given;
      run();
    }

    @Override
    public void run() {
      BodyReader current = reader;
      if (current == null || over.isDone()) {
        return;
      }
      try {
        readSome(current);
      } catch (Throwable e) {
        current.close();
        over.completeExceptionally(e);
      }
    }

    private void readSome(BodyReader current) {
      for (int i = random.nextInt(6); i >= 0; i--) {
        if (position >= leaveAt) {
          leave(current);
          return;
        }
        if (random.nextInt(4) == 0) {
          position += current.skip(random.nextInt(5000));
        }
        ByteBuf bytes = current.read(1 + random.nextInt(9000));
        if (bytes == null) {
          if (current.atEnd()) {
            assertEquals(length, position);
            leave(current);
          } else if (current.failed()) {
            leave(current);
          }
          return;
        }
        check(bytes);
      }
      // Enough for now: this is what a client that is not writable looks like.
      loop.execute(this);
    }

    private void check(ByteBuf bytes) {
      byte[] read = new byte[bytes.readableBytes()];
      bytes.readBytes(read).release();
      int from = (int) position;
      position += read.length;
      assertArrayEquals(Arrays.copyOfRange(CONTENT, from, from + read.length), read);
    }

    private void leave(BodyReader current) {
      current.close();
      over.complete(null);
    }
  }
}
