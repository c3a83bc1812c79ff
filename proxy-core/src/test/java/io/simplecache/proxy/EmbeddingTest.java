package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.CachingProxy;
import io.simplecache.ProxyStatistics;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Result;
import io.simplecache.proxy.RawClient.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An application of its own that has proxies in its pipelines, as the README shows it. */
class EmbeddingTest {
  /** The application's own handler before the proxy: answers one path, marks every response. */
  private static final class Before extends ChannelDuplexHandler {
    private boolean own;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        own = request.uri().equals("/_health");
        request.headers().set("X-Application", "before");
      }
      if (!own) {
        ctx.fireChannelRead(message);
        return;
      }
      boolean isEnd = message instanceof LastHttpContent;
      ReferenceCountUtil.release(message);
      if (isEnd) {
        DefaultFullHttpResponse healthy =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
        healthy.headers().set("Content-Length", 0);
        ctx.writeAndFlush(healthy);
      }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        response.headers().set("X-Served-By", "application");
      }
      ctx.write(message, promise);
    }
  }

  /** The application's own handler behind the proxy: sees connections come and go, no messages. */
  private static final class After extends ChannelInboundHandlerAdapter {
    private final AtomicInteger active;
    private final AtomicInteger messages;

    After(AtomicInteger active, AtomicInteger messages) {
      this.active = active;
      this.messages = messages;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      active.incrementAndGet();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      active.decrementAndGet();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      messages.incrementAndGet();
      ReferenceCountUtil.release(message);
    }
  }

  private final FakeClock clock = new FakeClock();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger messages = new AtomicInteger();

  private Channel listen(MultiThreadIoEventLoopGroup loops, CachingProxy proxy) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(),
                        new Before(),
                        proxy.newHandler(),
                        new After(active, messages));
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private static int portOf(Channel listener) {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private static Set<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("two proxies on the loops of an application, closed without a trace")
  void twoProxies_onTheApplicationsLoops_areClosedWithoutATrace() throws Exception {
    try (ScriptedOrigin north = new ScriptedOrigin(clock);
        ScriptedOrigin south = new ScriptedOrigin(clock)) {
      north.ok("/page", "north", "Cache-Control: max-age=60");
      south.ok("/page", "south", "Cache-Control: max-age=60");
      List<ExchangeRecord> records = new CopyOnWriteArrayList<>();
      MultiThreadIoEventLoopGroup loops =
          new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
      CachingProxy first =
          CachingProxy.builder()
              .origin(north.uri())
              .clock(clock)
              .name("north")
              .listener(records::add)
              .build();
      CachingProxy second =
          CachingProxy.builder().origin(south.uri()).clock(clock).name("south").build();
      Channel firstListener = listen(loops, first);
      Channel secondListener = listen(loops, second);
      RawClient northern = new RawClient(portOf(firstListener));
      RawClient southern = new RawClient(portOf(secondListener));

      // Once as they start their threads, once as they are.
      northern.get("/page");
      southern.get("/page");
      Set<String> threadsBefore = threadNames();
      Response northernHit = northern.get("/page");
      Response southernHit = southern.get("/page");

      assertEquals("north", northernHit.text());
      assertEquals("north; hit; ttl=60", northernHit.cacheStatus());
      assertEquals("application", northernHit.field("X-Served-By"));
      assertEquals("south", southernHit.text());
      assertEquals("south; hit; ttl=60", southernHit.cacheStatus());
      assertEquals("before", north.lastRequest().field("X-Application"));
      assertEquals(200, northern.get("/_health").status());
      assertEquals(1, north.requests().size());
      assertEquals(1, south.requests().size());
      assertEquals(
          List.of(Result.MISS, Result.HIT), records.stream().map(ExchangeRecord::result).toList());
      assertEquals(2, active.get());
      assertEquals(0, messages.get());
      assertTrue(threadsBefore.containsAll(threadNames()), "new threads: " + threadNames());

      // One proxy is closed, the other goes on.
      firstListener.close().syncUninterruptibly();
      first.closeAsync().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertTrue(northern.isClosedByServer());
      Gate.awaitTrue("no connection to the first origin", () -> north.open() == 0);
      Gate.awaitTrue("nothing left", () -> isEmpty(first.statistics()));
      assertEquals("south", southern.get("/page").text());

      secondListener.close().syncUninterruptibly();
      second.closeAsync().toCompletableFuture().get(10, TimeUnit.SECONDS);
      Gate.awaitTrue("no connection to the second origin", () -> south.open() == 0);
      Gate.awaitTrue("nothing left", () -> isEmpty(second.statistics()));
      Gate.awaitTrue("no connection of a client", () -> active.get() == 0);
      northern.close();
      southern.close();
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
    Gate.awaitTrue("no thread of ours", () -> threadNames().stream().noneMatch(this::isOurs));
  }

  /** The executor that all of Netty shares ends by itself after a second without work. */
  private boolean isOurs(String thread) {
    return thread.startsWith("multiThreadIoEventLoopGroup")
        || thread.startsWith("globalEventExecutor")
        || thread.contains("simplecache");
  }

  private static boolean isEmpty(ProxyStatistics now) {
    return TestProxy.holdsNothing(now);
  }

  @Test
  @DisplayName("a closed proxy cuts off what is under way and answers nothing more")
  void close_withRequestsUnderWay_cutsThemOff() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin(clock)) {
      Gate cancelled = new Gate();
      origin.on(
          "/page",
          (request, connection) -> {
            connection.send(
                origin.head("200 OK", "Cache-Control: max-age=60", "Content-Length: 100"));
            connection.send("0123456789");
            connection.awaitClosed();
            cancelled.open();
          });
      TestProxy proxy =
          new TestProxy(CachingProxy.builder().origin(origin.uri()).clock(clock).build(), 2);
      RawClient client = new RawClient(proxy.port());
      client.send(RawClient.request("GET", "/page"));
      RawClient.Head head = client.receiveHead();
      Wire.Content content = client.content(head, "GET");
      RawClient.exactly(content, 10);

      proxy.close();

      cancelled.await();
      assertTrue(!RawClient.rest(head, content).isComplete());
      client.close();
    }
  }

  @Test
  @DisplayName("a connection that opens when the proxy is closed is closed")
  void close_beforeAConnectionOpens_closesIt() throws Exception {
    CachingProxy closed = CachingProxy.builder().origin("http://127.0.0.1:9").build();
    closed.closeAsync().toCompletableFuture().join();
    try (TestProxy proxy = new TestProxy(closed, 1);
        RawClient late = new RawClient(proxy.port())) {
      assertTrue(late.isClosedByServer());
    }
  }

  @Test
  @DisplayName("drain: idle connections close, what is under way is answered, then closed")
  void drain_answersWhatIsUnderWay() throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin(clock)) {
      Gate answer = new Gate();
      origin.on("/page", origin.answer("200 OK", "hello").after(answer));
      TestProxy proxy =
          new TestProxy(CachingProxy.builder().origin(origin.uri()).clock(clock).build(), 2);
      RawClient idle = new RawClient(proxy.port());
      RawClient busy = new RawClient(proxy.port());
      busy.send(RawClient.request("GET", "/page"));
      proxy.awaitRequests(1);
      Gate.awaitTrue("both connections", () -> proxy.statistics().connections() == 2);

      proxy.proxy().drain();
      assertTrue(idle.isClosedByServer());
      answer.open();
      Response response = busy.receive();

      assertEquals("hello", response.text());
      assertEquals("close", response.field("Connection"));
      assertTrue(busy.isClosedByServer());
      Gate.awaitTrue("no connection", () -> proxy.statistics().connections() == 0);
      idle.close();
      busy.close();
      proxy.close();
    }
  }
}
