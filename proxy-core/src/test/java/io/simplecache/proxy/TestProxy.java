package io.simplecache.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.simplecache.CachingProxy;
import io.simplecache.ProxyStatistics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy with a server around it. Closing it checks that nothing is left behind. */
public final class TestProxy implements AutoCloseable {
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private final CachingProxy proxy;
  private final MultiThreadIoEventLoopGroup loops;
  private final Channel listener;
  private final AtomicInteger requests = new AtomicInteger();

  /** Starts it on a free port. */
  public TestProxy(CachingProxy proxy, int loopCount) throws InterruptedException {
    this.proxy = proxy;
    this.loops = new MultiThreadIoEventLoopGroup(loopCount, NioIoHandler.newFactory());
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 2048)
            // A large send buffer would hide from the proxy that a slow client takes something.
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(proxy.newCodec(), new RequestCounter(), proxy.newHandler());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  /** Counts a request when the proxy's handler has been given it. */
  private final class RequestCounter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean counts = message instanceof HttpRequest;
      ctx.fireChannelRead(message);
      if (counts) {
        requests.incrementAndGet();
      }
    }
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public ProxyStatistics statistics() {
    return proxy.statistics();
  }

  public CachingProxy proxy() {
    return proxy;
  }

  /** Returns how many requests the proxy has been given. */
  int requests() {
    return requests.get();
  }

  /**
   * Waits until the proxy has been given {@code count} requests since it started, and those who
   * join another's fetch have reached its loop.
   */
  void awaitRequests(int count) {
    Gate.awaitTrue(count + " requests at the proxy", () -> requests.get() >= count);
    loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
  }

  /** Waits until no body arrives and no flight is under way: then what is stored is stored. */
  public void awaitSettled() {
    Gate.awaitTrue(
        "no body arrives: " + statistics(),
        () -> statistics().arrivingBytes() == 0 && statistics().flights() == 0);
  }

  /** Returns whether there is no connection, no flight and nothing stored, arriving or kept. */
  static boolean holdsNothing(ProxyStatistics now) {
    return now.arrivingBytes() == 0
        && now.relayWindowBytes() == 0
        && now.segmentBytes() == 0
        && now.connections() == 0
        && now.flights() == 0
        && now.storedResources() == 0
        && now.storedBytes() == 0
        && now.bodyBytes() == 0
        && now.headBytes() == 0
        && now.indexBytes() == 0
        && now.tagBytes() == 0
        && now.tags() == 0;
  }

  /** Closes and checks that no connection, flight or byte is left. */
  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    proxy.closeAsync().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    try {
      Gate.awaitTrue("nothing is left", () -> holdsNothing(proxy.statistics()));
    } catch (AssertionError e) {
      throw new AssertionError("left: " + proxy.statistics(), e);
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
