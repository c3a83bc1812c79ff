package io.simplecache.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.exchange.Client;
import io.simplecache.exchange.Exchange;
import io.simplecache.exchange.ExchangeContext;
import io.simplecache.exchange.LocalResponse;
import io.simplecache.exchange.SiteContext;
import io.simplecache.message.ConnectionFields;
import io.simplecache.message.FieldNames;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.transport.Deadline;
import io.simplecache.transport.Pace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, after the codec: gives each request to an {@link Exchange}, one after
 * the other, and writes what that answers. What it sends or closes by itself:
 *
 * <table>
 *   <caption>Events and what follows</caption>
 *   <tr><td>one connection too many</td><td>503, then closed; or just closed</td></tr>
 *   <tr><td>request that the decoder or {@link RequestCheck} refuses</td><td>400, 413, 414, 417,
 *       431, 501 or 505, then closed</td></tr>
 *   <tr><td>request's body malformed, or larger than is allowed</td><td>400 or 413, then closed;
 *       just closed if the response has begun</td></tr>
 *   <tr><td>request's body not complete when the response is</td><td>closed, after what is still
 *       coming was read for a moment</td></tr>
 *   <tr><td>head begun, but not ended in time</td><td>408, then closed</td></tr>
 *   <tr><td>no next request in time</td><td>closed</td></tr>
 *   <tr><td>the body pauses too long, or comes too slowly</td><td>408, then closed; just closed if
 *       the response has begun</td></tr>
 *   <tr><td>the client takes nothing for too long, or too slowly</td><td>closed</td></tr>
 *   <tr><td>the client sends nothing more</td><td>closed after the responses to what it has
 *       sent</td></tr>
 * </table>
 *
 * <p>Pipelined requests wait, decoded, while one is being answered; when a read's worth of them has
 * gathered, reading stops. Responses are flushed once for all that one read brought.
 *
 * <p>Thread: the channel's event loop. Buffers: what is read is released or given on; what is
 * written is taken by the channel.
 */
public final class CachingHandler extends ChannelInboundHandlerAdapter implements Client {
  private static final Logger log = LoggerFactory.getLogger(CachingHandler.class);

  /** How long a client may go on sending what nobody reads before it is cut off. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** The settings may change between two exchanges, never within one. */
  private final Supplier<ExchangeContext> contexts;

  /**
   * How long an idle connection stays when the proxy closes down: a request may be on its way, and
   * would be lost if the connection were closed at once.
   */
  private static final Duration DRAIN = Duration.ofSeconds(1);

  /** When a refused client may try again (RFC 9110 §10.2.3). */
  private static final int RETRY_AFTER_SECONDS = 10;

  private final ClientLimits limits;
  private final ConnectionRegistry registry;

  /** What was read and not looked at, because an exchange is under way. */
  private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Deadline deadline;
  private @Nullable RequestCheck check;
  private @Nullable Exchange exchange;
  private ConnectionRegistry.Admission admission = ConnectionRegistry.Admission.DROPPED;
  private @Nullable SocketAddress remote;
  private String address = "";
  private boolean opened;
  private int requestCount;
  private boolean reading;
  private boolean flushNeeded;
  private boolean requestComplete = true;
  private boolean bodyWanted = true;
  private boolean headBegun;
  private boolean keepAlive;
  private boolean closeAsked;
  private boolean http10;
  private boolean headMethod;
  private boolean closing;
  private boolean lingering;
  private boolean inputEnded;
  private boolean working;
  private boolean headWritten;
  private boolean endByClosing;

  /** Of the request's body so far. */
  private long bodyBytes;

  /** How the request's body comes; null if there is none. */
  private @Nullable Pace receiving;

  /** How the client takes what waits for it; null while nothing has to wait. */
  private @Nullable Pace sending;

  /** What waited for the client when that was looked at last. */
  private long pendingBytes;

  /** Creates the handler of one connection. */
  public CachingHandler(
      Supplier<ExchangeContext> contexts, ClientLimits limits, ConnectionRegistry registry) {
    this.contexts = contexts;
    this.limits = limits;
    this.registry = registry;
  }

