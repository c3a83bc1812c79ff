package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Many clients on one thread, each with a connection of its own. */
final class Swarm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Member> members = new ArrayList<>();

  /**
   * What a client got.
   *
   * @param status 0 if not even a head came
   * @param body the sum of the content
   * @param isComplete whether it ended as its framing says
   */
  record Result(int status, @Nullable String cacheStatus, Content.Sum body, boolean isComplete) {}

  /** Connects {@code count} clients to a port. */
  Swarm(int port, int count) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpResponseDecoder());
                  }
                });
    List<ChannelFuture> connecting = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      connecting.add(
          bootstrap.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }
    for (ChannelFuture connected : connecting) {
      members.add(new Member(connected.syncUninterruptibly().channel()));
    }
  }

  /** Has every client send the same request, without waiting for anything. */
  Swarm send(String request) {
    byte[] bytes = request.getBytes(ISO_8859_1);
    members.forEach(member -> member.result = new CompletableFuture<>());
    loop.execute(() -> members.forEach(member -> member.send(bytes)));
    return this;
  }

  /** Waits for every client's response. */
  List<Result> results() {
    return members.stream()
        .map(member -> member.result.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join())
        .toList();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One client: sums up one response at a time. */
  private static final class Member extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private volatile CompletableFuture<Result> result = new CompletableFuture<>();
    private CRC32 crc = new CRC32();
    private long length;
    private int status;
    private @Nullable String cacheStatus;

    Member(Channel channel) {
      this.channel = channel;
      channel.pipeline().addLast(this);
    }

    void send(byte[] request) {
      crc = new CRC32();
      length = 0;
      status = 0;
      channel.writeAndFlush(Unpooled.wrappedBuffer(request), channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpResponse response) {
        status = response.status().code();
        cacheStatus = response.headers().get("Cache-Status");
      }
      if (message instanceof HttpContent content) {
        ByteBuf bytes = content.content();
        crc.update(bytes.nioBuffer());
        length += bytes.readableBytes();
        content.release();
        if (content instanceof LastHttpContent) {
          end(content.decoderResult().isSuccess());
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end(/* isComplete= */ false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    private void end(boolean isComplete) {
      result.complete(
          new Result(status, cacheStatus, new Content.Sum(length, crc.getValue()), isComplete));
    }
  }
}
