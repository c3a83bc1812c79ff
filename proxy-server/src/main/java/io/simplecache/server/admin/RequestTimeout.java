package io.simplecache.server.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request does not come to its end in time: the first one from when it
 * was opened, others from their first byte. Stands before the decoder; {@link #requestComplete} is
 * for who has the whole request.
 *
 * <p>Thread: the channel's event loop.
 */
final class RequestTimeout extends ChannelInboundHandlerAdapter {
  private final long timeoutSeconds;
  private @Nullable Future<?> timer;

  RequestTimeout(long timeoutSeconds) {
    this.timeoutSeconds = timeoutSeconds;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    begin(ctx);
    ctx.fireChannelRead(message);
  }

  private void begin(ChannelHandlerContext ctx) {
    if (timer == null) {
      timer = ctx.executor().schedule(() -> ctx.close(), timeoutSeconds, TimeUnit.SECONDS);
    }
  }

  /** The request that was being read is there as a whole. */
  void requestComplete() {
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
      timer = null;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    requestComplete();
  }
}
