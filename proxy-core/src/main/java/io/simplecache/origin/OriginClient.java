package io.simplecache.origin;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.simplecache.transport.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the origins. Each event loop has its own connections; an idle one is used before a new one
 * is made, the last used first; but what may not be sent twice gets a new one. What is known of an
 * origin, and how much it is asked at once, is shared by all loops.
 *
 * <p>Names are resolved when a connection is made, and what DNS said counts for as long as it said
 * (its TTL). A connection is given up after a time, so that an address that is no longer named is
 * no longer used. The hosts file is read once, at the start of the process.
 *
 * <p>Threads: {@link #fetch} is called on the event loop that the fetch shall live on; {@link
 * #close} on any.
 */
public final class OriginClient {
  private final OriginConfig config;
  private final List<Origin> origins;
  private final ConcurrentHashMap<EventLoop, LoopOrigins> byLoop = new ConcurrentHashMap<>();
  private final Resolvers resolvers;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicBoolean checking = new AtomicBoolean();
  private final Queue<HealthChecker> checkers = new ConcurrentLinkedQueue<>();
  private volatile boolean retired;
  private volatile boolean closed;

  /**
   * Creates a client without connections.
   *
   * @param resolvers find the addresses of names; borrowed
   * @param known the origins that it shares with all other clients of the proxy
   */
  public OriginClient(OriginConfig config, Resolvers resolvers, Origins known) {
    this.config = config;
    this.resolvers = resolvers;
    this.origins =
        config.origins().stream().map(address -> known.of(address, config.settings())).toList();
  }

  /** Returns how each origin is doing, in the order of the configuration. Any thread. */
  public List<OriginStatistics> statistics() {
    return origins.stream().map(Origin::statistics).toList();
  }

  /**
   * Sends a request and tells {@code listener} what comes of it.
   *
   * @param loop the current event loop
   * @param request its head; its body, if it has one, is written to the result when {@link
   *     OriginListener#onConnected} says so
   * @param hasBody whether a body follows
   * @param retryable whether it may be sent twice (RFC 9110 §9.2.2)
   */
  public OriginExchange fetch(
      EventLoop loop,
      HttpRequest request,
      boolean hasBody,
      boolean retryable,
      OriginListener listener) {
    assert loop.inEventLoop();
    OriginFetch fetch = new OriginFetch(this, loop, request, hasBody, retryable, listener);
    fetch.start();
    return fetch;
  }

  /** Asks one origin, whatever is known of it. */
  OriginExchange ask(
      EventLoop loop, OriginChoice given, HttpRequest request, OriginListener listener) {
    OriginFetch fetch =
        new OriginFetch(
            this, loop, request, /* hasBody= */ false, /* retryable= */ false, listener);
    fetch.startAt(given);
    return fetch;
  }

  /** Returns how it is set up. */
  public OriginConfig config() {
    return config;
  }

  boolean isClosed() {
    return closed;
  }

  LoopOrigins origins(EventLoop loop) {
    LoopOrigins known = byLoop.get(loop);
    return known != null ? known : newOrigins(loop);
  }

  private LoopOrigins newOrigins(EventLoop loop) {
    LoopOrigins made = byLoop.computeIfAbsent(loop, l -> new LoopOrigins(origins, config));
    if (retired) {
      made.retire();
    } else {
      startChecks(loop);
    }
    return made;
  }

  /** The first event loop that asks for anything is the one that checks. */
  private void startChecks(EventLoop loop) {
    HealthCheck check = config.settings().healthCheck();
    if (check != null && checking.compareAndSet(false, true)) {
      OriginPool ofChecks = new OriginPool(config);
      for (Origin origin : origins) {
        OriginChoice checked = new OriginChoice(origin, ofChecks, /* probe= */ false);
        checkers.add(new HealthChecker(this, loop, checked, check));
      }
      if (retired || closed) {
        // It became so before these could be seen.
        checkers.forEach(HealthChecker::stop);
      }
    }
  }

  /**
   * Connects; the channel's last handler is an idle {@link OriginConnection} when that succeeds.
   */
  ChannelFuture connect(EventLoop loop, OriginChoice choice) {
    OriginAddress address = choice.origin().address();
    return new Bootstrap()
        .group(loop)
        .channel(Transport.of(loop).socketChannel())
        .resolver(resolvers.of(loop))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.connectTimeout().toMillis())
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                addHandlers(channel, address, choice.pool());
              }
            })
        .connect(InetSocketAddress.createUnresolved(address.host(), address.port()));
  }

  private void addHandlers(Channel channel, OriginAddress address, OriginPool pool) {
    ChannelPipeline pipeline = channel.pipeline();
    if (address.ssl() != null) {
      SslHandler ssl = address.ssl().newHandler(channel.alloc(), address.host(), address.port());
      ssl.setHandshakeTimeoutMillis(config.connectTimeout().toMillis());
      pipeline.addLast(ssl);
    }
    ResponseDecoder decoder =
        new ResponseDecoder(config.maxHeadBytes(), config.settings().maxFields());
    pipeline.addLast(
        decoder, new HttpRequestEncoder(), new OriginConnection(pool, config, decoder));
    channels.add(channel);
    if (closed) {
      channel.close();
    }
  }

  /**
   * Keeps no connection from here on, because another client takes over: idle ones are closed, and
   * the others as soon as what they are at is over. What still has this client may go on to ask.
   */
  public void retire() {
    retired = true;
    checkers.forEach(HealthChecker::stop);
    byLoop.forEach((loop, ofLoop) -> loop.execute(ofLoop::retire));
  }

  /** Closes every connection; fetches under way fail. The result completes when all are closed. */
  public Future<Void> close() {
    closed = true;
    checkers.forEach(HealthChecker::stop);
    return channels.close();
  }
}
