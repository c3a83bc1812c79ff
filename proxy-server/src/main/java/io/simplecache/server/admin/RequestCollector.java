package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpResponseStatus.CONTINUE;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;

/** Puts a request with its content together; says so as a problem if the content is too large. */
final class RequestCollector extends HttpObjectAggregator {
  /** A purge has some hundred bytes. */
  private static final int MAX_CONTENT_BYTES = 64 * 1024;

  RequestCollector() {
    super(MAX_CONTENT_BYTES);
  }

  private static Reply.Whole tooLarge() {
    return Reply.problem(
        REQUEST_ENTITY_TOO_LARGE,
        "the content is too large (expected: at most %d bytes)".formatted(MAX_CONTENT_BYTES),
        Map.of());
  }

  @Override
  protected Object newContinueResponse(
      HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
    Object response = super.newContinueResponse(start, maxContentLength, pipeline);
    if (response instanceof FullHttpResponse full && !full.status().equals(CONTINUE)) {
      ReferenceCountUtil.release(response);
      return Responses.of(tooLarge());
    }
    return response;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    Responses.sendAndClose(ctx, tooLarge());
  }
}
