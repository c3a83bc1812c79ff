package io.simplecache.users;

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
import io.simplecache.message.HttpDates;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Head;
import io.simplecache.testing.MessageReader.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An origin that answers the same request in another way each time it is asked: a {@link Kind}
 * drawn at random, at once or late, in one piece or two, with a length or in chunks, as a 304 where
 * the condition allows it, as a part where one is asked for, and now and then not at all.
 */
final class MoodyOrigin {
  private static final Kind[] KINDS = Kind.values();

  private final People people;
  private final InstantSource clock;
  private final Channel listener;
  private final Set<Kind> given = ConcurrentHashMap.newKeySet();
  private final LongAdder notModified = new LongAdder();

  MoodyOrigin(People people, InstantSource clock, EventLoopGroup loop, SplittableRandom seed) {
    this.people = people;
    this.clock = clock;
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 2048)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    SplittableRandom random;
                    synchronized (seed) {
                      random = seed.split();
                    }
                    channel.pipeline().addLast(new Handler(random));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Returns the kinds of the answers so far. */
  Set<Kind> given() {
    return given;
  }

  long notModified() {
    return notModified.sum();
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
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      reader.append(bytes);
      for (Message m = reader.nextRequest(); m != null; m = reader.nextRequest()) {
        answer(ctx, m);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    private void answer(ChannelHandlerContext ctx, Message request) {
      byte[] bytes = new Answer(request, random).bytes();
      int mood = random.nextInt(1000);
      if (mood < 4) {
        ctx.close();
      } else if (mood < 8) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes, 0, bytes.length / 2));
        ctx.close();
      } else if (mood < 250) {
        later(ctx, () -> ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes)));
      } else if (mood < 400) {
        int cut = random.nextInt(bytes.length);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes, 0, cut));
        later(ctx, () -> ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut)));
      } else {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes));
      }
    }

    private void later(ChannelHandlerContext ctx, Runnable write) {
      ctx.executor().schedule(write, random.nextInt(1, 6), MILLISECONDS);
    }
  }

  /** One answer. */
  private final class Answer {
    private final Message request;
    private final SplittableRandom random;
    private final int user;
    private final int key;
    private final Kind kind;
    private final boolean personal;
    private final List<String> lines = new ArrayList<>();

    Answer(Message request, SplittableRandom random) {
      this.request = request;
      this.random = random;
      Head head = request.head();
      String target = head.startLine().split(" ", -1)[1];
      this.key = Integer.parseInt(target.substring(2).split("\\?", -1)[0]);
      this.user = Integer.parseInt(required("X-User"));
      this.kind = drawKind();
      this.personal = isPersonal();
      given.add(kind);
    }

    private String required(String name) {
      String value = request.head().field(name);
      if (value == null) {
        throw new IllegalStateException(name + " is missing: " + request.head());
      }
      return value;
    }

    private boolean has(String name) {
      return request.head().field(name) != null;
    }

    private Kind drawKind() {
      String line = request.head().startLine();
      boolean bodiless = request.body().length == 0;
      if (!bodiless || !(line.startsWith("GET ") || line.startsWith("HEAD "))) {
        return Kind.OF_CONTENT;
      }
      // Half of what it says is for everybody, so that there is something to share.
      Kind drawn =
          random.nextBoolean() ? KINDS[random.nextInt(8)] : KINDS[random.nextInt(KINDS.length - 1)];
      return drawn;
    }

    private boolean isPersonal() {
      return switch (kind.body) {
        case SHARED -> false;
        case PERSONAL -> true;
        case OF_COOKIE -> has("Cookie");
        case OF_AUTHORIZATION -> has("Authorization");
      };
    }

    byte[] bytes() {
      String secret = people.secret(user);
      String lifetime = Integer.toString(random.nextInt(1, 20));
      String etag = etag();
      lines.add(kind.fieldLines.replace("$", lifetime).replace("@", secret));
      lines.add("Date: " + HttpDates.format(clock.millis()));
      lines.add("X-Key: " + key);
      if (kind.status == 200 && random.nextInt(4) > 0) {
        lines.add("ETag: " + etag);
        if (matches(etag) && random.nextInt(4) > 0) {
          notModified.increment();
          return head("304 Not Modified").getBytes(ISO_8859_1);
        }
      }
      String pattern = personal ? people.personalPattern(key, user) : People.sharedPattern(key);
      return withBody(People.body(key, pattern));
    }

    /** A weak one is the same for all to whom what varies is personal (RFC 9110 §8.8.1). */
    private String etag() {
      boolean varies = kind.body == Kind.Body.OF_COOKIE || kind.body == Kind.Body.OF_AUTHORIZATION;
      if (personal && varies && random.nextBoolean()) {
        return "W/\"k" + key + "personal\"";
      }
      return "\"k" + key + (personal ? "u" + user : "") + "\"";
    }

    private boolean matches(String etag) {
      String condition = request.head().field("If-None-Match");
      return condition != null && List.of(condition.split("\\s*,\\s*")).contains(etag);
    }

    private String head(String status) {
      return "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
    }

    private byte[] withBody(byte[] whole) {
      byte[] body = whole;
      String status = kind.status + " Status";
      int[] range = kind.status == 200 && random.nextBoolean() ? range(whole.length) : null;
      if (range != null) {
        status = "206 Partial Content";
        lines.add("Content-Range: bytes " + range[0] + "-" + range[1] + "/" + whole.length);
        body = Arrays.copyOfRange(whole, range[0], range[1] + 1);
      }
      boolean chunked = random.nextInt(3) == 0;
      lines.add(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length);
      byte[] head = head(status).getBytes(ISO_8859_1);
      if (request.head().startLine().startsWith("HEAD ")) {
        return head;
      }
      return join(head, chunked ? chunks(body) : body);
    }

    private int @Nullable [] range(int length) {
      String field = request.head().field("Range");
      if (field == null || !field.matches("bytes=\\d+-\\d+")) {
        return null;
      }
      int dash = field.indexOf('-');
      int first = Integer.parseInt(field.substring("bytes=".length(), dash));
      int last = Math.min(length - 1, Integer.parseInt(field.substring(dash + 1)));
      return first <= last ? new int[] {first, last} : null;
    }

    private byte[] chunks(byte[] body) {
      int cut = random.nextInt(1, body.length);
      byte[] first = (Integer.toHexString(cut) + "\r\n").getBytes(ISO_8859_1);
      byte[] second =
          ("\r\n" + Integer.toHexString(body.length - cut) + "\r\n").getBytes(ISO_8859_1);
      byte[] end = "\r\n0\r\n\r\n".getBytes(ISO_8859_1);
      return join(
          first, Arrays.copyOf(body, cut), second, Arrays.copyOfRange(body, cut, body.length), end);
    }
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
