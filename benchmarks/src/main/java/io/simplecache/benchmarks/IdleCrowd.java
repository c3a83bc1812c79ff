package io.simplecache.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The crowd of {@link IdleLoad}, in a process of its own: says {@code idle} when so many
 * connections are open and have been answered once; on a line, has clients send heads byte by byte,
 * one after the other within the time that a head may take, so that they are not all cut off in one
 * moment, and says {@code slow}; on another line, counts, and ends.
 */
final class IdleCrowd {
  /** So many clients have one address. */
  private static final int PER_ADDRESS = 200;

  /** So many connect at a time: fewer than a listener's queue holds. */
  private static final int CONNECTING = 64;

  private static final long PAUSE_MILLIS = 250;

  private static final byte[] WHOLE = bytes("GET /0 HTTP/1.1\r\nHost: crowd\r\n\r\n");
  private static final byte[] HEAD =
      bytes("GET /0 HTTP/1.1\r\nHost: crowd\r\nX-Slow: " + "x".repeat(1000));

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final int port;
  private final Semaphore connecting = new Semaphore(CONNECTING);
  private final AtomicInteger clients = new AtomicInteger();
  private final LongAdder lost = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private final LongAdder sent = new LongAdder();

  private IdleCrowd(int port) {
    this.port = port;
  }

  /** Runs the crowd of {@code port idle slow seconds-of-a-head}. */
  public static void main(String[] args) throws Exception {
    IdleCrowd crowd = new IdleCrowd(Integer.parseInt(args[0]));
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    crowd.open(Integer.parseInt(args[1]), Duration.ZERO, address -> crowd.new Idle());
    System.out.println("idle");
    input.readLine();
    Duration spread = Duration.ofSeconds(Integer.parseInt(args[3]));
    crowd.open(Integer.parseInt(args[2]), spread, address -> crowd.new Slow(address));
    System.out.println("slow");
    input.readLine();
    System.out.println(
        "end: "
            + crowd.lost
            + " idle connections lost, "
            + crowd.cut
            + " slow heads cut off, "
            + crowd.sent
            + " bytes of them sent");
    System.exit(0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private InetSocketAddress nextAddress() {
    int network = clients.getAndIncrement() / PER_ADDRESS;
    return new InetSocketAddress("127.0." + (1 + network / 250) + "." + (1 + network % 250), 0);
  }

  private void open(
      int count, Duration spread, Function<InetSocketAddress, ChannelHandler> newHandler)
      throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + spread.toNanos() * i / count;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      connecting.acquire();
      InetSocketAddress from = nextAddress();
      connect(from, newHandler.apply(from));
    }
    connecting.acquire(CONNECTING);
    connecting.release(CONNECTING);
  }

  private void connect(InetSocketAddress from, ChannelHandler handler) {
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .handler(handler)
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), from)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                System.err.println(connected.cause());
                lost.increment();
                connecting.release();
              }
            });
  }

  /** Asks once, and then for nothing more. */
  private final class Idle extends ChannelInboundHandlerAdapter {
    private boolean answered;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(WHOLE));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      if (!answered) {
        answered = true;
        connecting.release();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      lost.increment();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Sends a head that has no end, and comes back when it is cut off. */
  private final class Slow extends ChannelInboundHandlerAdapter {
    private final InetSocketAddress from;
    private int position;
    private boolean connectedBefore;

    Slow(InetSocketAddress from) {
      this.from = from;
    }

    @Override
    public boolean isSharable() {
      // One connection after the other.
      return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (!connectedBefore) {
        connectedBefore = true;
        connecting.release();
      }
      position = 0;
      sendNext(ctx);
    }

    private void sendNext(ChannelHandlerContext ctx) {
      if (ctx.channel().isActive() && position < HEAD.length) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(HEAD, position++, 1), ctx.voidPromise());
        sent.increment();
        ctx.executor().schedule(() -> sendNext(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      // 408, and the connection is closed.
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      cut.increment();
      connect(from, this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
