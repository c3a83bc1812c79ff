package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_SECURITY_POLICY;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpHeaderValues.NO_STORE;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Replies as HTTP responses, each with the fields that keep browsers from mischief. */
final class Responses {
  /** The page needs its own files and this listener, nothing else; and no site may frame it. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Responses() {}

  /** Returns the response to {@code reply}. */
  static FullHttpResponse of(Reply.Whole reply) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, reply.status(), Unpooled.wrappedBuffer(reply.content()));
    HttpHeaders fields = response.headers();
    addCommon(fields, reply.contentType());
    reply.fields().forEach(fields::set);
    HttpUtil.setContentLength(response, reply.content().length);
    return response;
  }

  /** Adds what every response has. */
  static void addCommon(HttpHeaders fields, String contentType) {
    fields
        .set(CONTENT_TYPE, contentType)
        .set(CACHE_CONTROL, NO_STORE)
        .set(CONTENT_SECURITY_POLICY, POLICY)
        .set("x-content-type-options", "nosniff")
        .set("referrer-policy", "no-referrer")
        .set("cross-origin-resource-policy", "same-origin");
  }

  static ChannelFuture send(ChannelHandlerContext ctx, Reply.Whole reply) {
    return ctx.writeAndFlush(of(reply));
  }

  static void sendAndClose(ChannelHandlerContext ctx, Reply.Whole reply) {
    FullHttpResponse response = of(reply);
    response.headers().set(CONNECTION, CLOSE);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
