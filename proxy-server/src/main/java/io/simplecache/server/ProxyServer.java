package io.simplecache.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.simplecache.CachingProxy;
import io.simplecache.server.admin.AddressList;
import io.simplecache.server.admin.PurgeMethodHandler;
import io.simplecache.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The listener with its event loops, around a proxy. Thread: any; start and stop block. */
final class ProxyServer {
  /** The kernel makes it no more than {@code somaxconn}. */
  private static final int BACKLOG = 4096;

  /**
   * So many connections are accepted between two rounds of all others. Netty with epoll accepts one
   * and takes the descriptor that comes for a number of bytes, which says that no more are there:
   * then a thousand that come together wait for seconds where the others are busy.
   */
  private static final RecvByteBufAllocator ACCEPTED_AT_ONCE =
      new ServerChannelRecvByteBufAllocator().respectMaybeMoreData(false).maxMessagesPerRead(16);

  /** What the kernel holds for a slow client: little, so that it is seen to take something. */
  private static final int UNSENT_BYTES = 256 * 1024;

  /** More would let a slow client hold much memory, less would cost a wake-up for each write. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final CachingProxy proxy;
  private final Listener listener;
  private final LoopThreads threads;
  private final EventLoopGroup group;
  private final Channel channel;

  private ProxyServer(
      CachingProxy proxy,
      Listener listener,
      LoopThreads threads,
      EventLoopGroup group,
      Channel channel) {
    this.proxy = proxy;
    this.listener = listener;
    this.threads = threads;
    this.group = group;
    this.channel = channel;
  }

  /**
   * Where and how to listen.
   *
   * @param host address
   * @param port TCP port, 0 for any free one
   * @param threads number of event loops
   * @param transport how bytes reach the kernel
   * @param purgers whose PURGE is followed; null if that method is like any other
   */
  record Listener(
      String host, int port, int threads, Transport transport, @Nullable AddressList purgers) {}

  /**
   * Listens.
   *
   * @param proxy closed if listening fails, else when the server is stopped
   */
  static ProxyServer start(CachingProxy proxy, Listener listener) throws IOException {
    LoopThreads threads = new LoopThreads();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            listener.threads(), threads, listener.transport().newHandlerFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(listener.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.RECVBUF_ALLOCATOR, ACCEPTED_AT_ONCE)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            // A client may say that it sends nothing more and still wait for its answer.
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(new AcceptRest())
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    limitUnsent(client);
                    client.pipeline().addLast(proxy.newCodec());
                    if (listener.purgers() != null) {
                      client.pipeline().addLast(new PurgeMethodHandler(proxy, listener.purgers()));
                    }
                    client.pipeline().addLast(proxy.newHandler());
                  }
                })
            .bind(new InetSocketAddress(listener.host(), listener.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      proxy.close();
      threads.mayEnd();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw bound.cause() instanceof IOException io ? io : new IOException(bound.cause());
    }
    return new ProxyServer(proxy, listener, threads, group, bound.channel());
  }

  private static void limitUnsent(SocketChannel client) {
    if (client instanceof EpollSocketChannel) {
      client.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) UNSENT_BYTES);
    }
  }

  /** The threads of the event loops, which none may leave before it is told to. */
  private static final class LoopThreads extends DefaultThreadFactory {
    private volatile boolean mayEnd;

    LoopThreads() {
      super("cache", /* daemon= */ true);
    }

    void mayEnd() {
      mayEnd = true;
    }

    @Override
    protected Thread newThread(Runnable loop, String name) {
      return super.newThread(
          () -> {
            try {
              loop.run();
            } finally {
              if (!mayEnd) {
                LastResort.loopEnded();
              }
            }
          },
          name);
    }
  }

  /** Returns the port that it listens on. */
  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  EventLoopGroup eventLoops() {
    return group;
  }

  int threads() {
    return listener.threads();
  }

  String transportDescription() {
    return listener.transport().name().toLowerCase(Locale.ROOT);
  }

  /** Stops listening, lets running exchanges end within the limit, then closes everything. */
  void stop(Duration limit) {
    channel.close().awaitUninterruptibly();
    proxy.drain();
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (proxy.statistics().connections() > 0 && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      proxy.closeAsync().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Logging.print("not all connections could be closed: " + e);
    }
    threads.mayEnd();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Returns why listening failed, for people. */
  static String reason(IOException e) {
    if (e instanceof Errors.NativeIoException && e.getMessage() != null) {
      // Netty's message names the system call, people want what comes after it.
      return e.getMessage().replaceFirst("^.*failed with error\\(.*\\): ", "");
    }
    return String.valueOf(e.getMessage());
  }
}
