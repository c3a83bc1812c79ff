package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpMethod.GET;
import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpResponseStatus.CONFLICT;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;
import static io.netty.handler.codec.http.HttpResponseStatus.UNPROCESSABLE_ENTITY;
import static java.util.concurrent.CompletableFuture.completedStage;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.CachingProxy;
import io.simplecache.Purge;
import io.simplecache.PurgeResult;
import io.simplecache.server.metrics.ProxyMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/** What may be asked for, all of it. Thread: the event loop of the listener. */
final class AdminRoutes {
  private final CachingProxy proxy;
  private final ProxyMetrics metrics;
  private final AdminServer.Reload reload;
  private final Executor worker;
  private final BooleanSupplier draining;

  /**
   * Makes them.
   *
   * @param reload takes the settings again
   * @param worker runs what may block; refuses when it has too much to do
   * @param draining whether the server is about to end
   */
  AdminRoutes(
      CachingProxy proxy,
      ProxyMetrics metrics,
      AdminServer.Reload reload,
      Executor worker,
      BooleanSupplier draining) {
    this.proxy = proxy;
    this.metrics = metrics;
    this.reload = reload;
    this.worker = worker;
    this.draining = draining;
  }

  /** Returns the routes by path. */
  Map<String, Route> byPath() {
    Map<String, Route> routes = new LinkedHashMap<>();
    List<Route> all =
        List.of(
            open("/health", call -> completedStage(Reply.json(Map.of("status", "live")))),
            open("/ready", this::ready),
            get("/statistics", Set.of(), call -> completedStage(Reply.json(proxy.statistics()))),
            get("/explain", Set.of("url", "method", "header"), this::explain),
            get("/metrics", Set.of(), this::metrics),
            new Route(
                GET,
                "/events",
                Set.of(),
                /* open= */ false,
                /* sameSite= */ true,
                AdminRoutes::events),
            post("/purge", PurgeCall.PARAMETERS, this::purge),
            post("/reload", Set.of(), this::reload));
    all.forEach(route -> routes.put(route.path(), route));
    PageFiles.all()
        .forEach((path, file) -> routes.put(path, open(path, call -> completedStage(file))));
    return routes;
  }

  private static Route open(String path, Route.Endpoint endpoint) {
    return new Route(GET, path, Set.of(), /* open= */ true, /* sameSite= */ false, endpoint);
  }

  private static Route get(String path, Set<String> parameters, Route.Endpoint endpoint) {
    return new Route(GET, path, parameters, /* open= */ false, /* sameSite= */ false, endpoint);
  }

  private static Route post(String path, Set<String> parameters, Route.Endpoint endpoint) {
    return new Route(POST, path, parameters, /* open= */ false, /* sameSite= */ true, endpoint);
  }

  private CompletionStage<Reply> ready(Route.Call call) throws ProblemException {
    if (draining.getAsBoolean()) {
      throw new ProblemException(SERVICE_UNAVAILABLE, "draining: no new connections are taken");
    }
    return completedStage(Reply.json(Map.of("status", "ready")));
  }

  private CompletionStage<Reply> metrics(Route.Call call) {
    return completedStage(Reply.text("text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
  }

  private static CompletionStage<Reply> events(Route.Call call) {
    boolean streams = call.method().equals(GET);
    return completedStage(streams ? new Reply.Events() : Reply.text(EventStream.TYPE, ""));
  }

  private CompletionStage<Reply> purge(Route.Call call) throws ProblemException {
    Purge purge = PurgeCall.read(call);
    return proxy
        .purge(purge)
        .thenApply(
            done -> {
              PurgeLog.write(call.client(), purge, done.responses());
              return Reply.json(Purged.of(purge.soft(), done));
            });
  }

  /**
   * What a purge answers.
   *
   * @param soft whether the responses became stale rather than be removed
   * @param responses how many there were
   */
  record Purged(boolean soft, int responses) {
    static Purged of(boolean soft, PurgeResult result) {
      return new Purged(soft, result.responses());
    }
  }

  private CompletionStage<Reply> explain(Route.Call call) throws ProblemException {
    String uri = PurgeCall.webUri("url", call.query().required("url"));
    String method = call.query().one("method");
    HttpHeaders fields = fields(call.query().all("header"));
    try {
      HttpMethod asked = method == null ? GET : new HttpMethod(method);
      return completedStage(Reply.json(ExplanationJson.of(proxy.explain(asked, uri, fields))));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static HttpHeaders fields(List<String> given) throws ProblemException {
    HttpHeaders fields = new DefaultHttpHeaders();
    for (String field : given) {
      int colon = field.indexOf(':');
      try {
        if (colon <= 0) {
          throw new IllegalArgumentException("no colon");
        }
        fields.add(field.substring(0, colon), field.substring(colon + 1).strip());
      } catch (IllegalArgumentException e) {
        // The value may be a secret, so it is not repeated.
        throw ProblemException.badRequest(
            "parameter 'header': a field such as 'Accept-Encoding: gzip' is expected");
      }
    }
    return fields;
  }

  private CompletionStage<Reply> reload(Route.Call call) throws ProblemException {
    if (call.content().length > 0) {
      throw ProblemException.badRequest("no content is expected");
    }
    try {
      return CompletableFuture.supplyAsync(this::reloadNow, worker);
    } catch (RejectedExecutionException e) {
      throw new ProblemException(CONFLICT, "the settings are being taken again already");
    }
  }

  private Reply reloadNow() {
    try {
      return Reply.json(new Reloaded(reload.reload()));
    } catch (IllegalArgumentException e) {
      throw new CompletionException(
          new ProblemException(UNPROCESSABLE_ENTITY, String.valueOf(e.getMessage())));
    }
  }

  /**
   * What a reload answers.
   *
   * @param needRestart names of settings that have another value now, but keep the old one until a
   *     restart
   */
  record Reloaded(List<String> needRestart) {}
}
