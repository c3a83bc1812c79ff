package io.simplecache.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks for resources of a {@link Catalogue} over some connections and checks what comes. One
 * request of sixteen is for a response that may not be stored. One connection of eight is slow: it
 * asks for large ones only, and takes {@value #SLOW_BYTES} bytes every {@value #SLOW_MILLIS} ms.
 */
final class ChurnClient {
  private static final int SLOW_BYTES = 16 * 1024;
  private static final int SLOW_MILLIS = 20;
  private static final int LARGE_BYTES = 128 << 10;

  private final Catalogue catalogue;
  private final AtomicLong left;
  private final CountDownLatch running;
  private final LongAdder hits = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder errors = new LongAdder();

  ChurnClient(Catalogue catalogue, long requests, int connections) {
    this.catalogue = catalogue;
    this.left = new AtomicLong(requests);
    this.running = new CountDownLatch(connections);
  }

  /** Sends all requests and waits for the answers. */
  void run(EventLoopGroup group, int port) throws InterruptedException {
    long connections = running.getCount();
    for (int i = 0; i < connections; i++) {
      SplittableRandom random = new SplittableRandom(i);
      boolean slow = i % 8 == 7;
      new Bootstrap()
          .group(group)
          .channel(NioSocketChannel.class)
          .option(ChannelOption.AUTO_READ, false)
          .option(
              ChannelOption.RECVBUF_ALLOCATOR,
              slow
                  ? new FixedRecvByteBufAllocator(SLOW_BYTES).maxMessagesPerRead(1)
                  : new AdaptiveRecvByteBufAllocator())
          .handler(
              new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                  channel.pipeline().addLast(new HttpClientCodec(), new Handler(random, slow));
                }
              })
          .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .sync();
    }
    running.await();
  }

  long requestsLeft() {
    return Math.max(0, left.get());
  }

  long hits() {
    return hits.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  long errors() {
    return errors.sum();
  }

  private final class Handler extends SimpleChannelInboundHandler<HttpObject> {
    private final SplittableRandom random;
    private final boolean slow;
    private int key;
    private boolean wrong;
    private final ContentCheck check = new ContentCheck();

    Handler(SplittableRandom random, boolean slow) {
      this.random = random;
      this.slow = slow;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ask(ctx);
      ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (slow) {
        ctx.executor().schedule(ctx::read, SLOW_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        ctx.read();
      }
    }

    private void ask(ChannelHandlerContext ctx) {
      if (left.getAndDecrement() <= 0) {
        ctx.close();
        return;
      }
      key = catalogue.draw(random);
      while (slow && catalogue.size(key) < LARGE_BYTES) {
        key = catalogue.draw(random);
      }
      String path = "/" + key + (random.nextInt(16) == 0 ? "?no-store" : "");
      check.begin(key, /* position= */ 0);
      wrong = false;
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
      request.headers().set(HttpHeaderNames.HOST, "churn");
      ctx.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpResponse response) {
        wrong = response.status().code() != 200;
        if (response.headers().get("cache-status", "").contains("; hit")) {
          hits.increment();
        }
      }
      if (message instanceof HttpContent content) {
        bytes.add(content.content().readableBytes());
        check.add(content.content());
        if (content instanceof LastHttpContent) {
          if (wrong || !check.isRightUpTo(catalogue.size(key))) {
            errors.increment();
          }
          ask(ctx);
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (left.get() > 0) {
        errors.increment();
      }
      running.countDown();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      errors.increment();
      ctx.close();
    }
  }
}
