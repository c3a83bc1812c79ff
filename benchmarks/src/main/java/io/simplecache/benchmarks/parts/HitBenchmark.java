package io.simplecache.benchmarks.parts;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole hit of 1 KiB without the kernel: the bytes of a request go into a channel with the codec
 * and the cache, those of the response come out. With the gc profiler, this is what a hit allocates
 * (the channel's own share of it, two queues, is a few dozen bytes).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class HitBenchmark {
  private static final String PATH = "/1k.bin";

  /** Who sends the request. */
  @Param({"wrk", "browser"})
  String client = "";

  private ByteBuf request = Unpooled.EMPTY_BUFFER;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Path root;
  private final DemoOrigin origin;
  private final CachingProxy proxy;
  private final EmbeddedChannel channel;

  /** Starts an origin and a proxy with nothing stored. */
  public HitBenchmark() {
    try {
      root = Files.createTempDirectory("hit-benchmark-");
      Files.write(root.resolve("1k.bin"), new byte[Sample.BODY_BYTES]);
      origin = DemoOrigin.builder().port(0).root(root).maxAge(Duration.ofHours(1)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    proxy = CachingProxy.builder().origin("http://127.0.0.1:" + origin.port()).build();
    channel = new EmbeddedChannel(new HttpServerCodec(), proxy.newHandler());
  }

  /** Has the response stored, by a request through a listener of its own. */
  @Setup
  public void store() throws IOException {
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    client.pipeline().addLast(new HttpServerCodec(), proxy.newHandler());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    byte[] bytes = Sample.requestBytes(client, PATH);
    request = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(bytes).asReadOnly());
    try (Socket socket = new Socket()) {
      socket.connect(listener.localAddress());
      String last =
          "GET " + PATH + " HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(last.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
    listener.close().syncUninterruptibly();
    int messages = hit();
    if (messages == 0 || origin.counts().total() != 1) {
      throw new IllegalStateException(
          messages + " messages, the origin asked " + origin.counts().total() + " times");
    }
  }

  /** Ends all. */
  @TearDown
  public void close() throws IOException {
    channel.finishAndReleaseAll();
    proxy.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    origin.close();
    Files.delete(root.resolve("1k.bin"));
    Files.delete(root);
  }

  @Benchmark
  public int hit() {
    channel.writeInbound(request.duplicate());
    int drained = 0;
    for (Object message = channel.readOutbound();
        message != null;
        message = channel.readOutbound()) {
      ReferenceCountUtil.release(message);
      drained++;
    }
    return drained;
  }
}
