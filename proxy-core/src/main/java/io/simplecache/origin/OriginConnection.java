package io.simplecache.origin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.message.ConnectionFields;
import io.simplecache.message.FieldLists;
import io.simplecache.message.ResponseHead;
import io.simplecache.transport.Deadline;
import io.simplecache.transport.Pace;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the origin, after the codec; one request at a time. What it does by itself:
 *
 * <table>
 *   <caption>Events and what follows</caption>
 *   <tr><td>response complete, nothing follows, both keep alive</td><td>back to the pool</td></tr>
 *   <tr><td>response complete before the request was</td><td>closed</td></tr>
 *   <tr><td>response complete, but there are enough in the pool, or it is too old</td><td>reset</td></tr>
 *   <tr><td>anything while idle</td><td>closed</td></tr>
 *   <tr><td>head, next piece or next use does not come in time</td><td>closed</td></tr>
 *   <tr><td>the body comes too slowly</td><td>closed, the fetch fails</td></tr>
 *   <tr><td>no HTTP, ambiguous framing, early end</td><td>closed, the fetch fails</td></tr>
 * </table>
 *
 * Thread: the channel's event loop. Buffers: content goes to the listener, all else is released.
 */
final class OriginConnection extends ChannelInboundHandlerAdapter {
  private enum State {
    IDLE,
    AWAITING_HEAD,
    IN_BODY,
    /** The response is complete; the connection may be used again if nothing came behind it. */
    COMPLETE,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(OriginConnection.class);

  /** A server that sends one 1xx after another never answers. */
  private static final int MAX_INFORMATIONAL = 32;

  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  /** Of what a peer sent, that much is worth telling. */
  private static final int MAX_DETAIL_CHARS = 80;

  private final OriginPool pool;
  private final OriginConfig config;
  private final ResponseDecoder decoder;
  private State state = State.IDLE;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable OriginFetch fetch;

  /** Tells who asked that the response is complete. */
  private @Nullable Runnable ended;

  private boolean requestComplete;
  private boolean keepAlive;
  private boolean closeDelimited;
  private boolean tlsClosed;
  private boolean informational;
  private int informationals;
  private @Nullable Deadline deadline;

  /** Of the body, while we read; null if any will do. */
  private @Nullable Pace pace;

  private long createdNanos;

  OriginConnection(OriginPool pool, OriginConfig config, ResponseDecoder decoder) {
    this.pool = pool;
    this.config = config;
    this.decoder = decoder;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    deadline = new Deadline(added.executor(), this::onDeadline);
    createdNanos = nowNanos();
  }

  /** Returns whether another request may be sent: it is open, and not too old. */
  boolean isUsable() {
    long ageNanos = nowNanos() - createdNanos;
    return ctx().channel().isActive() && ageNanos < config.settings().maxConnectionAge().toNanos();
  }

  private ChannelHandlerContext ctx() {
    assert ctx != null;
    return ctx;
  }

  private long nowNanos() {
    return ctx().executor().ticker().nanoTime();
  }

  /** Sends a request's head, and its end if no body follows. */
  void send(HttpRequest request, boolean hasBody, OriginFetch sender) {
    assert state == State.IDLE;
    fetch = sender;
    state = State.AWAITING_HEAD;
    informationals = 0;
    requestComplete = !hasBody;
    decoder.expect(request.method().equals(HttpMethod.HEAD));
    ctx().writeAndFlush(hasBody ? request : whole(request), ctx().voidPromise());
    if (requestComplete) {
      expectWithin(config.headTimeout());
    } else {
      expectNothing();
    }
  }

  /** A request that is one message is written by one call. */
  private static FullHttpRequest whole(HttpRequest head) {
    return new DefaultFullHttpRequest(
        head.protocolVersion(),
        head.method(),
        head.uri(),
        Unpooled.EMPTY_BUFFER,
        head.headers(),
        EmptyHttpHeaders.INSTANCE);
  }

  /** While the request is on its way its own pace counts: ours to send, the origin's to take it. */
  void write(HttpContent content) {
    if (content instanceof LastHttpContent) {
      requestComplete = true;
    }
    ctx().writeAndFlush(content, ctx().voidPromise());
    if (state != State.AWAITING_HEAD) {
      return;
    }
    if (requestComplete) {
      expectWithin(config.headTimeout());
    } else if (!isWritable()) {
      expectWithin(config.idleTimeout());
    }
  }

