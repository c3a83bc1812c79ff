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
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One fetch from its start to its end: chooses an origin, waits for a place there, finds or makes a
 * connection, sends the request. What may be tried again, as long as nothing came back:
 *
 * <table>
 *   <caption>Failures and what follows</caption>
 *   <tr><td>a kept connection was closed</td><td>once more over a new one; what may not be sent
 *     twice is sent over a new one from the first</td></tr>
 *   <tr><td>the connection was lost while it was made</td><td>once more, see {@link
 *     #isLost}</td></tr>
 *   <tr><td>no connection</td><td>another origin, whatever the request</td></tr>
 *   <tr><td>no response</td><td>another origin, if the request may be sent twice</td></tr>
 * </table>
 *
 * An attempt is what one origin is asked; it holds a place there, which it releases at its end, and
 * tells the breaker how it went.
 */
final class OriginFetch implements OriginExchange {
  private final OriginClient client;
  private final EventLoop loop;
  private final HttpRequest request;
  private final boolean hasBody;
  private final boolean repeatable;
  private final OriginListener listener;
  private int retriesLeft;
  private boolean pinned;
  private boolean reading = true;
  private boolean sent;
  private boolean answered;
  private boolean over;

  // Of the attempt.
  private @Nullable OriginChoice choice;
  private FetchLimit.@Nullable Ticket ticket;
  private @Nullable Future<?> queueTimer;
  private boolean holdsPlace;
  private boolean overKept;
  private boolean lost;

  /** The breaker knows how it went. */
  private boolean judged;

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
    this.repeatable = retryable && !hasBody;
    this.listener = listener;
    this.retriesLeft = client.config().settings().maxRetries();
  }

  /** Whoever asked does not have this object yet: what fails at once is told later. */
  void start() {
    if (client.isClosed()) {
      failLater(OriginFailure.SHUTTING_DOWN, "the proxy is closing");
      return;
    }
    OriginChoice chosen = client.origins(loop).choose(nowNanos(), /* except= */ null);
    if (chosen == null) {
      failLater(OriginFailure.UNAVAILABLE, "the origin failed too often and is left alone");
      return;
    }
    ask(chosen);
  }

  /** Asks this origin, whatever is known of it, and no other. */
  void startAt(OriginChoice given) {
    pinned = true;
    ask(given);
  }

  private void ask(OriginChoice chosen) {
    choice = chosen;
    overKept = false;
    lost = false;
    judged = false;
    if (pinned) {
      // Whether it is well does not depend on how much it has to do.
      admitted(chosen);
      return;
    }
    FetchLimit limit = chosen.origin().limit();
    if (limit.tryAcquire()) {
      holdsPlace = true;
      admitted(chosen);
      return;
    }
    ticket = limit.enqueue(loop, () -> granted(chosen));
    if (ticket == null) {
      chosen.origin().counts().failure(OriginFailure.OVERLOADED);
      endAttempt();
      failLater(OriginFailure.OVERLOADED, "too many wait for the origin");
      return;
    }
    long patience = client.config().settings().maxQueueTime().toNanos();
    queueTimer = loop.schedule(this::waitedTooLong, patience, TimeUnit.NANOSECONDS);
  }

  private void waitedTooLong() {
    if (ticket != null && ticket.cancel()) {
      ticket = null;
      if (choice != null) {
        choice.origin().counts().failure(OriginFailure.OVERLOADED);
      }
      endAttempt();
      fail(OriginFailure.OVERLOADED, "waited too long for the origin");
    }
  }

  private void granted(OriginChoice chosen) {
    stopWaiting();
    if (over) {
      chosen.origin().limit().release();
      return;
    }
    if (!chosen.probe() && !chosen.origin().isUp()) {
      // It went down meanwhile.
      chosen.origin().limit().release();
      start();
      return;
    }
    holdsPlace = true;
    admitted(chosen);
  }

  private void stopWaiting() {
    ticket = null;
    if (queueTimer != null) {
      queueTimer.cancel(/* mayInterruptIfRunning= */ false);
      queueTimer = null;
    }
  }

  /** What goes wrong here is a failure like any other: the place must be given back. */
  private void admitted(OriginChoice chosen) {
    try {
      connectOrReuse(chosen);
    } catch (RuntimeException | Error e) {
      endAttempt();
      failLater(OriginFailure.CONNECT_REFUSED, e.toString());
    }
  }

  private void connectOrReuse(OriginChoice chosen) {
    // A kept connection may be closed by the origin at this moment, which cannot be told from a
    // request that was lost on its way: what may not be sent twice gets one that is new.
    OriginConnection kept = repeatable ? chosen.pool().take() : null;
    if (kept != null) {
      overKept = true;
      use(kept);
    } else {
      connect(chosen);
    }
  }

  private void connect(OriginChoice chosen) {
    if (client.isClosed()) {
      endAttempt();
      failLater(OriginFailure.SHUTTING_DOWN, "the proxy is closing");
      return;
    }
    ChannelFuture connected = client.connect(loop, chosen);
    connecting = connected.channel();
    connected.addListener(future -> onLoop(() -> connected(chosen, connected)));
  }

  /**
   * A channel that could not even be opened, for want of a descriptor, has no loop to tell from.
   */
  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private void connected(OriginChoice chosen, ChannelFuture connected) {
    if (!connected.isSuccess() && isLost(connected.cause())) {
      lost = true;
      connect(chosen);
      return;
    }
    if (!connected.isSuccess()) {
      failed(failureOf(connected.cause()), String.valueOf(connected.cause().getMessage()));
      return;
    }
    SslHandler ssl = connected.channel().pipeline().get(SslHandler.class);
    if (ssl == null) {
      ready(connected.channel());
      return;
    }
    ssl.handshakeFuture().addListener(shaken -> shaken(connected.channel(), shaken));
  }

  /**
   * Returns whether the connection was closed by nobody. With epoll it may be taken for another
   * that had the same descriptor a moment ago and was closed by its peer.
   */
  private boolean isLost(Throwable cause) {
    return cause instanceof ClosedChannelException && !over && !lost && !client.isClosed();
  }

  private void shaken(Channel channel, Future<? super Channel> shaken) {
    if (shaken.isSuccess()) {
      ready(channel);
      return;
    }
    channel.close();
    failed(OriginFailure.TLS_ERROR, String.valueOf(shaken.cause().getMessage()));
  }

  private void ready(Channel channel) {
    connecting = null;
    if (over) {
      channel.close();
      return;
    }
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
    count();
    sent = true;
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

  /** A request is on its way, as far as we can know: the origin will have seen it. */
  private void count() {
    if (choice == null) {
      return;
    }
    OriginCounts counts = choice.origin().counts();
    if (pinned) {
      counts.check();
    } else if (sent) {
      counts.retry();
    } else {
      counts.request();
    }
  }

  /** Returns what is about to be connected, or null: for tests. */
  @Nullable Channel connecting() {
    return connecting;
  }

  /** Returns the one who started this; told by the connection. */
  OriginListener listener() {
    return listener;
  }

  /** Called by the connection: something of a response came, so the request was not lost. */
  void answered() {
    answered = true;
  }

  /** Called by the connection: a valid final head came. */
  void headCame(int code) {
    if (choice != null) {
      choice.origin().counts().response(code);
    }
  }

  /** Called by the connection: a valid head came. */
  void accepted() {
    if (!judged && choice != null) {
      judged = true;
      choice.origin().breaker().succeeded();
    }
  }

  /** Called by the connection: the response is complete, and the connection no longer ours. */
  void completed() {
    over = true;
    connection = null;
    endAttempt();
  }

  /** Called by the connection, which is closed or about to be; and when there is none. */
  void failed(OriginFailure failure, String detail) {
    connection = null;
    connecting = null;
    OriginChoice failing = choice;
    if (over || failing == null) {
      return;
    }
    if (overKept && !answered && failure == OriginFailure.CLOSED_EARLY) {
      overKept = false;
      connect(failing);
      return;
    }
    failing.origin().report(failure, detail, nowNanos());
    failing.origin().counts().failure(failure);
    if (!judged) {
      judged = true;
      failing.origin().breaker().failed(failing.probe(), nowNanos());
    }
    endAttempt();
    OriginChoice other =
        mayAskAnother() ? client.origins(loop).choose(nowNanos(), failing.origin()) : null;
    if (other == null) {
      fail(failure, detail);
      return;
    }
    retriesLeft--;
    ask(other);
  }

  private boolean mayAskAnother() {
    return retriesLeft > 0 && !pinned && !answered && (!sent || repeatable) && !client.isClosed();
  }

  /** Gives the place back; exactly once, and the probe's part, if it does not know yet. */
  private void endAttempt() {
    OriginChoice ending = choice;
    choice = null;
    if (ending == null) {
      return;
    }
    if (ending.probe() && !judged) {
      ending.origin().breaker().abandoned(nowNanos());
    }
    if (holdsPlace) {
      holdsPlace = false;
      ending.origin().limit().release();
    }
  }

  private void failLater(OriginFailure failure, String detail) {
    loop.execute(() -> fail(failure, detail));
  }

  private void fail(OriginFailure failure, String detail) {
    if (!over) {
      over = true;
      listener.onFailure(failure, detail);
    }
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
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
    if (ticket != null && ticket.cancel()) {
      stopWaiting();
    }
    if (connecting != null) {
      connecting.close();
      connecting = null;
    }
    if (connection != null) {
      connection.abandon();
      connection = null;
    }
    endAttempt();
  }
}
