package io.simplecache.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
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
import io.simplecache.message.FieldNames;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.transport.Deadline;
import java.io.IOException;
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
 *   <tr><td>request that {@link RequestCheck} refuses</td><td>400, 414, 431, 501 or 505, then
 *       closed</td></tr>
 *   <tr><td>request's body not complete when the response is</td><td>closed, after what is still
 *       coming was read for a moment</td></tr>
 *   <tr><td>no next request in time</td><td>closed</td></tr>
 *   <tr><td>the body pauses too long</td><td>closed</td></tr>
 *   <tr><td>the client takes nothing for too long</td><td>closed</td></tr>
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

  /** How long a client may go on sending a body that nobody reads before it is cut off. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** The settings may change between two exchanges, never within one. */
  private final Supplier<ExchangeContext> contexts;

  private final FrontConfig config;
  private final ConnectionRegistry registry;

  /** What was read and not looked at, because an exchange is under way. */
  private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Deadline deadline;
  private @Nullable Exchange exchange;
  private String address = "";
  private boolean secure;
  private boolean reading;
  private boolean flushNeeded;
  private boolean requestComplete = true;
  private boolean bodyWanted = true;
  private boolean keepAlive;
  private boolean http10;
  private boolean closing;
  private boolean working;
  private boolean headWritten;
  private boolean endByClosing;

  /** What must go before the client is writable again, when that was looked at last; 0 if it is. */
  private long unsentBytes;

  /** Creates the handler of one connection. */
  public CachingHandler(
      Supplier<ExchangeContext> contexts, FrontConfig config, ConnectionRegistry registry) {
    this.contexts = contexts;
    this.config = config;
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

  private void opened() {
    address = addressOf(channel().remoteAddress());
    secure = channel().pipeline().get(SslHandler.class) != null;
    registry.opened(this);
    expectWithin(config.headTimeout());
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
    registry.closed(this);
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
    if (cause instanceof IOException || cause instanceof DecoderException) {
      // The client's doing, not ours.
      log.debug("{}: {}", address, cause.getMessage());
    } else {
      log.warn("{}: closing the connection", address, cause);
    }
    ctx.close();
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
    if (flushNeeded) {
      flushNeeded = false;
      ctx.flush();
    }
    adjustReading();
    ctx.fireChannelReadComplete();
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
  }

  private @Nullable Object nextUsable() {
    Object message = waiting.peek();
    boolean ofCurrent = !(message instanceof HttpRequest);
    return ofCurrent || exchange == null ? waiting.poll() : null;
  }

  /** Reads on unless more has come than can be used: that is all the backpressure clients need. */
  private void adjustReading() {
    if (ctx == null || closing) {
      return;
    }
    boolean wanted = waiting.isEmpty() && (requestComplete || bodyWanted);
    if (channel().config().isAutoRead() != wanted) {
      channel().config().setAutoRead(wanted);
    }
  }

  private void onRequest(HttpRequest request) {
    http10 =
        request.protocolVersion().majorVersion() == 1
            && request.protocolVersion().minorVersion() == 0;
    keepAlive = HttpUtil.isKeepAlive(request);
    boolean hasBody = HttpUtil.isTransferEncodingChunked(request) || contentLength(request) > 0;
    requestComplete = !hasBody;
    bodyWanted = true;
    RequestCheck.Verdict verdict = RequestCheck.check(request, secure);
    if (verdict instanceof RequestCheck.Verdict.Refused refused) {
      refuse(request, refused);
    } else if (verdict instanceof RequestCheck.Verdict.Accepted accepted) {
      begin(request, accepted.head(), hasBody);
    }
  }

  /** Returns -1 for what the check refuses anyway. */
  private static long contentLength(HttpRequest request) {
    try {
      return HttpUtil.getContentLength(request, -1L);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void begin(HttpRequest request, RequestHead head, boolean hasBody) {
    ExchangeContext context = contexts.get();
    SiteContext site = context.sites().find(head);
    if (site == null) {
      refuse(
          request,
          new RequestCheck.Verdict.Refused(
              HttpResponseStatus.MISDIRECTED_REQUEST, "no site is for " + head.authority()));
      return;
    }
    Exchange started = new Exchange(context, site, this, head, hasBody);
    exchange = started;
    if (hasBody) {
      expectWithin(config.bodyTimeout());
    } else {
      expectNothing();
    }
    started.start();
  }

  private void refuse(HttpRequest request, RequestCheck.Verdict.Refused refused) {
    ExchangeContext context = contexts.get();
    log.debug("{}: refused: {}", address, refused.why());
    ExchangeRecord record =
        new ExchangeRecord(
            request.method(),
            request.headers().get(HttpHeaderNames.HOST, ""),
            request.uri(),
            address,
            context.clock().millis(),
            channel().eventLoop().ticker().nanoTime());
    record.failed(refused.why());
    respondAndClose(refused.status());
    record.answered(refused.status().code());
    record.ended(/* wasComplete= */ true, channel().eventLoop().ticker().nanoTime());
    context.listener().accept(record);
  }

  /** What follows on this connection has no meaning any more. */
  private void respondAndClose(HttpResponseStatus status) {
    keepAlive = false;
    ExchangeContext context = contexts.get();
    LocalResponse response = LocalResponse.of(status);
    HttpResponse head = response.head(context.clock().millis());
    head.headers().set(FieldNames.PROXY_STATUS, context.name() + "; error=http_request_error");
    writeHead(head);
    write(new DefaultHttpContent(Unpooled.wrappedBuffer(response.contentBytes())));
    write(LastHttpContent.EMPTY_LAST_CONTENT);
    linger();
  }

  private void onContent(HttpContent content) {
    Exchange current = exchange;
    if (content.decoderResult().isFailure()) {
      content.release();
      if (current != null) {
        log.debug("{}: {}", address, content.decoderResult().cause().getMessage());
        onBrokenBody(current);
      }
      return;
    }
    boolean wasComplete = requestComplete;
    if (content instanceof LastHttpContent) {
      requestComplete = true;
    }
    if (current == null || wasComplete) {
      content.release();
      return;
    }
    if (requestComplete) {
      expectNothing();
    } else {
      expectWithin(config.bodyTimeout());
    }
    current.onRequestBody(content);
  }

  private void onBrokenBody(Exchange current) {
    boolean answering = headWritten;
    closing = true;
    current.onClientGone();
    if (answering) {
      ctx().close();
    } else {
      respondAndClose(HttpResponseStatus.BAD_REQUEST);
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

  private void onDeadline() {
    if (unsentBytes > 0 && channel().bytesBeforeWritable() < unsentBytes) {
      // It takes something, if slowly.
      awaitWriting();
      return;
    }
    log.debug("{}: timed out", address);
    ctx().close();
  }

  /** No new request is accepted; a connection without an exchange is closed. */
  void drain() {
    if (exchange == null && !closing) {
      closing = true;
      ctx().close();
    }
  }

  /** Closes the connection, whatever is under way. */
  void closeNow() {
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
    prepare(head);
    ctx().write(head, ctx().voidPromise());
  }

  @Override
  public void writeWhole(FullHttpResponse response) {
    prepare(response);
    ctx().write(response, ctx().voidPromise());
  }

  private void prepare(HttpResponse head) {
    headWritten = true;
    if (!requestComplete || registry.isDraining()) {
      keepAlive = false;
    }
    frame(head);
    if (!keepAlive) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (http10) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  /** RFC 9112 §6: without a length the end is told by chunks, or by closing. */
  private void frame(HttpResponse head) {
    int code = head.status().code();
    if (head.headers().contains(HttpHeaderNames.CONTENT_LENGTH) || code == 204 || code == 304) {
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
    if (reading && isWritable()) {
      flushNeeded = true;
      return;
    }
    ctx().flush();
    if (!isWritable() && unsentBytes == 0) {
      awaitWriting();
    }
  }

  private void awaitWriting() {
    unsentBytes = channel().bytesBeforeWritable();
    expectWithin(config.writeTimeout());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (isWritable() && unsentBytes > 0) {
      unsentBytes = 0;
      expectNothing();
    }
    if (isWritable() && current != null) {
      current.onClientWritable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void abort() {
    closing = true;
    if (endByClosing) {
      // Where closing is the end, only a reset says that this is not it (RFC 9112 §8).
      channel().config().setOption(ChannelOption.SO_LINGER, 0);
      ctx().close();
      return;
    }
    // Not before what was written has gone, or failed to: then the client sees how far it came.
    ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void setBodyWanted(boolean wanted) {
    bodyWanted = wanted;
    if (wanted && !requestComplete) {
      expectWithin(config.bodyTimeout());
    } else if (!requestComplete) {
      expectNothing();
    }
    if (!working) {
      adjustReading();
    }
  }

  @Override
  public void finished() {
    exchange = null;
    headWritten = false;
    if (closing) {
      return;
    }
    if (!requestComplete) {
      linger();
    } else if (!keepAlive) {
      closing = true;
      ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      expectWithin(config.keepAliveTimeout());
      work();
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
              if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
                expectWithin(LINGER);
              } else {
                ctx().close();
              }
            });
  }
}
