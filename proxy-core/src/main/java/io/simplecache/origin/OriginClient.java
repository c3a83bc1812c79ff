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
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.simplecache.transport.Transport;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the origin. Each event loop has its own connections; an idle one is used before a new one is
 * made, the last used first.
 *
 * <p>Threads: {@link #fetch} is called on the event loop that the fetch shall live on; {@link
 * #close} on any.
 */
public final class OriginClient {
  private static final int MAX_CHUNK_BYTES = 64 * 1024;
  private static final int MAX_STATUS_LINE_BYTES = 8 * 1024;

  private final OriginConfig config;
  private final ConcurrentHashMap<EventLoop, OriginPool> pools = new ConcurrentHashMap<>();
  private final Resolvers resolvers;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean retired;
  private volatile boolean closed;

  /**
   * Creates a client without connections.
   *
   * @param resolvers find the addresses of names; borrowed
   */
  public OriginClient(OriginConfig config, Resolvers resolvers) {
    this.config = config;
    this.resolvers = resolvers;
  }

  /**
   * Sends a request and tells {@code listener} what comes of it.
   *
   * @param loop the current event loop
   * @param request its head; its body, if it has one, is written to the result when {@link
   *     OriginListener#onConnected} says so
   * @param hasBody whether a body follows
   * @param retryable whether it may be sent again if a kept connection turns out to be dead
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

  /** Returns how it is set up. */
  public OriginConfig config() {
    return config;
  }

  boolean isClosed() {
    return closed;
  }

  OriginPool pool(EventLoop loop) {
    OriginPool pool = pools.get(loop);
    return pool != null ? pool : newPool(loop);
  }

  private OriginPool newPool(EventLoop loop) {
    OriginPool pool = pools.computeIfAbsent(loop, l -> new OriginPool(config));
    if (retired) {
      pool.retire();
    }
    return pool;
  }

  /**
   * Connects; the channel's last handler is an idle {@link OriginConnection} when that succeeds.
   */
  ChannelFuture connect(EventLoop loop) {
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
                addHandlers(channel, loop);
              }
            })
        .connect(InetSocketAddress.createUnresolved(config.host(), config.port()));
  }

  private void addHandlers(Channel channel, EventLoop loop) {
    ChannelPipeline pipeline = channel.pipeline();
    if (config.ssl() != null) {
      SslHandler ssl = config.ssl().newHandler(channel.alloc(), config.host(), config.port());
      ssl.setHandshakeTimeoutMillis(config.connectTimeout().toMillis());
      pipeline.addLast(ssl);
    }
    HttpDecoderConfig decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_STATUS_LINE_BYTES)
            .setMaxHeaderSize(config.maxHeadBytes())
            .setMaxChunkSize(MAX_CHUNK_BYTES);
    pipeline.addLast(
        new HttpClientCodec(
            decoder, /* parseHttpAfterConnectRequest= */ false, /* failOnMissingResponse= */ false),
        new OriginConnection(pool(loop), config));
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
    pools.forEach((loop, pool) -> loop.execute(pool::retire));
  }

  /** Closes every connection; fetches under way fail. The result completes when all are closed. */
  public Future<Void> close() {
    closed = true;
    return channels.close();
  }
}
