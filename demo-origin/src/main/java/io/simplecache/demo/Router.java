package io.simplecache.demo;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;

/**
 * Counts a request and finds who answers it. Thread: the event loop of the connection; shared by
 * all connections.
 */
final class Router {
  static final String COUNTS_PATH = "/_counts";

  private final RequestCounts counts;
  private final BehaviourPaths behaviours;
  private final Pages pages;

  Router(RequestCounts counts, BehaviourPaths behaviours, Pages pages) {
    this.counts = counts;
    this.behaviours = behaviours;
    this.pages = pages;
  }

  /** Returns the answer to come; whoever receives it closes its body. */
  Future<Answer> answer(OriginRequest request, EventExecutor loop) {
    if (!isCounted(request)) {
      return loop.newSucceededFuture(answerCounts(request));
    }
    long answerNumber = counts.record(request.path());
    if (request.path().startsWith(BehaviourPaths.PREFIX)) {
      return loop.newSucceededFuture(behaviours.answer(request, answerNumber));
    }
    if (!request.isRetrieval()) {
      return loop.newSucceededFuture(Answer.methodNotAllowed("GET, HEAD"));
    }
    return pages.answer(request, loop);
  }

  /** Whether the request is counted and printed: all are, but those that ask for the counts. */
  static boolean isCounted(OriginRequest request) {
    return !request.path().equals(COUNTS_PATH);
  }

  private Answer answerCounts(OriginRequest request) {
    if (request.method().equals(HttpMethod.DELETE)) {
      counts.reset();
      return Answer.empty(HttpResponseStatus.NO_CONTENT);
    }
    if (!request.isRetrieval()) {
      return Answer.methodNotAllowed("GET, HEAD, DELETE");
    }
    return new Answer.Response(
        HttpResponseStatus.OK,
        new DefaultHttpHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store"),
        BodySource.of(counts.toJson().getBytes(StandardCharsets.UTF_8)));
  }
}
