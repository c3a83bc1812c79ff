package io.simplecache.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Malformed;
import io.simplecache.testing.MessageReader.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients that leave, reset, dawdle and break off their own requests. What ends as its framing says
 * is checked byte by byte.
 */
final class Mob {
  private static final int MAX_DEFECTS = 20;
  private static final int MAX_PIPELINED = 4;

  private final Bytes bytes;
  private final CountDownLatch running;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final LongAdder asked = new LongAdder();
  private final LongAdder right = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder cutOff = new LongAdder();
  private final Queue<String> defects = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;

  Mob(Bytes bytes, int connections) {
    this.bytes = bytes;
    this.running = new CountDownLatch(connections);
  }

  void start(EventLoopGroup loop, int port, SplittableRandom random) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.SO_RCVBUF, 16 * 1024)
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    for (long i = running.getCount(); i > 0; i--) {
      connect(bootstrap, random.split());
    }
  }

  /** Lets what was asked be answered; returns what still waits after {@code patience} seconds. */
  String stop(int patience) throws InterruptedException {
    stopping = true;
    if (running.await(patience, TimeUnit.SECONDS)) {
      return "";
    }
    StringBuilder stuck = new StringBuilder();
    connections.forEach(connection -> stuck.append(connection.waiting()).append("\n\n"));
    return stuck.toString();
  }

  private void connect(Bootstrap bootstrap, SplittableRandom random) {
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new Connection(bootstrap, random));
              }
            })
        .connect()
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                running.countDown();
                defect("no connection: " + connected.cause());
              }
            });
  }

  /** Returns what should not have been, described; no more than some of it. */
  Queue<String> defects() {
    return defects;
  }

  long asked() {
    return asked.sum();
  }

  /** Returns how many answers had all of their content. */
  long right() {
    return right.sum();
  }

  /** Returns how many answers were the proxy's own, such as 502. */
  long refused() {
    return refused.sum();
  }

  /** Returns how many requests had no whole answer. */
  long cutOff() {
    return cutOff.sum();
  }

  private void defect(String what) {
    if (defects.size() < MAX_DEFECTS) {
      defects.add(what);
    }
  }

  private record Asked(int key, String method, String text) {}

  private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
    private final Bootstrap bootstrap;
    private final SplittableRandom random;
    private final MessageReader reader = new MessageReader();
    private final Queue<Asked> waiting = new ArrayDeque<>();

    /** Where it ends is not the proxy's word: it was reset, or it is the client that left. */
    private boolean broken;

    /** It has begun what it will not complete; an answer that comes before is not read. */
    private boolean leaving;

    Connection(Bootstrap bootstrap, SplittableRandom random) {
      this.bootstrap = bootstrap;
      this.random = random;
    }

    String waiting() {
      return waiting + "\nhas " + new String(reader.rest(), ISO_8859_1);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      connections.add(this);
      ask(ctx);
    }

    private void ask(ChannelHandlerContext ctx) {
      if (stopping) {
        ctx.close();
        return;
      }
      if (random.nextInt(80) == 0) {
        leaveInMidRequest(ctx);
        return;
      }
      StringBuilder batch = new StringBuilder();
      boolean last = random.nextInt(30) == 0;
      int count = last ? 1 : random.nextInt(1, MAX_PIPELINED + 1);
      for (int i = 0; i < count; i++) {
        Asked next = draw(last ? "1.0" : "1.1");
        waiting.add(next);
        batch.append(next.text());
      }
      asked.add(count);
      ctx.writeAndFlush(Unpooled.copiedBuffer(batch, ISO_8859_1));
      misbehave(ctx);
    }

    private void misbehave(ChannelHandlerContext ctx) {
      switch (random.nextInt(80)) {
        case 0 -> leave(ctx);
        case 1 -> resetNow(ctx);
        case 2 -> later(ctx, () -> leave(ctx));
        case 3 -> later(ctx, () -> resetNow(ctx));
        case 4, 5 -> {
          ctx.channel().config().setAutoRead(false);
          later(ctx, () -> ctx.channel().config().setAutoRead(true));
        }
        default -> {}
      }
    }

    private void leaveInMidRequest(ChannelHandlerContext ctx) {
      String upload = "POST /c3 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nbegins";
      int cut = random.nextInt(1, upload.length() + 1);
      ctx.writeAndFlush(Unpooled.copiedBuffer(upload.substring(0, cut), ISO_8859_1));
      leaving = true;
      later(ctx, () -> leave(ctx));
    }

    private Asked draw(String version) {
      int key = random.nextInt(2) == 0 ? random.nextInt(10) : random.nextInt(Bytes.KEYS);
      int choice = random.nextInt(20);
      String method = choice == 0 ? "HEAD" : choice == 1 ? "POST" : "GET";
      StringBuilder text = new StringBuilder();
      text.append(method + " /c" + key + " HTTP/" + version + "\r\nHost: a\r\n");
      switch (random.nextInt(20)) {
        case 0 -> text.append("Cache-Control: no-cache\r\n");
        case 1 -> text.append("Range: bytes=").append(random.nextInt(500)).append("-900\r\n");
        case 2 -> text.append("Range: bytes=-100\r\n");
        default -> {}
      }
      text.append(method.equals("POST") ? "Content-Length: 7\r\n\r\ncontent" : "\r\n");
      return new Asked(key, method, text.toString());
    }

    private void later(ChannelHandlerContext ctx, Runnable task) {
      ctx.executor().schedule(task, random.nextInt(1, 40), MILLISECONDS);
    }

    private void leave(ChannelHandlerContext ctx) {
      broken = true;
      ctx.close();
    }

    private void resetNow(ChannelHandlerContext ctx) {
      ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      leave(ctx);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf read) {
      if (leaving) {
        return;
      }
      reader.append(read);
      boolean any = !waiting.isEmpty();
      for (Message m = nextResponse(); m != null; m = nextResponse()) {
        check(waiting.remove(), m);
      }
      if (waiting.isEmpty() && !reader.isEmpty()) {
        defect("bytes that nobody asked for: " + new String(reader.rest(), ISO_8859_1));
        ctx.close();
      } else if (any && waiting.isEmpty()) {
        ask(ctx);
      }
    }

    private @Nullable Message nextResponse() {
      Asked next = waiting.peek();
      return next == null ? null : reader.nextResponse(next.method().equals("HEAD"));
    }

    private void check(Asked request, Message response) {
      int key = request.key();
      byte[] body = response.body();
      String keyField = response.head().field("X-Key");
      if (keyField == null) {
        refused.increment();
        if (new String(body, ISO_8859_1).contains(BrokenOrigin.WRONG)) {
          defect(describe("what is no response", request, response));
        }
        return;
      }
      int first = 0;
      int length = request.method().equals("HEAD") ? 0 : bytes.of(key).length;
      String range = response.head().field("Content-Range");
      int status = response.head().status();
      if (status == 206 && range != null) {
        String[] ends = range.substring("bytes ".length(), range.indexOf('/')).split("-", -1);
        first = Integer.parseInt(ends[0]);
        length = request.method().equals("HEAD") ? 0 : Integer.parseInt(ends[1]) - first + 1;
      } else if (status != 200) {
        refused.increment();
        return;
      }
      if (keyField.equals(Integer.toString(key)) && bytes.isRight(key, first, length, body)) {
        right.increment();
      } else {
        defect(describe("a wrong response", request, response));
      }
    }

    private String describe(String what, Asked request, Message response) {
      return what
          + "\n--- to\n"
          + request.text().strip()
          + "\n--- is\n"
          + response.head().startLine()
          + "\n"
          + String.join("\n", response.head().lines())
          + "\n("
          + response.body().length
          + " bytes)";
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      connections.remove(this);
      Asked first = waiting.peek();
      if (first != null && !broken) {
        Message closed = reader.untilClosed(first.method().equals("HEAD"));
        if (closed != null) {
          check(waiting.remove(), closed);
        }
      }
      cutOff.add(waiting.size());
      if (stopping) {
        running.countDown();
      } else {
        connect(bootstrap, random);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof Malformed) {
        defect(cause.toString());
      }
      // A reset says that what came is not all.
      leave(ctx);
    }
  }
}
