package io.simplecache.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
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
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/** Serves a {@link Catalogue} at {@code /KEY}, storable for an hour, and counts. */
final class ChurnOrigin {
  /** What the paths of responses begin with that may not be stored. */
  static final String RELAY = "/relay/";

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
        boolean relay = request.uri().startsWith(RELAY);
        int key = Integer.parseInt(request.uri().substring(relay ? RELAY.length() : 1));
        ctx.writeAndFlush(response(ctx, key, relay ? "no-store" : "max-age=3600"));
      }
    }

    private FullHttpResponse response(ChannelHandlerContext ctx, int key, String cacheControl) {
      int size = catalogue.size(key);
      byte[] bytes = new byte[size];
      Catalogue.fill(bytes, size, key, /* offset= */ 0);
      ByteBuf content = ctx.alloc().directBuffer(size, size).writeBytes(bytes);
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, size);
      response.headers().set(HttpHeaderNames.CACHE_CONTROL, cacheControl);
      response.headers().set(HttpHeaderNames.ETAG, "\"" + key + "\"");
      return response;
    }
  }
}
