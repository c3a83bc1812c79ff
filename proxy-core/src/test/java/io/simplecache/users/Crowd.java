package io.simplecache.users;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Many connections over which all users ask in turn, some requests at a time, and check what comes:
 * no secret but the own one, and never a body of another key. Some leave before their answers.
 */
final class Crowd {
  private static final int MAX_DEFECTS = 20;
  private static final int MAX_PIPELINED = 12;
  private static final int HOT_KEYS = 24;
  private static final int COLD_KEYS = 400;

  private final People people;
  private final AtomicLong left;
  private final AtomicLong clockMillis;
  private final CountDownLatch running;
  private final LongAdder exchanges = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final LongAdder personal = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder collapsed = new LongAdder();
  private final Queue<String> defects = new ConcurrentLinkedQueue<>();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  /**
   * Prepares a crowd.
   *
   * @param clockMillis moves on by a millisecond for each answer
   */
  Crowd(People people, long exchanges, int connections, AtomicLong clockMillis) {
    this.people = people;
    this.left = new AtomicLong(exchanges);
    this.clockMillis = clockMillis;
    this.running = new CountDownLatch(connections);
  }

  /** Asks all there is to ask; returns what waits in vain, for {@code patience} seconds. */
  String run(EventLoopGroup loop, int port, SplittableRandom random, int patience)
      throws InterruptedException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    for (long i = running.getCount(); i > 0; i--) {
      connect(bootstrap, random.split());
    }
    long before = -1;
    while (!running.await(patience, TimeUnit.SECONDS)) {
      long now = exchanges.sum();
      if (now == before) {
        return connections.stream().map(Connection::waiting).collect(Collectors.joining("\n\n"));
      }
      before = now;
    }
    return "";
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
        .connect();
  }

  /** Returns what should not have been, described; no more than some of it. */
  Queue<String> defects() {
    return defects;
  }

  long exchanges() {
    return exchanges.sum();
  }

  /** Returns how many requests had no answer because somebody closed the connection. */
  long unanswered() {
    return unanswered.sum();
  }

  /** Returns how many answers carried the secret of the one who had asked. */
  long personal() {
    return personal.sum();
  }

  long hits() {
    return hits.sum();
  }

  long collapsed() {
    return collapsed.sum();
  }

  private record Asked(int user, int key, String method, String text) {}

  private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
    private final Bootstrap bootstrap;
    private final SplittableRandom random;
    private final MessageReader reader = new MessageReader();
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();
    private boolean leaving;

    Connection(Bootstrap bootstrap, SplittableRandom random) {
      this.bootstrap = bootstrap;
      this.random = random;
    }

    /** Returns what was asked last and not answered, and the beginning of what has come of it. */
    String waiting() {
      byte[] rest = reader.rest();
      return asked
          + "\nhas "
          + rest.length
          + " bytes: "
          + new String(rest, 0, Math.min(1000, rest.length), ISO_8859_1);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      connections.add(this);
      ask(ctx);
    }

    private void ask(ChannelHandlerContext ctx) {
      int count = random.nextInt(1, MAX_PIPELINED + 1);
      if (left.getAndAdd(-count) <= 0) {
        ctx.close();
        return;
      }
      StringBuilder batch = new StringBuilder();
      for (int i = 0; i < count; i++) {
        Asked next = draw();
        asked.add(next);
        batch.append(next.text());
      }
      ctx.writeAndFlush(Unpooled.copiedBuffer(batch, ISO_8859_1));
      int mood = random.nextInt(400);
      leaving = mood == 0;
      if (mood == 1) {
        ctx.close();
      }
    }

    private Asked draw() {
      int user = random.nextInt(People.COUNT);
      int key =
          random.nextInt(10) < 7 ? random.nextInt(HOT_KEYS) : HOT_KEYS + random.nextInt(COLD_KEYS);
      int choice = random.nextInt(100);
      String method =
          choice < 90
              ? "GET"
              : choice < 95 ? "HEAD" : choice < 98 ? "POST" : choice < 99 ? "PUT" : "DELETE";
      String content = "";
      if (method.startsWith("P") || (method.equals("GET") && random.nextInt(40) == 0)) {
        content = "content of " + user;
      }
      StringBuilder text = new StringBuilder(method);
      // Two spellings of one resource (RFC 3986 §6.2.2.2).
      text.append(random.nextInt(8) == 0 ? " /%6b" : " /k").append(key).append(" HTTP/1.1\r\n");
      text.append("Host: www.example.com\r\nX-User: ").append(user).append("\r\n");
      addCredentials(text, user);
      if (method.equals("GET")) {
        addConditions(text, user, key);
      }
      if (!content.isEmpty() && random.nextBoolean()) {
        text.append("Transfer-Encoding: chunked\r\n\r\n")
            .append(Integer.toHexString(content.length()))
            .append("\r\n")
            .append(content)
            .append("\r\n0\r\n\r\n");
      } else if (!content.isEmpty()) {
        text.append("Content-Length: ").append(content.length()).append("\r\n\r\n").append(content);
      } else {
        text.append("\r\n");
      }
      return new Asked(user, key, method, text.toString());
    }

    private void addCredentials(StringBuilder text, int user) {
      int choice = random.nextInt(10);
      if (choice < 3) {
        text.append("Cookie: theme=dark; user=").append(user).append("\r\n");
      } else if (choice < 4) {
        text.append("Cookie: theme=dark\r\nCookie: user=").append(user).append("\r\n");
      }
      if (choice > 2 && choice < 6) {
        text.append("Authorization: Basic user").append(user).append("\r\n");
      }
      if (random.nextInt(30) == 0) {
        text.append("Connection: keep-alive, Cookie, Authorization, Cache-Control\r\n");
      }
      if (random.nextInt(4) == 0) {
        text.append("Accept-Language: ").append(random.nextBoolean() ? "en" : "de, en;q=0.5");
        text.append("\r\n");
      }
    }

    private void addConditions(StringBuilder text, int user, int key) {
      switch (random.nextInt(30)) {
        case 0 -> text.append("Cache-Control: no-cache\r\n");
        case 1 -> text.append("Cache-Control: max-age=0\r\n");
        case 2 -> text.append("Cache-Control: no-store\r\n");
        case 3 -> text.append("Cache-Control: only-if-cached, max-stale=100\r\n");
        case 4 -> text.append("If-None-Match: \"k").append(key).append("\"\r\n");
        case 5 -> text.append("If-None-Match: \"k" + key + "u" + user + "\", \"k" + key + "\"\r\n");
        case 6, 7 -> {
          int first = random.nextInt(200);
          text.append("Range: bytes=" + first + "-" + (first + 150)).append("\r\n");
        }
        case 8 -> text.append("Range: bytes=0-99, 150-280\r\n");
        default -> {}
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      reader.append(bytes);
      if (leaving) {
        ctx.close();
        return;
      }
      for (Message m = nextResponse(); m != null; m = nextResponse()) {
        check(asked.remove(), m);
        if (asked.isEmpty()) {
          ask(ctx);
        }
      }
      if (asked.isEmpty() && !reader.isEmpty()) {
        defect("bytes that nobody asked for: " + new String(reader.rest(), ISO_8859_1));
        ctx.close();
      }
    }

    private @Nullable Message nextResponse() {
      Asked next = asked.peek();
      return next == null ? null : reader.nextResponse(next.method().equals("HEAD"));
    }

    private void check(Asked request, Message response) {
      exchanges.increment();
      clockMillis.incrementAndGet();
      String status = response.head().field("Cache-Status");
      if (status != null && status.contains("; hit")) {
        hits.increment();
      } else if (status != null && status.contains("; collapsed")) {
        collapsed.increment();
      }
      String foreign = people.foreignSecret(response, request.user());
      if (foreign != null) {
        defect("the secret " + foreign + " of another in the response", request, response);
      }
      if (response.head().field("X-Key") != null) {
        checkKey(request, response);
      }
    }

    private void checkKey(Asked request, Message response) {
      int key = request.key();
      if (!Integer.toString(key).equals(response.head().field("X-Key"))) {
        defect("the response of another key", request, response);
        return;
      }
      String range = response.head().field("Content-Range");
      if (response.body().length == 0 || (range == null && response.head().status() == 206)) {
        return;
      }
      int offset =
          range == null
              ? 0
              : Integer.parseInt(range.substring("bytes ".length(), range.indexOf('-')));
      boolean whole = range != null || response.body().length == People.length(key);
      if (whole
          && People.isPartOf(
              response.body(), offset, people.personalPattern(key, request.user()))) {
        personal.increment();
      } else if (!whole || !People.isPartOf(response.body(), offset, People.sharedPattern(key))) {
        defect("a body that was never sent", request, response);
      }
    }

    private void defect(String what, Asked request, Message response) {
      byte[] body = response.body();
      defect(
          what
              + "\n--- user "
              + request.user()
              + " asked\n"
              + request.text().strip()
              + "\n--- and got\n"
              + response.head().startLine()
              + "\n"
              + String.join("\n", response.head().lines())
              + "\n"
              + new String(body, 0, Math.min(100, body.length), ISO_8859_1)
              + " ("
              + body.length
              + " bytes)");
    }

    private void defect(String what) {
      if (defects.size() < MAX_DEFECTS) {
        defects.add(what);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      connections.remove(this);
      Asked cut = asked.peek();
      if (cut != null) {
        String foreign = people.foreignSecret(reader.rest(), cut.user());
        if (foreign != null && !leaving) {
          defect("the secret " + foreign + " of another in what was cut off");
        }
      }
      unanswered.add(asked.size());
      if (left.get() > 0) {
        connect(bootstrap, random);
      } else {
        running.countDown();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof Malformed) {
        defect(cause.toString());
      }
      ctx.close();
    }
  }
}
