package io.simplecache.demo;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The main server: a small HTTP/1.1 origin that serves a directory, or its bundled site, and one
 * path per caching behaviour (the table is in {@link BehaviourPaths}).
 *
 * <p>Thread: may be started, asked and closed from any thread but its own event loops; several may
 * live in one process. It owns two event loop threads, up to four threads that read files and one
 * that hands log lines to the consumer; all end with {@link #close}.
 *
 * <p>The pipeline of a connection, from the socket inwards:
 *
 * <table>
 *   <caption>Handlers</caption>
 *   <tr><th>Handler</th><th>What it does</th></tr>
 *   <tr><td>{@code IdleStateHandler}</td><td>tells when nothing has moved for 60 seconds</td></tr>
 *   <tr><td>{@code HttpRequestDecoder}</td><td>parses; 8 KiB for the request line, 32 KiB for the fields</td></tr>
 *   <tr><td>{@code HttpResponseEncoder}</td><td>writes heads and chunks</td></tr>
 *   <tr><td>{@code FlowControlHandler}</td><td>holds pipelined requests back while one is being answered</td></tr>
 *   <tr><td>{@link OriginHandler}</td><td>answers</td></tr>
 * </table>
 */
public final class DemoOrigin implements AutoCloseable {
  private static final int EVENT_LOOPS = 2;
  private static final int FILE_THREADS = 4;
  private static final int MAX_WAITING_LOG_LINES = 10_000;
  private static final int MAX_REQUEST_LINE_BYTES = 8 * 1024;
  private static final int MAX_FIELDS_BYTES = 32 * 1024;
  private static final int IDLE_SECONDS = 60;

  private final RequestCounts counts = new RequestCounts();
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(
          EVENT_LOOPS,
          new DefaultThreadFactory("demo-origin", /* daemon= */ true),
          NioIoHandler.newFactory());
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, /* stayClosed= */ true);
  private final ThreadPoolExecutor fileThreads = newFileThreads();
  private final ThreadPoolExecutor logThread = newLogThread();
  private final InstantSource clock = Clock.systemUTC();
  private final Consumer<String> log;
  private final Router router;
  private final Channel listener;
  private boolean closed;

  private DemoOrigin(Builder builder) throws IOException {
    this.log = builder.log;
    try {
      Pages pages =
          builder.root == null
              ? BundledSite.load(clock)
              : new DirectoryPages(builder.root, builder.maxAge, fileThreads, clock);
      this.router = new Router(counts, new BehaviourPaths(clock), pages);
      this.listener = listen(builder.host, builder.port);
    } catch (IOException | RuntimeException e) {
      releaseThreads();
      throw e;
    }
  }

  /** Returns a builder with the defaults: 127.0.0.1, port 8000, the bundled site, no log. */
  public static Builder builder() {
    return new Builder();
  }

  private Channel listen(String host, int port) throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    initialize(channel);
                  }
                })
            .bind(new InetSocketAddress(host, port))
            .awaitUninterruptibly();
    Throwable failure = bound.cause();
    if (failure != null) {
      throw new IOException(host + ":" + port + ": " + failure.getMessage(), failure);
    }
    return bound.channel();
  }

  private void initialize(SocketChannel channel) {
    connections.add(channel);
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_FIELDS_BYTES);
    channel
        .pipeline()
        .addLast(
            new IdleStateHandler(
                /* observeOutput= */ true,
                /* readerIdleTime= */ 0,
                /* writerIdleTime= */ 0,
                IDLE_SECONDS,
                TimeUnit.SECONDS),
            new HttpRequestDecoder(limits),
            new HttpResponseEncoder(),
            new FlowControlHandler(),
            new OriginHandler(router, clock, this::print));
  }

  private void print(String line) {
    logThread.execute(() -> log.accept(line));
  }

  /** Returns the port it listens on; useful after asking for port 0. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Returns the live counts of the requests served; also found at {@code /_counts}. */
  public RequestCounts counts() {
    return counts;
  }

  /** Waits until the origin has been closed by another thread. */
  public void awaitClosed() throws InterruptedException {
    listener.closeFuture().await();
  }

  /**
   * Stops listening, closes the connections, whatever they are doing, and releases all threads.
   * Returns when that is done, whoever called first. Not to be called on an event loop of this
   * origin.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    // One at a time: on threads that another has released nothing is ever closed.
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    releaseThreads();
    closed = true;
  }

  /** The file threads end first, as what they have read is released on the event loops. */
  private void releaseThreads() {
    end(fileThreads);
    eventLoops
        .shutdownGracefully(/* quietPeriod= */ 0, /* timeout= */ 5, TimeUnit.SECONDS)
        .awaitUninterruptibly();
    end(logThread);
  }

  private static void end(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The queue needs no bound of its own: a connection has at most one look-up or read and one close
   * waiting.
   */
  private static ThreadPoolExecutor newFileThreads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            FILE_THREADS,
            FILE_THREADS,
            /* keepAliveTime= */ 10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("demo-origin-files", /* daemon= */ true));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Lines are dropped rather than waited for: a terminal that stands still must not stop an event
   * loop.
   */
  private static ThreadPoolExecutor newLogThread() {
    return new ThreadPoolExecutor(
        1,
        1,
        /* keepAliveTime= */ 0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MAX_WAITING_LOG_LINES),
        new DefaultThreadFactory("demo-origin-log", /* daemon= */ true),
        new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Settings of a {@link DemoOrigin}; each is checked when it is set. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 8000;
    private @Nullable Path root;
    private Duration maxAge = Duration.ofSeconds(60);
    private Consumer<String> log = line -> {};

    private Builder() {}

    /** The name or address to listen on. */
    public Builder host(String host) {
      this.host = requireNonNull(host, "host");
      return this;
    }

    /** The port to listen on; 0 lets the system choose one. */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /** The directory to serve; null, the default, serves the bundled site. */
    public Builder root(@Nullable Path root) {
      this.root = root;
      return this;
    }

    /** How long the files of the root are fresh, in whole seconds; 60 seconds unless set. */
    public Builder maxAge(Duration maxAge) {
      if (maxAge.isNegative()) {
        throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: not negative)");
      }
      this.maxAge = maxAge;
      return this;
    }

    /** Is given one line for each request served, one at a time, on a thread of its own. */
    public Builder log(Consumer<String> log) {
      this.log = requireNonNull(log, "log");
      return this;
    }

    /**
     * Starts listening.
     *
     * @throws IOException if the address cannot be bound or the root is not a directory that can be
     *     read
     */
    public DemoOrigin start() throws IOException {
      return new DemoOrigin(this);
    }
  }
}