  boolean isWritable() {
    return ctx().channel().isWritable();
  }

  void setReading(boolean reading) {
    ctx().channel().config().setAutoRead(reading);
    runPace(reading);
    if (reading && state == State.IN_BODY) {
      expectWithin(config.idleTimeout());
    }
  }

  /** The fetch is no longer interested. */
  void abandon() {
    fetch = null;
    close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (fetch == null) {
      // Bytes that nobody asked for: whatever they are, they must not answer the next request.
      ReferenceCountUtil.release(message);
      close();
      return;
    }
    if (message instanceof HttpResponse response) {
      onResponse(response);
    }
    if (message instanceof HttpContent content) {
      onContent(content);
    }
  }

  private void onResponse(HttpResponse response) {
    OriginFetch current = fetch;
    assert current != null;
    current.answered();
    String defect = defectOf(response);
    if (defect != null) {
      fail(OriginFailure.INVALID_RESPONSE, defect);
      return;
    }
    current.accepted();
    informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    HttpHeaders fields = response.headers();
    keepAlive = HttpUtil.isKeepAlive(response);
    closeDelimited = !HttpUtil.isContentLengthSet(response) && !isChunked(fields);
    ConnectionFields.remove(fields);
    removeLengthOfNothing(response);
    ResponseHead head = new ResponseHead(response.status(), fields);
    if (informational) {
      if (++informationals > MAX_INFORMATIONAL) {
        fail(OriginFailure.INVALID_RESPONSE, "more than " + MAX_INFORMATIONAL + " 1xx responses");
        return;
      }
      current.listener().onInformational(head);
      return;
    }
    state = State.IN_BODY;
    pace = config.settings().minBytesPerSecond() == 0 ? null : new Pace();
    runPace(ctx().channel().config().isAutoRead());
    expectWithin(config.idleTimeout());
    current.headCame(head.code());
    current.listener().onHead(head);
  }

  /** While we do not read it is not the origin that is slow: the clients' own limits apply. */
  private void runPace(boolean reading) {
    if (pace == null) {
      return;
    }
    if (reading) {
      pace.run(nowNanos());
    } else {
      pace.pause(nowNanos());
    }
  }

