package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one connection, one after the other, in their order.
 *
 * <p>A request is answered once its body has been received and dropped. Reading is switched off
 * meanwhile, and the {@code FlowControlHandler} in front holds back what had been decoded already.
 *
 * <p>Thread: the event loop of the connection. Buffers: releases all that it receives; what it
 * writes belongs to the channel.
 *
 * <table>
 *   <caption>What it sends or closes by itself</caption>
 *   <tr><th>When</th><th>What</th></tr>
 *   <tr><td>{@code Expect: 100-continue}</td><td>100</td></tr>
 *   <tr><td>request line or fields too long</td><td>414 or 431, then closes</td></tr>
 *   <tr><td>message not understood, no or several Host fields</td><td>400, then closes</td></tr>
 *   <tr><td>no answer could be found because of a fault here</td><td>500</td></tr>
 *   <tr><td>the body of an answer breaks off</td><td>closes</td></tr>
 *   <tr><td>nothing has moved for the idle time, and it is not the origin that waits</td><td>closes</td></tr>
 * </table>
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, and is seen there
final class OriginHandler extends ChannelInboundHandlerAdapter {
  private static final InternalLogger logger =
      InternalLoggerFactory.getInstance(OriginHandler.class);

  /**
   * How long a client that sent nonsense may take to read the answer before the connection ends.
   */
  private static final long LINGER_MILLIS = 1_000;

  private enum Phase {
    /** The head of a request is awaited. */
    AWAITING_HEAD,
    /** The body of a request is being received. */
    RECEIVING_BODY,
    /** The answer is looked for, or held back on purpose. */
    PREPARING,
    /** The answer is being written. */
    SENDING,
    /** No further request is answered; what arrives is dropped. */
    CLOSING
  }

  private final Router router;
  private final InstantSource clock;
  private final Consumer<String> log;

  private Phase phase = Phase.AWAITING_HEAD;
  private @Nullable HttpRequest head;
  private long bodyBytes;
  private @Nullable RequestLine line;
  private int status;
  private @Nullable BodyWriter writer;
  private @Nullable ScheduledFuture<?> timer;
  private Answer.@Nullable Response delayed;

