package io.simplecache.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/**
 * Serves a {@link Catalogue} and counts: {@code /KEY} is storable for an hour, {@code /KEY?CONTROL}
 * has the Cache-Control {@code CONTROL}; POST has no content, and who has it gets 304.
 */
final class ChurnOrigin {
  private final Catalogue catalogue;
  private final LongAdder requests = new LongAdder();
  private final Channel channel;

  ChurnOrigin(Catalogue catalogue, EventLoopGroup group) {
    this.catalogue = catalogue;
    this.channel =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    client.pipeline().addLast(new HttpServerCodec(), new Handler());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  long requests() {
    return requests.sum();
  }

  private final class Handler extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        requests.increment();
        ctx.writeAndFlush(response(ctx, request));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The cache server gives up what nobody wants any more.
      ctx.close();
    }

    private FullHttpResponse response(ChannelHandlerContext ctx, HttpRequest request) {
      if (request.method().equals(HttpMethod.POST)) {
        return empty(HttpResponseStatus.NO_CONTENT);
      }
      QueryStringDecoder target = new QueryStringDecoder(request.uri());
      int key = Integer.parseInt(target.path().substring(1));
      String etag = "\"" + key + "\"";
      FullHttpResponse response =
          etag.equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH))
              ? empty(HttpResponseStatus.NOT_MODIFIED)
              : whole(ctx, key);
      String control = target.rawQuery().isEmpty() ? "max-age=3600" : target.rawQuery();
      response.headers().set(HttpHeaderNames.CACHE_CONTROL, control);
      response.headers().set(HttpHeaderNames.ETAG, etag);
      return response;
    }

    private FullHttpResponse empty(HttpResponseStatus status) {
      return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    }

    private FullHttpResponse whole(ChannelHandlerContext ctx, int key) {
      int size = catalogue.size(key);
      byte[] bytes = new byte[size];
      Catalogue.fill(bytes, size, key, /* offset= */ 0);
      ByteBuf content = ctx.alloc().directBuffer(size, size).writeBytes(bytes);
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, size);
      return response;
    }
  }
}