  /** Returns what is wrong with a head, or null. */
  private static @Nullable String defectOf(HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      return String.valueOf(response.decoderResult().cause().getMessage());
    }
    if (response.status().code() < 100 || response.status().code() > 599) {
      return "status " + response.status().code();
    }
    if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      return "101 without having been asked for it";
    }
    if (response.protocolVersion().majorVersion() != 1) {
      return "version " + response.protocolVersion();
    }
    HttpHeaders fields = response.headers();
    if (fields.contains(HttpHeaderNames.TRANSFER_ENCODING) && !isChunked(fields)) {
      return "transfer coding " + fields.get(HttpHeaderNames.TRANSFER_ENCODING);
    }
    return null;
  }

  /** Returns whether the one transfer coding is chunked; we asked for no other (RFC 9112 §7.4). */
  private static boolean isChunked(HttpHeaders fields) {
    List<String> codings = FieldLists.members(fields, HttpHeaderNames.TRANSFER_ENCODING);
    return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0));
  }

  /** RFC 9110 §8.6: 1xx and 204 have no content, hence no length; what follows is not ours. */
  private void removeLengthOfNothing(HttpResponse response) {
    boolean hasNoLength =
        response.status().codeClass() == HttpStatusClass.INFORMATIONAL
            || response.status().equals(HttpResponseStatus.NO_CONTENT);
    if (hasNoLength && response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      keepAlive = false;
      response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
    }
  }

  private void onContent(HttpContent content) {
    if (fetch == null || state == State.CLOSED) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      fail(
          state == State.IN_BODY ? OriginFailure.TRUNCATED : OriginFailure.INVALID_RESPONSE,
          String.valueOf(content.decoderResult().cause().getMessage()));
      return;
    }
    if (informational) {
      informational = !(content instanceof LastHttpContent);
      content.release();
      return;
    }
    if (isTooSlow(content)) {
      content.release();
      fail(
          OriginFailure.TOO_SLOW,
          "content of less than " + config.settings().minBytesPerSecond() + " bytes per second");
      return;
    }
    if (!(content instanceof LastHttpContent)) {
      expectWithin(config.idleTimeout());
    }
    fetch.listener().onContent(content.content());
    if (content instanceof LastHttpContent end && fetch != null) {
      onEnd(end.trailingHeaders());
    }
  }

  private boolean isTooSlow(HttpContent content) {
    if (pace == null || content instanceof LastHttpContent) {
      return false;
    }
    pace.add(content.content().readableBytes());
    return pace.isBelow(config.settings().minBytesPerSecond(), config.idleTimeout(), nowNanos());
  }

  private void onEnd(HttpHeaders trailers) {
    OriginFetch done = fetch;
    assert done != null;
    if (closeDelimited && !ctx().channel().isActive() && isCutOff()) {
      fail(OriginFailure.TRUNCATED, "TLS was not closed");
      return;
    }
    fetch = null;
    done.completed();
    if (!trailers.isEmpty()) {
      ConnectionFields.remove(trailers);
    }
    ended = () -> done.listener().onComplete(trailers);
    if (keepAlive && requestComplete && ctx().channel().isActive()) {
      state = State.COMPLETE;
    } else {
      close();
    }
  }

  /** Not before the connection is free again or closed: who is told may ask for the next. */
  private void tellEnd() {
    Runnable told = ended;
    if (told != null) {
      ended = null;
      told.run();
    }
  }

  /** RFC 9112 §9.8: content that ends with the connection is whole only if TLS was closed first. */
  private boolean isCutOff() {
    return ctx().pipeline().get(SslHandler.class) != null && !tlsClosed;
  }

  private void becomeIdle() {
    state = State.IDLE;
    ctx().channel().config().setAutoRead(true);
    if (isUsable() && pool.offer(this)) {
      expectWithin(config.keepAliveTimeout());
    } else {
      discard();
    }
  }

  /**
   * Closes by a reset, for both sides have said all: no port stays in TIME_WAIT. A request that may
   * not be sent twice has a connection of its own, so there may be more of them than ports.
   */
  private void discard() {
    if (ctx().channel().isActive()) {
      ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.COMPLETE) {
      becomeIdle();
      tellEnd();
    }
    if (fetch != null && state == State.IN_BODY) {
      fetch.listener().onBurstEnd();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    tlsClosed |= event instanceof SslCloseCompletionEvent closed && closed.isSuccess();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (isWritable() && state == State.AWAITING_HEAD && !requestComplete) {
      expectNothing();
    }
    if (fetch != null) {
      fetch.listener().onWritabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(
        state == State.IN_BODY ? OriginFailure.TRUNCATED : OriginFailure.CLOSED_EARLY,
        "the origin closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof NotYetConnectedException) {
      // An event that was meant for what had this descriptor before, see OriginFetch.
      return;
    }
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      // Not the origin's doing.
      log.warn("{}: closing the connection", ctx.channel().remoteAddress(), cause);
    }
    fail(
        state == State.IN_BODY ? OriginFailure.TRUNCATED : OriginFailure.CLOSED_EARLY,
        String.valueOf(cause.getMessage()));
  }

  private void fail(OriginFailure failure, String detail) {
    OriginFetch failing = fetch;
    fetch = null;
    close();
    if (failing != null) {
      failing.failed(failure, forLog(detail));
    }
  }

  private static String forLog(String detail) {
    String start = detail.substring(0, Math.min(detail.length(), MAX_DETAIL_CHARS));
    return CONTROLS.matcher(start).replaceAll("?");
  }

  private void close() {
    if (state == State.IDLE) {
      pool.remove(this);
    }
    state = State.CLOSED;
    if (deadline != null) {
      deadline.cancel();
    }
    ctx().close();
    tellEnd();
  }

  private void onDeadline() {
    if (state == State.IN_BODY && !ctx().channel().config().isAutoRead()) {
      // We are the ones who do not read: the clients' own limits apply.
      expectWithin(config.idleTimeout());
      return;
    }
    if (state == State.AWAITING_HEAD) {
      fail(
          OriginFailure.HEAD_TIMEOUT,
          requestComplete
              ? "no response within " + config.headTimeout().toMillis() + " ms"
              : "the request was not taken within " + config.idleTimeout().toMillis() + " ms");
      return;
    }
    fail(
        OriginFailure.IDLE_TIMEOUT,
        "no more content within " + config.idleTimeout().toMillis() + " ms");
  }

  private void expectNothing() {
    if (deadline != null) {
      deadline.clear();
    }
  }

  private void expectWithin(Duration time) {
    if (deadline != null) {
      deadline.set(time.toNanos());
    }
  }
}
