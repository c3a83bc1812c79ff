package io.simplecache.server.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bounds the connections of operators. One too many takes the place of the one that has been idle
 * the longest, so that whoever only holds connections shuts nobody out.
 *
 * <p>Thread: the event loop of the listener, which all connections share.
 */
@Sharable
final class ConnectionLimit extends ChannelDuplexHandler {
  private final int most;

  /** The one that has been idle the longest is the first. */
  private final Set<Channel> connections = new LinkedHashSet<>();

  ConnectionLimit(int most) {
    this.most = most;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (connections.size() >= most) {
      Iterator<Channel> all = connections.iterator();
      Channel idle = all.next();
      all.remove();
      idle.close();
    }
    connections.add(ctx.channel());
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    moveToEnd(ctx.channel());
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    moveToEnd(ctx.channel());
    ctx.write(message, promise);
  }

  private void moveToEnd(Channel channel) {
    // One that is being closed is not there any more, and stays away.
    if (connections.remove(channel)) {
      connections.add(channel);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connections.remove(ctx.channel());
    ctx.fireChannelInactive();
  }
}
