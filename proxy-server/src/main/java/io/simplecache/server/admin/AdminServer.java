package io.simplecache.server.admin;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.simplecache.CachingProxy;
import io.simplecache.server.metrics.LiveView;
import io.simplecache.server.metrics.ProxyMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listener for operators, with one event loop and, for what may block, one thread of its own.
 * Threads: any; {@link #start} and {@link #close} block.
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 128;
  private static final int IDLE_SECONDS = 60;

  /** A request has some hundred bytes, and comes at once. */
  private static final int REQUEST_SECONDS = 5;

  /** An explain call carries a URL and fields in its query. */
  private static final int MAX_LINE_BYTES = 16 * 1024;

  private static final int MAX_HEAD_BYTES = 32 * 1024;

  private final MultiThreadIoEventLoopGroup group;
  private final ThreadPoolExecutor worker;
  private final ChannelGroup connections;
  private final ConnectionLimit limit = new ConnectionLimit(MAX_CONNECTIONS);
  private final AdminConfig config;
  private final Gate gate;
  private final CachingProxy proxy;
  private final LiveView view;
  private final EventStream events;
  private final Map<String, Route> routes;
  private final Channel listener;
  private volatile boolean draining;

  /** Takes the settings again. */
  @FunctionalInterface
  public interface Reload {
    /**
     * Reads the settings, checks them, and applies them as a whole. May block.
     *
     * @return names of settings that need a restart and therefore kept their old value
     * @throws IllegalArgumentException if a setting is not valid; the message says which one,
     *     where, and what was expected; nothing has changed then
     */
    List<String> reload();
  }

  private AdminServer(AdminConfig config, CachingProxy proxy, ProxyMetrics metrics, Reload reload)
      throws IOException {
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", /* daemon= */ true), NioIoHandler.newFactory());
    this.worker =
        new ThreadPoolExecutor(
            0,
            1,
            /* keepAliveTime= */ 10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("admin-worker", /* daemon= */ true));
    EventLoop loop = group.next();
    this.connections = new DefaultChannelGroup(loop);
    this.config = config;
    this.gate = new Gate(config);
    this.proxy = proxy;
    this.view = new LiveView(metrics, proxy);
    this.events = new EventStream(loop, () -> Json.bytes(view.history()));
    this.routes = new AdminRoutes(proxy, metrics, reload, worker, () -> draining).byPath();
    this.listener = listen();
    loop.scheduleAtFixedRate(this::second, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Listens.
   *
   * @param config where, and who may ask
   * @param proxy what is asked about; not closed by this
   * @param metrics that have observed {@code proxy}
   * @param reload takes the settings again
   * @throws IOException if it cannot listen there
   */
  public static AdminServer start(
      AdminConfig config, CachingProxy proxy, ProxyMetrics metrics, Reload reload)
      throws IOException {
    return new AdminServer(
        requireNonNull(config, "config"),
        requireNonNull(proxy, "proxy"),
        requireNonNull(metrics, "metrics"),
        requireNonNull(reload, "reload"));
  }

  private Channel listen() throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel operator) {
                    accept(operator);
                  }
                })
            .bind(new InetSocketAddress(config.host(), config.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw bound.cause() instanceof IOException io ? io : new IOException(bound.cause());
    }
    return bound.channel();
  }

  private void accept(SocketChannel operator) {
    connections.add(operator);
    RequestTimeout timeout = new RequestTimeout(REQUEST_SECONDS);
    operator
        .pipeline()
        .addLast(
            limit,
            timeout,
            new IdleStateHandler(0, 0, IDLE_SECONDS),
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEAD_BYTES)),
            new HttpServerKeepAliveHandler(),
            new RequestCollector(),
            new FlowControlHandler(),
            new AdminHandler(gate, routes, events, timeout));
  }

  /** The counts are sampled whether or not somebody looks, so that the page opens with a past. */
  private void second() {
    LiveView.Sample sample = view.second(proxy.config().clock().millis());
    if (!events.isEmpty()) {
      events.publish("sample", Json.bytes(sample));
    }
  }

  /** Returns the port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /**
   * From now on this token counts and no other; streams that one before it has opened are closed.
   *
   * @throws IllegalArgumentException if it is none, or missing where there must be one; nothing has
   *     changed then
   */
  public void replaceToken(@Nullable String token) {
    AdminConfig next = new AdminConfig(config.host(), config.port(), token);
    if (gate.replaceToken(next.token())) {
      events.closeAll();
    }
  }

  /** Lets {@code /ready} say that this server is about to end. */
  public void drain() {
    draining = true;
  }

  /** Closes the listener and all its connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    worker.shutdown();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
