package io.simplecache.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Malformed;
import io.simplecache.testing.MessageReader.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An origin that does one of the {@link Fault}s to each request. What of it must never reach a
 * client says {@link #WRONG}.
 */
final class BrokenOrigin {
  static final String WRONG = "WRONG-WRONG";
  private static final Fault[] FAULTS = Fault.values();
  private static final String[] BAD_HEADS = {
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nContent-Length: 5\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nContent-Length: +11\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nContent Length: 11\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nX-A: \0\r\nContent-Length: 11\r\n\r\n" + WRONG,
    "HTTP/1.1 20 OK\r\nContent-Length: 11\r\n\r\n" + WRONG,
    "HTTP/3.0 200 OK\r\nContent-Length: 11\r\n\r\n" + WRONG,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + WRONG,
    "220 smtp.example.com ready\r\n\r\n" + WRONG,
    "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(70_000) + "\r\n\r\n" + WRONG,
  };
  private static final String[] BAD_CHUNKS = {
    "zz\r\n" + WRONG, "-1\r\n" + WRONG, "5\r\n" + WRONG + "\r\n", "fffffffffffffffff\r\n" + WRONG,
  };

  private final Bytes bytes;
  private final Channel listener;
  private final Set<Fault> done = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> malformed = new AtomicReference<>();

  BrokenOrigin(Bytes bytes, EventLoopGroup loop, SplittableRandom seed) {
    this.bytes = bytes;
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 2048)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    synchronized (seed) {
                      channel.pipeline().addLast(new Handler(seed.split()));
                    }
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Returns the faults so far. */
  Set<Fault> done() {
    return done;
  }

  /** Returns what came of the proxy and was no request, or null. */
  @Nullable String malformed() {
    return malformed.get();
  }

  void close() {
    listener.close().syncUninterruptibly();
  }

  private final class Handler extends SimpleChannelInboundHandler<ByteBuf> {
    private final SplittableRandom random;
    private final MessageReader reader = new MessageReader();

    Handler(SplittableRandom random) {
      this.random = random;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf read) {
      reader.append(read);
      for (Message m = reader.nextRequest(); m != null; m = reader.nextRequest()) {
        answer(ctx, m);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof Malformed) {
        malformed.set(cause.getMessage());
      }
      ctx.close();
    }

    private void answer(ChannelHandlerContext ctx, Message request) {
      // Mostly nothing is wrong.
      Fault fault = random.nextInt(4) > 0 ? Fault.NONE : FAULTS[random.nextInt(FAULTS.length)];
      done.add(fault);
      String[] line = request.head().startLine().split(" ", -1);
      int key = Integer.parseInt(line[1].substring(2));
      byte[] content = bytes.of(key);
      boolean headOnly = line[0].equals("HEAD");
      // A body that only the connection's end completes cannot be cut off without a reset.
      int framing = random.nextInt(fault == Fault.NONE || fault == Fault.DRIP ? 3 : 2);
      String head = head(key, framing, content.length);
      byte[] whole = headOnly ? latin1(head) : framed(head, framing, content);
      int cut = headOnly ? 0 : head.length() + random.nextInt(whole.length - head.length() + 1);
      switch (fault) {
        case NONE -> send(ctx, whole, framing == 2);
        case DRIP -> drip(ctx, whole, 0, framing == 2);
        case LATE -> later(ctx, () -> send(ctx, whole, framing == 2));
        case CLOSE_AT_ONCE -> ctx.close();
        case RESET_AT_ONCE -> reset(ctx);
        case SILENCE -> {}
        case HALF_HEAD -> send(ctx, latin1(head.substring(0, head.length() / 2)), false);
        case TRUNCATE -> send(ctx, Arrays.copyOf(whole, Math.min(cut, whole.length - 1)), true);
        case TRUNCATE_BY_RESET -> {
          ctx.writeAndFlush(Unpooled.wrappedBuffer(whole, 0, cut));
          later(ctx, () -> reset(ctx));
        }
        case STALL -> send(ctx, Arrays.copyOf(whole, Math.min(cut, whole.length - 1)), false);
        case BAD_HEAD -> send(ctx, latin1(BAD_HEADS[random.nextInt(BAD_HEADS.length)]), false);
        case BAD_CHUNKS ->
            send(
                ctx,
                latin1(head(key, 1, 0) + BAD_CHUNKS[random.nextInt(BAD_CHUNKS.length)]),
                false);
        case SURPLUS ->
            send(
                ctx,
                join(
                    whole,
                    latin1("HTTP/1.1 200 OK\r\nX-Key: 0\r\nContent-Length: 11\r\n\r\n" + WRONG)),
                false);
        case BODY_OF_204 ->
            send(
                ctx,
                latin1("HTTP/1.1 204 No Content\r\nCache-Control: max-age=1\r\n\r\n" + WRONG),
                false);
        case INFORMATIONAL -> {
          String before = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
          send(ctx, join(latin1(before.repeat(random.nextInt(1, 40))), whole), framing == 2);
        }
        case CLOSE_AFTER -> send(ctx, whole, true);
      }
    }

    private String head(int key, int framing, int length) {
      String field =
          switch (framing) {
            case 0 -> "Content-Length: " + length + "\r\n";
            case 1 -> "Transfer-Encoding: chunked\r\n";
            default -> "Connection: close\r\n";
          };
      String cacheControl =
          switch (random.nextInt(5)) {
            case 0 -> "no-store";
            case 1 -> "private";
            case 2 -> "max-age=1, stale-while-revalidate=5, stale-if-error=5";
            default -> "max-age=" + random.nextInt(1, 4);
          };
      return "HTTP/1.1 200 OK\r\nX-Key: "
          + key
          + "\r\nCache-Control: "
          + cacheControl
          + "\r\n"
          + field
          + "\r\n";
    }

    private byte[] framed(String head, int framing, byte[] content) {
      if (framing != 1) {
        return join(latin1(head), content);
      }
      if (content.length == 0) {
        return latin1(head + "0\r\n\r\n");
      }
      int cut = random.nextInt(1, content.length + 1);
      byte[] first = join(chunkHead(cut), Arrays.copyOf(content, cut), latin1("\r\n"));
      byte[] end = latin1("0\r\n\r\n");
      if (cut == content.length) {
        return join(latin1(head), first, end);
      }
      byte[] rest = Arrays.copyOfRange(content, cut, content.length);
      return join(latin1(head), first, chunkHead(rest.length), rest, latin1("\r\n"), end);
    }

    private byte[] chunkHead(int length) {
      return latin1(Integer.toHexString(length) + "\r\n");
    }

    private void send(ChannelHandlerContext ctx, byte[] all, boolean thenClose) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(all));
      if (thenClose) {
        ctx.close();
      }
    }

    private void drip(ChannelHandlerContext ctx, byte[] all, int from, boolean thenClose) {
      int to = Math.min(all.length, from + Math.max(50, all.length / 10));
      ctx.writeAndFlush(Unpooled.wrappedBuffer(all, from, to - from));
      if (to < all.length) {
        later(ctx, () -> drip(ctx, all, to, thenClose));
      } else if (thenClose) {
        ctx.close();
      }
    }

    private void reset(ChannelHandlerContext ctx) {
      ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      ctx.close();
    }

    private void later(ChannelHandlerContext ctx, Runnable task) {
      ctx.executor().schedule(task, random.nextInt(1, 20), MILLISECONDS);
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
