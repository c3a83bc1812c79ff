package io.simplecache.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
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
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask for resources of a {@link Catalogue} in every way that is usual, and check what
 * comes; now and then one hangs up in the middle of an answer and comes back.
 */
final class SoakClient {
  private final Catalogue catalogue;
  private final EventLoopGroup group;
  private final int port;
  private final CountDownLatch running;
  private final LongAdder requests = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable String firstFailure;
  private volatile boolean stopping;

  SoakClient(Catalogue catalogue, EventLoopGroup group, int port, int connections) {
    this.catalogue = catalogue;
    this.group = group;
    this.port = port;
    running = new CountDownLatch(connections);
    SplittableRandom seeds = new SplittableRandom(/* seed= */ 7);
    for (int i = 0; i < connections; i++) {
      connect(seeds.split());
    }
  }

  private void connect(SplittableRandom random) {
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new Handler(random));
              }
            })
        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                failed("no connection: " + connected.cause());
                running.countDown();
              }
            });
  }

  /** Has each client stop after the answer it waits for, and waits until they have. */
  void stop() throws InterruptedException {
    stopping = true;
    running.await();
  }

  long requests() {
    return requests.sum();
  }

  long hits() {
    return hits.sum();
  }

  long failures() {
    return failures.sum();
  }

  /** Returns what went wrong first, or null. */
  @Nullable String firstFailure() {
    return firstFailure;
  }

  private void failed(String what) {
    failures.increment();
    if (firstFailure == null) {
      firstFailure = what;
    }
  }

  /** What is asked for, and how often of a hundred. */
  private enum Kind {
    WHOLE(52),
    VALIDATED(10),
    RELAYED(10),
    RANGE(10),
    HEAD(5),
    CONDITIONAL(5),
    POST(3),
    HANG_UP(5);

    private final int share;

    Kind(int share) {
      this.share = share;
    }

    static Kind draw(SplittableRandom random) {
      int left = random.nextInt(100);
      for (Kind kind : values()) {
        left -= kind.share;
        if (left < 0) {
          return kind;
        }
      }
      throw new AssertionError("shares of less than 100");
    }
  }

  private final class Handler extends SimpleChannelInboundHandler<HttpObject> {
    private final SplittableRandom random;
    private Kind kind = Kind.WHOLE;
    private int key;
    private int status;
    private String proxyStatus = "";
    private int rangeFrom;
    private boolean wrong;
    private boolean leaving;
    private final ContentCheck check = new ContentCheck();

    Handler(SplittableRandom random) {
      this.random = random;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ask(ctx);
    }

    private void ask(ChannelHandlerContext ctx) {
      if (stopping) {
        leaving = true;
        ctx.close();
        return;
      }
      kind = Kind.draw(random);
      key = catalogue.draw(random);
      wrong = false;
      requests.increment();
      ctx.writeAndFlush(request());
    }

    private FullHttpRequest request() {
      HttpMethod method =
          switch (kind) {
            case HEAD -> HttpMethod.HEAD;
            case POST -> HttpMethod.POST;
            default -> HttpMethod.GET;
          };
      String query =
          switch (kind) {
            case VALIDATED -> "?max-age=1";
            case RELAYED -> "?no-store";
            default -> "";
          };
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/" + key + query);
      request.headers().set(HttpHeaderNames.HOST, "soak");
      if (kind == Kind.CONDITIONAL) {
        request.headers().set(HttpHeaderNames.IF_NONE_MATCH, "\"" + key + "\"");
      } else if (kind == Kind.POST) {
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      } else if (kind == Kind.RANGE) {
        rangeFrom = random.nextInt(catalogue.size(key));
        request.headers().set(HttpHeaderNames.RANGE, "bytes=" + rangeFrom + "-");
      }
      return request;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (leaving) {
        return;
      }
      if (message instanceof HttpResponse response) {
        begin(response);
      }
      if (message instanceof HttpContent content) {
        check.add(content.content());
        if (kind == Kind.HANG_UP && random.nextInt(2) == 0) {
          leaving = true;
          ctx.close();
        } else if (content instanceof LastHttpContent) {
          end();
          ask(ctx);
        }
      }
    }

    private void begin(HttpResponse response) {
      status = response.status().code();
      proxyStatus = response.headers().get("proxy-status", "no Proxy-Status");
      check.begin(key, status == 206 ? rangeFrom : 0);
      if (response.headers().get("cache-status", "").contains("; hit")) {
        hits.increment();
      }
      wrong =
          switch (kind) {
            case CONDITIONAL -> status != 304;
            case POST -> status != 204;
            // From the first byte on may be answered by the whole, too.
            case RANGE -> status != 206 && status != 200;
            default -> status != 200;
          };
    }

    private void end() {
      boolean hasContent = kind != Kind.HEAD && status != 304 && status != 204;
      if (wrong || !check.isRightUpTo(hasContent ? catalogue.size(key) : 0)) {
        failed(
            kind
                + (" /" + key + ": " + status + ", " + proxyStatus)
                + (", content up to " + check.position()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!leaving) {
        failed(kind + " /" + key + ": closed");
      }
      if (stopping) {
        running.countDown();
      } else {
        connect(random);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(kind + " /" + key + ": " + cause);
      leaving = true;
      ctx.close();
    }
  }
}
