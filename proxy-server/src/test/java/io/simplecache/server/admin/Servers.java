package io.simplecache.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import io.simplecache.server.metrics.ProxyMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The demo main server, a proxy before it that takes PURGE from loopback, and the admin listener.
 */
final class Servers implements AutoCloseable {
  final DemoOrigin origin;
  final ProxyMetrics metrics = new ProxyMetrics();
  final CachingProxy proxy;
  final AdminServer admin;

  /** What a reload does; to be set by tests. */
  volatile AdminServer.Reload reload = List::of;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final Channel listener;

  Servers(@Nullable String token) throws IOException {
    this(token, List.of("127.0.0.0/8"));
  }

  Servers(@Nullable String token, List<String> purgers) throws IOException {
    origin = DemoOrigin.builder().port(0).log(line -> {}).start();
    proxy =
        CachingProxy.builder()
            .origin("http://localhost:" + origin.port())
            .maxMemory(64 << 20)
            .listener(metrics)
            .build();
    metrics.observe(proxy);
    metrics.observeLoops(loops);
    AddressList allowed = AddressList.parse(purgers);
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    client
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new PurgeMethodHandler(proxy, allowed),
                            proxy.newHandler());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    admin =
        AdminServer.start(
            new AdminConfig("127.0.0.1", 0, token), proxy, metrics, () -> reload.reload());
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Returns the absolute URL of a path, as a client of the proxy has it. */
  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  @Override
  public void close() {
    admin.close();
    listener.close().syncUninterruptibly();
    proxy.closeAsync().toCompletableFuture().join();
    metrics.close();
    origin.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