  /**
   * Creates the handler of one connection.
   *
   * @param log is given one line per request; must not block
   */
  OriginHandler(Router router, InstantSource clock, Consumer<String> log) {
    this.router = router;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (phase == Phase.CLOSING) {
        return;
      }
      if (message instanceof HttpRequest received) {
        receiveHead(ctx, received);
      }
      if (message instanceof HttpContent received && phase == Phase.RECEIVING_BODY) {
        receiveBody(ctx, received);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void receiveHead(ChannelHandlerContext ctx, HttpRequest received) {
    HttpResponseStatus fault = faultOf(received);
    if (fault != null) {
      reject(ctx, fault);
      return;
    }
    phase = Phase.RECEIVING_BODY;
    head = received;
    bodyBytes = 0;
    status = 0;
    if (HttpUtil.is100ContinueExpected(received)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  private static @Nullable HttpResponseStatus faultOf(HttpRequest received) {
    DecoderResult result = received.decoderResult();
    if (result.cause() instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    }
    if (result.cause() instanceof TooLongHttpHeaderException) {
      return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    int hosts = received.headers().getAll(HttpHeaderNames.HOST).size();
    boolean hostNeeded = received.protocolVersion().equals(HttpVersion.HTTP_1_1);
    boolean hostRight = hosts == 1 || (hosts == 0 && !hostNeeded); // RFC 9112 §3.2
    return result.isSuccess() && hostRight ? null : HttpResponseStatus.BAD_REQUEST;
  }

  private void receiveBody(ChannelHandlerContext ctx, HttpContent received) {
    if (!received.decoderResult().isSuccess()) {
      reject(ctx, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    bodyBytes += received.content().readableBytes();
    if (received instanceof LastHttpContent) {
      prepare(ctx);
    }
  }

  private void prepare(ChannelHandlerContext ctx) {
    HttpRequest received = currentHead();
    phase = Phase.PREPARING;
    ctx.channel().config().setAutoRead(false);
    OriginRequest request = OriginRequest.of(received, bodyBytes);
    line = Router.isCounted(request) ? new RequestLine(request) : null;
    router
        .answer(request, ctx.executor())
        .addListener((Future<Answer> found) -> accept(ctx, request, found));
  }

  private void accept(ChannelHandlerContext ctx, OriginRequest request, Future<Answer> found) {
    Answer answer;
    if (found.isSuccess()) {
      answer = found.getNow();
    } else {
      logger.warn("no answer to {}", request.target(), found.cause());
      answer = Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "500: a fault here.\n");
    }
    if (answer instanceof Answer.Broken broken) {
      sendBroken(ctx, broken);
    } else if (answer instanceof Answer.Response response) {
      sendAfterDelay(ctx, response);
    }
  }

  private void sendAfterDelay(ChannelHandlerContext ctx, Answer.Response response) {
    if (phase == Phase.CLOSING) {
      response.body().close(); // the client left while the answer was looked for
      return;
    }
    if (response.delayMillis() == 0) {
      send(ctx, response);
      return;
    }
    delayed = response;
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  delayed = null;
                  send(ctx, response);
                },
                response.delayMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void send(ChannelHandlerContext ctx, Answer.Response response) {
    phase = Phase.SENDING;
    status = response.status().code();
    HttpRequest received = currentHead();
    boolean http10 = received.protocolVersion().equals(HttpVersion.HTTP_1_0);
    long length = response.body().length();
    boolean endsWithClose = http10 && length == BodySource.UNKNOWN_LENGTH;
    boolean keepAlive = HttpUtil.isKeepAlive(received) && !endsWithClose;

    boolean headOnly = received.method().name().equals("HEAD");
    HttpResponse responseHead = responseHead(response);
    frame(responseHead.headers(), response.status(), length, http10, headOnly);
    if (!keepAlive) {
      responseHead.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (http10) {
      responseHead.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    BodySource body = response.body();
    if (headOnly) {
      body.close();
      body = new HeadOnly(length);
    }
    ctx.write(responseHead);
    writer = new BodyWriter(ctx, body, failure -> sent(ctx, keepAlive, failure));
    writer.proceed();
  }

  private HttpResponse responseHead(Answer.Response response) {
    HttpHeaders headers = response.headers();
    if (!headers.contains(HttpHeaderNames.DATE)) {
      headers.set(HttpHeaderNames.DATE, HttpDates.format(clock.instant()));
    }
    return new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), headers);
  }

  /** Sets Content-Length or Transfer-Encoding (RFC 9110 §8.6, RFC 9112 §6.1). */
  private static void frame(
      HttpHeaders headers,
      HttpResponseStatus status,
      long length,
      boolean http10,
      boolean headOnly) {
    if (status.code() == 204 || status.code() == 304) {
      return;
    }
    if (length != BodySource.UNKNOWN_LENGTH) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
    } else if (!http10 && !headOnly) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  private void sent(ChannelHandlerContext ctx, boolean keepAlive, @Nullable Throwable failure) {
    if (phase != Phase.SENDING) {
      return; // the connection has ended and was printed then
    }
    if (failure != null && !(failure instanceof IOException)) {
      logger.warn("the body of an answer breaks off", failure);
    }
    print(/* complete= */ failure == null);
    writer = null;
    head = null;
    if (failure != null || !keepAlive) {
      phase = Phase.CLOSING;
      ctx.close();
      return;
    }
    phase = Phase.AWAITING_HEAD;
    // Not at once: a thousand small pipelined requests would become a thousand nested calls.
    ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true));
  }

  private void sendBroken(ChannelHandlerContext ctx, Answer.Broken broken) {
    print(/* complete= */ false);
    phase = Phase.CLOSING;
    ByteBuf bytes = Unpooled.copiedBuffer(broken.text(), StandardCharsets.US_ASCII);
    ChannelHandlerContext beforeEncoder = ctx.pipeline().context(HttpResponseEncoder.class);
    beforeEncoder
        .writeAndFlush(bytes)
        .addListener(
            written -> {
              if (broken.reset()) {
                ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
              }
              ctx.close();
            });
  }

  /**
   * Reads on and drops it, lest the client's unread bytes turn the close into a reset that takes
   * the answer along.
   */
  private void reject(ChannelHandlerContext ctx, HttpResponseStatus status) {
    phase = Phase.CLOSING;
    log.accept(RequestLine.rejected(clock.instant(), status.code()));
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.DATE, HttpDates.format(clock.instant()))
        .set(HttpHeaderNames.CONTENT_LENGTH, 0)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(response)
        .addListener(
            written -> {
              ((SocketChannel) ctx.channel()).shutdownOutput();
              timer =
                  ctx.executor()
                      .schedule(
                          () -> {
                            ctx.close();
                          },
                          LINGER_MILLIS,
                          TimeUnit.MILLISECONDS);
            });
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (writer != null) {
      writer.proceed();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase == Phase.SENDING || phase == Phase.PREPARING) {
      print(/* complete= */ false);
    }
    phase = Phase.CLOSING;
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
    }
    if (delayed != null) {
      delayed.body().close();
      delayed = null;
    }
    if (writer != null) {
      writer.cancel();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && phase != Phase.PREPARING) {
      ctx.close();
    }
  }

  /** A peer's failing is no news; ours is. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      logger.warn("a connection ends because of a fault here", cause);
    }
    ctx.close();
  }

  private HttpRequest currentHead() {
    if (head == null) {
      throw new IllegalStateException("no request in phase " + phase);
    }
    return head;
  }

  private void print(boolean complete) {
    if (line != null) {
      long bytes = writer == null ? 0 : writer.bytes();
      log.accept(line.format(clock.instant(), status, bytes, complete));
    }
  }
}
