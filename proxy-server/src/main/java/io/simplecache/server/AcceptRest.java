package io.simplecache.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * In the listener's pipeline: when a connection cannot be accepted, for want of file descriptors,
 * accepting rests for a second, while those who connect wait in the kernel's queue. Says so in one
 * line, and again when it is over. Thread: the listener's event loop.
 */
final class AcceptRest extends ChannelInboundHandlerAdapter {
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean failing;
  private long lastFailureNanos;

  @Override
  public void channelRead(ChannelHandlerContext context, Object connection) {
    // A failure after each few connections is still the same want.
    if (failing && now(context) - lastFailureNanos > 2 * REST_NANOS) {
      failing = false;
      Logging.warn("connections are accepted again");
    }
    context.fireChannelRead(connection);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException failure)) {
      context.fireExceptionCaught(cause);
      return;
    }
    if (!failing) {
      Logging.warn(
          "no more connections: %s; new ones wait until others end (ulimit -n sets how many there can be)"
              .formatted(ProxyServer.reason(failure)));
    }
    failing = true;
    lastFailureNanos = now(context);
    context.channel().config().setAutoRead(false);
    context
        .executor()
        .schedule(
            () -> context.channel().config().setAutoRead(true), REST_NANOS, TimeUnit.NANOSECONDS);
  }

  private static long now(ChannelHandlerContext context) {
    return context.channel().eventLoop().ticker().nanoTime();
  }
}
