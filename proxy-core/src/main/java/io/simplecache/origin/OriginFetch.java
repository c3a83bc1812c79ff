package io.simplecache.origin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch from its start to its end: finds or makes a connection, sends the request over it, and
 * does so once more if a kept connection died before anything came back.
 */
final class OriginFetch implements OriginExchange {
  private final OriginClient client;
  private final EventLoop loop;
  private final HttpRequest request;
  private final boolean hasBody;
  private final OriginListener listener;
  private boolean mayRetry;
  private boolean reading = true;
  private boolean over;
  private @Nullable OriginConnection connection;
  private @Nullable Channel connecting;

  OriginFetch(
      OriginClient client,
      EventLoop loop,
      HttpRequest request,
      boolean hasBody,
      boolean retryable,
      OriginListener listener) {
    this.client = client;
    this.loop = loop;
    this.request = request;
    this.hasBody = hasBody;
    this.mayRetry = retryable && !hasBody;
    this.listener = listener;
  }

  void start() {
    OriginConnection kept = client.pool(loop).take();
    if (kept != null) {
      use(kept);
    } else {
      connect();
    }
  }

  private void connect() {
    if (client.isClosed()) {
      // Not from within start(): whoever asked does not have this object yet.
      loop.execute(() -> fail(OriginFailure.SHUTTING_DOWN, "the proxy is closing"));
      return;
    }
    ChannelFuture connected = client.connect(loop);
    connecting = connected.channel();
    connected.addListener(future -> connected(connected));
  }

  private void connected(ChannelFuture connected) {
    if (!connected.isSuccess()) {
      fail(failureOf(connected.cause()), String.valueOf(connected.cause().getMessage()));
      return;
    }
    SslHandler ssl = connected.channel().pipeline().get(SslHandler.class);
    if (ssl == null) {
      ready(connected.channel());
      return;
    }
    ssl.handshakeFuture().addListener(shaken -> shaken(connected.channel(), shaken));
  }

  private void shaken(Channel channel, Future<? super Channel> shaken) {
    if (shaken.isSuccess()) {
      ready(channel);
      return;
    }
    channel.close();
    fail(OriginFailure.TLS_ERROR, String.valueOf(shaken.cause().getMessage()));
  }

  private void ready(Channel channel) {
    connecting = null;
    if (over) {
      channel.close();
      return;
    }
    // A new connection that fails has failed; only a kept one may have been dead all along.
    mayRetry = false;
    use(channel.pipeline().get(OriginConnection.class));
  }

  private static OriginFailure failureOf(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return OriginFailure.CONNECT_TIMEOUT;
    }
    return cause instanceof UnknownHostException
        ? OriginFailure.DNS_ERROR
        : OriginFailure.CONNECT_REFUSED;
  }

  private void use(OriginConnection usable) {
    connection = usable;
    usable.setReading(reading);
    usable.send(request, hasBody, this);
    if (hasBody) {
      loop.execute(
          () -> {
            if (!over) {
              listener.onConnected();
            }
          });
    }
  }

  /** Returns the one who started this; told by the connection. */
  OriginListener listener() {
    return listener;
  }

  /** Called by the connection: the response is complete, and the connection no longer ours. */
  void completed() {
    over = true;
    connection = null;
  }

  /** Called by the connection: a byte of the response came, so the request was not lost. */
  void answered() {
    mayRetry = false;
  }

  /** Called by the connection, which is closed or about to be. */
  void failed(OriginFailure failure, String detail) {
    connection = null;
    if (mayRetry && !over) {
      mayRetry = false;
      connect();
      return;
    }
    fail(failure, detail);
  }

  private void fail(OriginFailure failure, String detail) {
    if (!over) {
      over = true;
      listener.onFailure(failure, detail);
    }
  }

  @Override
  public void write(HttpContent content) {
    if (connection == null) {
      content.release();
      return;
    }
    connection.write(content);
  }

  @Override
  public boolean isWritable() {
    return connection != null && connection.isWritable();
  }

  @Override
  public void setReading(boolean reading) {
    this.reading = reading;
    if (connection != null) {
      connection.setReading(reading);
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (connecting != null) {
      connecting.close();
    }
    if (connection != null) {
      connection.abandon();
      connection = null;
    }
  }
}
