package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.CachingProxy;
import io.simplecache.Purge;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes {@code PURGE} on the clients' listener, as other caches do: {@code PURGE /path} with the
 * host in {@code Host} removes all variants of that URL, for clients whose address is allowed;
 * others get 403. Stands between the codec and the caching handler, and lets everything else pass.
 *
 * <p>Pipelining: the answer goes out behind those to the requests before it. What comes meanwhile
 * waits here, up to {@value #MAX_WAITING} messages; who sends more is cut off.
 *
 * <p>Thread: the channel's event loop. Buffers: takes the messages of a PURGE, passes on the
 * others.
 */
public final class PurgeMethodHandler extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(PurgeMethodHandler.class);
  private static final String METHOD = "PURGE";
  private static final int MAX_WAITING = 1024;

  private final CachingProxy proxy;
  private final AddressList allowed;
  private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);

  /** The request that is being read or answered here; null while everything passes. */
  private @Nullable HttpRequest purge;

  /** Whether {@link #purge} has come to its end. */
  private boolean purgeComplete;

  /** Requests that were passed on and not answered to their end. */
  private int unanswered;

  /**
   * Makes the handler of one connection.
   *
   * @param allowed who may purge
   */
  public PurgeMethodHandler(CachingProxy proxy, AddressList allowed) {
    this.proxy = proxy;
    this.allowed = allowed;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (purge != null && purgeComplete) {
      await(ctx, message);
    } else {
      take(ctx, message);
    }
  }

  private void await(ChannelHandlerContext ctx, Object message) {
    if (waiting.size() < MAX_WAITING) {
      waiting.add(message);
      return;
    }
    ReferenceCountUtil.release(message);
    ctx.close();
  }

  private void take(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      if (request.method().name().equals(METHOD) && request.decoderResult().isSuccess()) {
        purge = request;
      } else {
        unanswered++;
      }
    }
    if (purge == null) {
      ctx.fireChannelRead(message);
      return;
    }
    purgeComplete = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    answerInTurn(ctx);
  }

  private void answerInTurn(ChannelHandlerContext ctx) {
    HttpRequest request = purge;
    if (request != null && purgeComplete && unanswered == 0) {
      unanswered = 1;
      answer(ctx, request)
          .whenComplete(
              (reply, failure) -> ctx.executor().execute(() -> end(ctx, request, reply, failure)));
    }
  }

  private CompletionStage<Reply.Whole> answer(ChannelHandlerContext ctx, HttpRequest request) {
    if (!allowed.contains(ctx.channel().remoteAddress())) {
      return done(Reply.problem(FORBIDDEN, "PURGE is not allowed from this address", Map.of()));
    }
    try {
      Purge asked = new Purge.Url(uri(ctx, request), /* soft= */ false);
      SocketAddress client = ctx.channel().remoteAddress();
      return proxy
          .purge(asked)
          .thenApply(
              result -> {
                PurgeLog.write(client, asked, result.responses());
                return (Reply.Whole) Reply.json(AdminRoutes.Purged.of(false, result));
              });
    } catch (ProblemException e) {
      return done(e.reply());
    } catch (IllegalArgumentException e) {
      return done(Reply.problem(BAD_REQUEST, String.valueOf(e.getMessage()), Map.of()));
    }
  }

  private static CompletionStage<Reply.Whole> done(Reply.Whole reply) {
    return CompletableFuture.completedStage(reply);
  }

  private static String uri(ChannelHandlerContext ctx, HttpRequest request)
      throws ProblemException {
    if (!request.uri().startsWith("/")) {
      return PurgeCall.webUri("request target", request.uri());
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1 || hosts.get(0).isEmpty()) {
      throw ProblemException.badRequest("exactly one Host field is expected");
    }
    String scheme = ctx.pipeline().get(SslHandler.class) == null ? "http" : "https";
    String uri = scheme + "://" + hosts.get(0) + request.uri();
    return PurgeCall.webUri("request target", uri);
  }

  private void end(
      ChannelHandlerContext ctx,
      HttpRequest request,
      Reply.@Nullable Whole reply,
      @Nullable Throwable failure) {
    if (reply == null) {
      log.error("A purge failed", failure);
    }
    Reply.Whole answer =
        reply != null
            ? reply
            : Reply.problem(INTERNAL_SERVER_ERROR, "this should not have happened", Map.of());
    if (HttpUtil.isKeepAlive(request)) {
      ctx.writeAndFlush(Responses.of(answer));
    } else {
      Responses.sendAndClose(ctx, answer);
    }
    unanswered = 0;
    purge = null;
    purgeComplete = false;
    passOnWaiting(ctx);
  }

  private void passOnWaiting(ChannelHandlerContext ctx) {
    boolean passed = false;
    while (!(purge != null && purgeComplete) && !waiting.isEmpty()) {
      take(ctx, waiting.remove());
      passed = true;
    }
    if (passed) {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    boolean interim =
        message instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    ctx.write(message, promise);
    if (message instanceof LastHttpContent && !interim) {
      unanswered--;
      answerInTurn(ctx);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }
}
