package io.simplecache.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.simplecache.message.HitResponse;

/**
 * Netty's encoder, and a short way for hits: their head is in the form of the wire already, and a
 * small content is cheaper copied behind it than gathered.
 *
 * <p>Thread: the channel's event loop. Buffers: takes what is written.
 */
final class ResponseEncoder extends HttpResponseEncoder {
  /** The largest content that is copied, in bytes. */
  private static final int MAX_COPIED_BYTES = 8 * 1024;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HitResponse hit && hit.isAsStored()) {
      writeHit(ctx, hit, promise);
    } else {
      super.write(ctx, message, promise);
    }
  }

  private static void writeHit(ChannelHandlerContext ctx, HitResponse hit, ChannelPromise promise) {
    ByteBuf content = hit.content();
    int length = content.readableBytes();
    boolean copied = length <= MAX_COPIED_BYTES;
    ByteBuf out = ctx.alloc().directBuffer(hit.maxHeadBytes() + (copied ? length : 0));
    hit.writeHead(out);
    if (copied) {
      // By address; out.writeBytes would make views of both, for they are of two allocators.
      content.getBytes(content.readerIndex(), out, length);
      content.release();
      ctx.write(out, promise);
    } else {
      ctx.write(out, ctx.voidPromise());
      ctx.write(content, promise);
    }
  }
}
