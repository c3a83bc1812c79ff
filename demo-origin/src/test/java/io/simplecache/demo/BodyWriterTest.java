package io.simplecache.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@Timeout(30)
final class BodyWriterTest {
  /** Gives what it was made with, one after the other. */
  private record Pieces(ArrayDeque<Promise<ByteBuf>> pieces) implements BodySource {
    @Override
    public long length() {
      return UNKNOWN_LENGTH;
    }

    @Override
    public @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx) {
      return pieces.poll();
    }

    @Override
    public void close() {}
  }

  @Test
  void piece_takenBeforeItsListenerRan_isReleasedOnce() throws Exception {
    DefaultEventLoop other = new DefaultEventLoop();
    CountDownLatch listenersMayRun = new CountDownLatch(1);
    other.execute(
        () -> {
          try {
            listenersMayRun.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
    EmbeddedChannel channel = new EmbeddedChannel(handler);
    Promise<ByteBuf> promise = other.newPromise();
    BodySource source = new Pieces(new ArrayDeque<>(List.of(promise)));
    BodyWriter writer =
        new BodyWriter(
            channel.pipeline().context(handler), source, /* completion= */ failure -> {});

    writer.proceed();
    promise.setSuccess(Unpooled.buffer().writeByte('x'));
    writer.proceed(); // as when the channel becomes writable; it is the last piece
    listenersMayRun.countDown();
    other.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();

    HttpContent written = channel.readOutbound();
    assertEquals(1, written.refCnt());
    written.release();
    channel.finishAndReleaseAll();
  }
}