  private ChannelHandlerContext ctx() {
    assert ctx != null;
    return ctx;
  }

  private Channel channel() {
    return ctx().channel();
  }

  // ---- the connection's life

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    deadline = new Deadline(added.executor(), this::onDeadline);
    if (added.channel().isActive()) {
      opened();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    opened();
    ctx.fireChannelActive();
  }

  /** An accepted channel is active when the handler is added, and becomes active after that. */
  private void opened() {
    if (opened) {
      return;
    }
    opened = true;
    remote = channel().remoteAddress();
    address = addressOf(remote);
    check = new RequestCheck(channel().pipeline().get(SslHandler.class) != null);
    admission = registry.opened(this, remote);
    if (registry.isClosed()) {
      cut();
      return;
    }
    switch (admission) {
      case ADMITTED -> expectWithin(registry.isDraining() ? DRAIN : limits.headTimeout());
      case REFUSED -> {
        log.debug("{}: too many connections", address);
        respondAndClose(HttpResponseStatus.SERVICE_UNAVAILABLE);
        expectWithin(LINGER);
      }
      case DROPPED -> {
        closing = true;
        ctx().close();
      }
    }
  }

  private static String addressOf(@Nullable SocketAddress remote) {
    if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String text = inet.getAddress().getHostAddress();
      int zone = text.indexOf('%');
      return zone < 0 ? text : text.substring(0, zone);
    }
    return "unknown";
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void end() {
    closing = true;
    registry.closed(this, admission, remote);
    if (deadline != null) {
      deadline.cancel();
    }
    Object message;
    while ((message = waiting.poll()) != null) {
      ReferenceCountUtil.release(message);
    }
    Exchange current = exchange;
    if (current != null) {
      current.onClientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
  }

  @Override
  public void fail(Throwable cause) {
    if (cause instanceof IOException
        || cause instanceof UncheckedIOException
        || cause instanceof DecoderException) {
      // The client's doing, not ours.
      log.debug("{}: {}", address, cause.getMessage());
    } else if (cause instanceof OutOfMemoryError) {
      long times = registry.shortages().timesToTell(nowNanos());
      if (times > 0) {
        log.warn("out of memory, {} connections closed: {}", times, cause.getMessage());
      }
    } else {
      log.warn("{}: closing the connection", address, cause);
    }
    cut();
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    if (closing) {
      ReferenceCountUtil.release(message);
      return;
    }
    waiting.add(message);
    work();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    flushIfNeeded();
    adjustReading();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == FrontEvent.HEAD_BEGUN) {
      headBegun = true;
      if (exchange == null && !closing) {
        expectWithin(limits.headTimeout());
      }
      return;
    }
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      onInputEnded();
    }
    ctx.fireUserEventTriggered(event);
  }

  /**
   * The client sends nothing more, but may still want the answers (RFC 9112 §9.6). What it has not
   * completed is no request.
   */
  private void onInputEnded() {
    Exchange current = exchange;
    if (lingering) {
      ctx().close();
    } else if (current == null && waiting.isEmpty() && !closing) {
      closeWhenWritten();
    } else if (current != null && !requestComplete && waiting.isEmpty() && !closing) {
      giveUp(current, HttpResponseStatus.BAD_REQUEST);
    }
  }

  /** Looks at what was read, as far as it can be used now. */
  private void work() {
    if (working) {
      return;
    }
    working = true;
    Object message;
    while (!closing && (message = nextUsable()) != null) {
      if (message instanceof HttpRequest request) {
        onRequest(request);
      }
      if (message instanceof HttpContent content) {
        onContent(content);
      } else if (!(message instanceof HttpRequest)) {
        ReferenceCountUtil.release(message);
      }
    }
    working = false;
    adjustReading();
    if (inputEnded) {
      onInputEnded();
    }
  }

  private @Nullable Object nextUsable() {
    Object message = waiting.peek();
    boolean ofCurrent = !(message instanceof HttpRequest);
    // What answers at once is written whether or not the client takes it.
    return ofCurrent || (exchange == null && isWritable()) ? waiting.poll() : null;
  }

  /** Reads on unless more has come than can be used: that is all the backpressure clients need. */
  private void adjustReading() {
    if (ctx == null || closing || inputEnded || !channel().isOpen()) {
      // Nothing more comes; or a write that failed has closed the channel before anybody said so.
      return;
    }
    boolean wanted = waiting.isEmpty() && (requestComplete || bodyWanted);
    if (channel().config().isAutoRead() != wanted) {
      channel().config().setAutoRead(wanted);
    }
  }

  private void onRequest(HttpRequest request) {
    requestCount++;
    headBegun = false;
    http10 =
        request.protocolVersion().majorVersion() == 1
            && request.protocolVersion().minorVersion() == 0;
    headMethod = request.method().equals(HttpMethod.HEAD);
    closeAsked = !HttpUtil.isKeepAlive(request);
    keepAlive = !closeAsked;
    bodyWanted = true;
    bodyBytes = 0;
    try {
      RequestHead head = check().check(request);
      long contentLength = Framing.of(request);
      if (isTooLarge(contentLength)) {
        throw new RefusedException(
            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "body of " + contentLength + " bytes");
      }
      // What the key, the variant and the rules see is what the origin will.
      ConnectionFields.removeNamed(request.headers());
      begin(head, contentLength != 0);
    } catch (RefusedException e) {
      refuse(request, e.status(), String.valueOf(e.getMessage()));
    }
  }

  private RequestCheck check() {
    assert check != null;
    return check;
  }

  private boolean isTooLarge(long bytes) {
    return limits.maxBodyBytes() > 0 && bytes > limits.maxBodyBytes();
  }

  private void begin(RequestHead head, boolean hasBody) throws RefusedException {
    ExchangeContext context = contexts.get();
    SiteContext site = context.sites().find(head);
    if (site == null) {
      throw new RefusedException(
          HttpResponseStatus.MISDIRECTED_REQUEST, "no site is for " + head.authority());
    }
    Exchange started = new Exchange(context, site, this, head, hasBody);
    exchange = started;
    requestComplete = !hasBody;
    if (hasBody) {
      Pace pace = new Pace();
      pace.run(nowNanos());
      receiving = pace;
    }
    expectBody();
    started.start();
  }

  private long nowNanos() {
    return channel().eventLoop().ticker().nanoTime();
  }

  private void refuse(HttpRequest request, HttpResponseStatus status, String why) {
    ExchangeContext context = contexts.get();
    log.debug("{}: refused: {}", address, why);
    registry.requestRefused();
    ExchangeRecord record =
        new ExchangeRecord(
            request.method(),
            request.headers().get(HttpHeaderNames.HOST, ""),
            request.uri(),
            address,
            context.clock().millis(),
            nowNanos());
    record.failed(why);
    respondAndClose(status);
    record.answered(status.code());
    record.ended(/* wasComplete= */ true, nowNanos());
    context.listener().accept(record);
  }

  /** What follows on this connection has no meaning any more. */
  private void respondAndClose(HttpResponseStatus status) {
    keepAlive = false;
    ExchangeContext context = contexts.get();
    LocalResponse response = LocalResponse.of(status);
    HttpResponse head = response.head(context.clock().millis());
    head.headers().set(FieldNames.PROXY_STATUS, context.name() + "; error=" + errorOf(status));
    if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
      head.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    writeHead(head);
    if (!headMethod) {
      write(new DefaultHttpContent(Unpooled.wrappedBuffer(response.contentBytes())));
    }
    write(LastHttpContent.EMPTY_LAST_CONTENT);
    linger();
  }

  /** RFC 9209 §2.3. */
  private static String errorOf(HttpResponseStatus status) {
    return status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
        ? "connection_limit_reached"
        : "http_request_error";
  }

  private void onContent(HttpContent content) {
    Exchange current = exchange;
    if (current == null || requestComplete) {
      content.release();
      return;
    }
    HttpResponseStatus defect = defectOf(content);
    if (defect != null) {
      content.release();
      giveUp(current, defect);
      return;
    }
    requestComplete = content instanceof LastHttpContent;
    expectBody();
    current.onRequestBody(content);
  }

  /** Returns the status that refuses a request's body because of this piece of it, or null. */
  private @Nullable HttpResponseStatus defectOf(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      Throwable cause = content.decoderResult().cause();
      log.debug("{}: {}", address, cause.getMessage());
      return cause instanceof RefusedException refused
          ? refused.status()
          : HttpResponseStatus.BAD_REQUEST;
    }
    bodyBytes += content.content().readableBytes();
    if (isTooLarge(bodyBytes)) {
      log.debug("{}: body of more than {} bytes", address, limits.maxBodyBytes());
      return HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
    }
    Pace pace = receiving;
    if (pace == null || content instanceof LastHttpContent) {
      return null;
    }
    pace.add(content.content().readableBytes());
    if (pace.isBelow(limits.minReceiveBytesPerSecond(), limits.bodyTimeout(), nowNanos())) {
      log.debug("{}: sends too slowly", address);
      registry.clientTooSlow();
      return HttpResponseStatus.REQUEST_TIMEOUT;
    }
    return null;
  }

  /** The request will never be complete, or may not be. */
  private void giveUp(Exchange current, HttpResponseStatus status) {
    boolean answering = headWritten;
    registry.requestRefused();
    closing = true;
    current.onClientGone();
    if (answering) {
      cut();
    } else {
      respondAndClose(status);
    }
  }

  // ---- time

  private void expectWithin(Duration time) {
    if (deadline != null) {
      deadline.set(time.toNanos());
    }
  }

  private void expectNothing() {
    if (deadline != null) {
      deadline.clear();
    }
  }

  /** What of the request is to come, unless something else is waited for. */
  private void expectBody() {
    if (sending != null) {
      return;
    }
    if (!requestComplete && bodyWanted) {
      expectWithin(limits.bodyTimeout());
    } else {
      expectNothing();
    }
  }

  private void expectRequest() {
    if (registry.isDraining()) {
      expectWithin(DRAIN);
    } else {
      expectWithin(headBegun ? limits.headTimeout() : limits.keepAliveTimeout());
    }
  }

  private void onDeadline() {
    Pace taken = sending;
    if (taken != null && takesEnough(taken)) {
      awaitTaking();
      return;
    }
    Exchange current = exchange;
    boolean slow = taken != null || current != null || headBegun;
    log.debug("{}: {}", address, slow ? "timed out" : "no request");
    if (slow && !lingering) {
      registry.clientTooSlow();
    }
    if (taken != null || closing) {
      cut();
    } else if (current != null) {
      giveUp(current, HttpResponseStatus.REQUEST_TIMEOUT);
    } else if (headBegun) {
      respondAndClose(HttpResponseStatus.REQUEST_TIMEOUT);
    } else {
      closing = true;
      ctx().close();
    }
  }

  /** No new request is waited for any longer than one may be on its way. */
  void drain() {
    if (exchange == null && !closing) {
      expectRequest();
    }
  }

  /** Closes the connection, whatever is under way. */
  void closeNow() {
    cut();
  }

  /** Closes at once. What has not gone yet is lost, and must not look as if that were the end. */
  private void cut() {
    closing = true;
    if (endByClosing && channel().isOpen()) {
      // Where closing is the end, only a reset says that this is not it (RFC 9112 §8).
      channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    ctx().close();
  }

  // ---- Client

  @Override
  public EventLoop loop() {
    return channel().eventLoop();
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void writeInformational(HttpResponse head) {
    if (!http10) {
      ctx().write(head, ctx().voidPromise());
      ctx().write(LastHttpContent.EMPTY_LAST_CONTENT, ctx().voidPromise());
      flush();
    }
  }

  @Override
  public void writeHead(HttpResponse head) {
    beginResponse();
    frame(head);
    sayWhatFollows(head);
    ctx().write(head, ctx().voidPromise());
  }

  @Override
  public void writeWhole(FullHttpResponse response) {
    beginResponse();
    sayWhatFollows(response);
    ctx().write(response, ctx().voidPromise());
  }

  private void beginResponse() {
    headWritten = true;
    if (!requestComplete || registry.isDraining() || isLastRequest()) {
      keepAlive = false;
    }
  }

  /** Mostly nothing is to be said, and the fields are left alone. */
  private void sayWhatFollows(HttpResponse head) {
    if (!keepAlive) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (http10) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  private boolean isLastRequest() {
    int max = limits.maxRequestsPerConnection();
    return (max > 0 && requestCount >= max) || (inputEnded && waiting.isEmpty());
  }

  /** RFC 9112 §6: without a length the end is told by chunks, or by closing. */
  private void frame(HttpResponse head) {
    int code = head.status().code();
    boolean hasNoContent = headMethod || code == 204 || code == 304;
    if (hasNoContent || head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      return;
    }
    if (http10) {
      keepAlive = false;
      endByClosing = true;
    } else {
      head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  @Override
  public void write(HttpContent content) {
    ctx().write(content, ctx().voidPromise());
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public void flush() {
    if (!isWritable()) {
      ctx().flush();
      if (!isWritable() && sending == null) {
        awaitTaking();
      }
    } else if (!flushNeeded) {
      flushNeeded = true;
      if (!reading) {
        // What comes from the origin comes in pieces that one read brought, too.
        ctx().executor().execute(this::flushIfNeeded);
      }
    }
  }

  private void flushIfNeeded() {
    if (flushNeeded) {
      flushNeeded = false;
      ctx().flush();
    }
  }

  /** What is written has to be taken, at some pace. */
  private void awaitTaking() {
    if (sending == null) {
      sending = new Pace();
    }
    sending.run(nowNanos());
    pendingBytes = pendingBytes();
    expectWithin(limits.writeTimeout());
  }

  private boolean takesEnough(Pace taken) {
    long progress = pendingBytes - pendingBytes();
    taken.add(progress);
    return progress > 0
        && !taken.isBelow(limits.minSendBytesPerSecond(), limits.writeTimeout(), nowNanos());
  }

  /** Returns what the kernel has not taken yet. */
  private long pendingBytes() {
    WriteBufferWaterMark marks = channel().config().getWriteBufferWaterMark();
    return isWritable()
        ? marks.high() - channel().bytesBeforeUnwritable()
        : marks.low() + channel().bytesBeforeWritable();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (isWritable() && sending != null && !closing) {
      sending = null;
      if (current == null) {
        expectRequest();
      } else {
        expectBody();
      }
    }
    if (isWritable() && current != null) {
      current.onClientWritable();
    } else if (isWritable() && !closing) {
      work();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void abort() {
    if (endByClosing) {
      cut();
      return;
    }
    // Not before what was written has gone, or failed to: then the client sees how far it came.
    closeWhenWritten();
  }

  private void closeWhenWritten() {
    closing = true;
    ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    if (channel().isOpen()) {
      awaitTaking();
    }
  }

  @Override
  public void setBodyWanted(boolean wanted) {
    Pace pace = receiving;
    if (bodyWanted != wanted && pace != null) {
      if (wanted) {
        pace.run(nowNanos());
      } else {
        pace.pause(nowNanos());
      }
    }
    bodyWanted = wanted;
    if (!requestComplete) {
      expectBody();
    }
    if (!working) {
      adjustReading();
    }
  }

  @Override
  public void finished() {
    exchange = null;
    headWritten = false;
    receiving = null;
    if (closing) {
      return;
    }
    if (!requestComplete) {
      linger();
    } else if (keepAlive) {
      if (sending == null) {
        expectRequest();
      }
      work();
    } else if (closeAsked) {
      closeWhenWritten();
    } else {
      linger();
    }
  }

  /**
   * Closes in two steps (RFC 9112 §9.6): had we closed at once, what the client is still sending
   * would make the kernel reset the connection, and the response could be lost.
   */
  private void linger() {
    closing = true;
    channel().config().setAutoRead(true);
    ctx()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (written.isSuccess() && !inputEnded && channel() instanceof DuplexChannel duplex) {
                sending = null;
                lingering = true;
                endByClosing = false;
                duplex.shutdownOutput();
                expectWithin(LINGER);
              } else {
                ctx().close();
              }
            });
    if (channel().isOpen() && !lingering) {
      awaitTaking();
    }
  }
}
