package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_URI_TOO_LONG;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an operator: takes one request after the other, checks it, finds its route,
 * answers. Reads the next only when the one before has been answered.
 *
 * <table>
 * <caption>What it answers by itself</caption>
 * <tr><td>400, 414, 431</td><td>what is no request, or has parameters that are not known</td></tr>
 * <tr><td>401, 403, 421</td><td>see {@link Gate}</td></tr>
 * <tr><td>404, 405</td><td>no such path; not with this method</td></tr>
 * <tr><td>500</td><td>a bug of ours, logged</td></tr>
 * </table>
 *
 * <p>Thread: the event loop of the listener. Buffers: borrows requests, which the superclass
 * releases.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

  private final Gate gate;
  private final Map<String, Route> routes;
  private final EventStream events;
  private final RequestTimeout timeout;
  private boolean isStream;

  AdminHandler(Gate gate, Map<String, Route> routes, EventStream events, RequestTimeout timeout) {
    this.gate = gate;
    this.routes = routes;
    this.events = events;
    this.timeout = timeout;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    timeout.requestComplete();
    if (isStream) {
      return;
    }
    // The flow control before this holds what comes meanwhile.
    ctx.channel().config().setAutoRead(false);
    if (request.decoderResult().isFailure()) {
      Responses.sendAndClose(ctx, undecodable(request.decoderResult().cause()));
      return;
    }
    try {
      answer(request, ctx.channel().remoteAddress())
          .whenComplete((reply, failure) -> ctx.executor().execute(() -> end(ctx, reply, failure)));
    } catch (ProblemException e) {
      send(ctx, e.reply());
    } catch (RuntimeException e) {
      send(ctx, bug(e));
    }
  }

  private CompletionStage<Reply> answer(FullHttpRequest request, @Nullable SocketAddress client)
      throws ProblemException {
    gate.checkHost(request.headers());
    QueryStringDecoder target = new QueryStringDecoder(request.uri());
    Route route = request.uri().startsWith("/") ? routes.get(target.rawPath()) : null;
    if (route == null) {
      throw new ProblemException(NOT_FOUND, "there is nothing at this path; see /openapi.yaml");
    }
    if (!route.accepts(request.method())) {
      throw new ProblemException(
          METHOD_NOT_ALLOWED,
          "the method must be " + route.allow(),
          Map.of("allow", route.allow()));
    }
    if (route.sameSite()) {
      gate.checkSameSite(request.headers());
    }
    if (!route.open()) {
      gate.checkToken(request.headers());
    }
    Parameters query = new Parameters(parameters(target), route.parameters());
    return route
        .endpoint()
        .answer(
            new Route.Call(
                request.method(),
                query,
                request.headers(),
                ByteBufUtil.getBytes(request.content()),
                client));
  }

  private static Map<String, List<String>> parameters(QueryStringDecoder target)
      throws ProblemException {
    try {
      return target.parameters();
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest("the query is not percent-encoded as it should be");
    }
  }

  private void end(ChannelHandlerContext ctx, @Nullable Reply reply, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      send(
          ctx,
          cause instanceof ProblemException problem
              ? problem.reply()
              : bug(cause == null ? failure : cause));
      return;
    }
    if (reply instanceof Reply.Events) {
      isStream = events.subscribe(ctx);
      ctx.channel().config().setAutoRead(true);
      return;
    }
    if (reply instanceof Reply.Whole whole) {
      send(ctx, whole);
    }
  }

  private static Reply.Whole bug(Throwable cause) {
    log.error("An admin call failed", cause);
    return Reply.problem(INTERNAL_SERVER_ERROR, "this should not have happened", Map.of());
  }

  private static Reply.Whole undecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Reply.problem(REQUEST_URI_TOO_LONG, "the request line is too long", Map.of());
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Reply.problem(REQUEST_HEADER_FIELDS_TOO_LARGE, "the fields are too large", Map.of());
    }
    return Reply.problem(BAD_REQUEST, "this is no HTTP request", Map.of());
  }

  private static void send(ChannelHandlerContext ctx, Reply.Whole reply) {
    Responses.send(ctx, reply).addListener(sent -> ctx.channel().config().setAutoRead(true));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean isTheirs = cause instanceof IOException || cause instanceof CodecException;
    if (!isTheirs) {
      log.error("An admin connection failed", cause);
    }
    ctx.close();
  }
}
