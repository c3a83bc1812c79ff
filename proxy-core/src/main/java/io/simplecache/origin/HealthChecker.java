package io.simplecache.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.simplecache.message.ResponseHead;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks one origin from time to time, over a new connection each time. To the origin a check is a
 * fetch like others; what differs is that it is not chosen but given.
 *
 * <p>Thread: the event loop.
 */
final class HealthChecker {
  private final OriginClient client;
  private final EventLoop loop;
  private final OriginChoice checked;
  private final HealthCheck check;
  private final Future<?> timer;
  private @Nullable OriginExchange unanswered;

  HealthChecker(OriginClient client, EventLoop loop, OriginChoice checked, HealthCheck check) {
    this.client = client;
    this.loop = loop;
    this.checked = checked;
    this.check = check;
    this.timer =
        loop.scheduleAtFixedRate(
            this::next, /* initialDelay= */ 0, check.interval().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Any thread. */
  void stop() {
    timer.cancel(/* mayInterruptIfRunning= */ false);
  }

  private void next() {
    if (unanswered != null) {
      unanswered.cancel();
      checked.origin().checked(/* well= */ false);
    }
    unanswered = client.ask(loop, checked, request(), new Answer());
  }

  private HttpRequest request() {
    OriginAddress address = checked.origin().address();
    HttpRequest request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, check.path());
    request
        .headers()
        .set(HttpHeaderNames.HOST, address.host() + ":" + address.port())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return request;
  }

  private final class Answer implements OriginListener {
    @Override
    public void onHead(ResponseHead head) {
      checked.origin().checked(/* well= */ head.code() < 400);
      if (unanswered != null) {
        unanswered.cancel();
        unanswered = null;
      }
    }

    @Override
    public void onFailure(OriginFailure failure, String detail) {
      unanswered = null;
      if (!failure.isPassing() && failure != OriginFailure.SHUTTING_DOWN) {
        checked.origin().checked(/* well= */ false);
      }
    }

    @Override
    public void onContent(ByteBuf content) {
      content.release();
    }

    @Override
    public void onConnected() {}

    @Override
    public void onInformational(ResponseHead head) {}

    @Override
    public void onBurstEnd() {}

    @Override
    public void onComplete(HttpHeaders trailers) {}

    @Override
    public void onWritabilityChanged() {}
  }
}
