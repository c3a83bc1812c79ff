package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The length of a body which is not sent, as the request is HEAD. */
record HeadOnly(long length) implements BodySource {
  @Override
  public @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx) {
    return null;
  }

  @Override
  public void close() {}
}
