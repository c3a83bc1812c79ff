package io.simplecache;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.simplecache.body.MemoryBudget;
import io.simplecache.exchange.ExchangeContext;
import io.simplecache.exchange.Explainer;
import io.simplecache.fetch.Fetcher;
import io.simplecache.front.CachingHandler;
import io.simplecache.front.ConnectionRegistry;
import io.simplecache.front.FrontConfig;
import io.simplecache.key.AbsoluteUri;
import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.Explanation;
import io.simplecache.origin.OriginClient;
import io.simplecache.origin.OriginConfig;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.SiteRules;
import io.simplecache.store.Purged;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.SearchRules;
import io.simplecache.store.StoreWeights;
import io.simplecache.store.UnstorableKeys;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A caching reverse proxy in front of one origin, to be put into the pipeline of a Netty server:
 *
 * <pre>{@code
 * CachingProxy proxy = CachingProxy.builder().origin("http://10.0.0.7:8080").build();
 * pipeline.addLast(new HttpServerCodec(), proxy.newHandler());
 * }</pre>
 *
 * <p>It brings no threads of its own: a request is handled on the event loop of its connection, and
 * so is the connection to the origin. Event loops of NIO, epoll and io_uring are recognised. What
 * stands before the handler in the pipeline sees requests before, and responses after the cache.
 * What stands behind it sees no HTTP messages.
 *
 * <p>Threads: any, for all methods here.
 */
public final class CachingProxy implements AutoCloseable {
  private final ProxyConfig config;
  private final MemoryBudget budget;
  private final ResponseStore store;
  private final SearchRules search;
  private final OriginClient origin;
  private final Fetcher fetcher;
  private final ExchangeContext exchanges;
  private final FrontConfig front;
  private final ConnectionRegistry connections = new ConnectionRegistry();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private CachingProxy(ProxyConfig config, ProxyListener listener) {
    this.config = config;
    this.budget =
        new MemoryBudget(config.maxMemoryBytes(), Runtime.getRuntime().availableProcessors());
    this.store = new ResponseStore(budget, config.maxVariants(), config.clock());
    this.origin = new OriginClient(originConfig(config));
    UnstorableKeys unstorable = new UnstorableKeys(config.unstorableMemory());
    this.search = new SearchRules(config.noVarySearch());
    this.fetcher =
        new Fetcher(
            origin,
            store,
            unstorable,
            search,
            budget,
            config.clock(),
            config.maxStoredBodyBytes(),
            config.relayWindowBytes());
    this.exchanges =
        new ExchangeContext(
            config.name(),
            store,
            unstorable,
            fetcher,
            config.rules(),
            config.keys(),
            search,
            config.clock(),
            config.honourRequestDirectives(),
            config.followerTimeout(),
            config.maxRanges(),
            listener::onExchange);
    this.front =
        new FrontConfig(
            config.clientKeepAliveTimeout(),
            config.clientHeadTimeout(),
            config.clientBodyTimeout(),
            config.clientWriteTimeout());
  }

  private static OriginConfig originConfig(ProxyConfig config) {
    return new OriginConfig(
        config.origin().getHost(),
        config.originPort(),
        config.originIsSecure() ? sslContext(config) : null,
        config.originConnectTimeout(),
        config.originHeadTimeout(),
        config.originIdleTimeout(),
        config.originKeepAliveTimeout(),
        config.maxIdleOriginConnections(),
        config.maxHeadBytes());
  }

  private static SslContext sslContext(ProxyConfig config) {
    if (config.originSsl() != null) {
      return config.originSsl();
    }
    try {
      return SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS").build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS is not available: " + e.getMessage(), e);
    }
  }

  /** Returns a builder in which everything but the origin has a default. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a new handler for one connection, to be added behind an {@code HttpServerCodec}. It is
   * not shareable.
   */
  public ChannelHandler newHandler() {
    return new CachingHandler(exchanges, front, connections);
  }

  /** Returns how this proxy is set up. */
  public ProxyConfig config() {
    return config;
  }

  /** Returns what the proxy holds at this moment. */
  public ProxyStatistics statistics() {
    StoreWeights weights = store.weights();
    return new ProxyStatistics(
        store.size(),
        store.weightBytes(),
        weights.bodyBytes(),
        weights.headBytes(),
        weights.indexBytes(),
        weights.membershipBytes() + store.tagBytes(),
        budget.arrivingBytes(),
        budget.relayedBytes(),
        budget.limitBytes(),
        budget.segmentBytes(),
        budget.heldBytes(),
        store.tags(),
        connections.size(),
        fetcher.flights(),
        store.departures().counts());
  }

  /**
   * Removes stored responses or makes them stale. The work is done away from the event loops; when
   * the result is there, the very next request is answered without what was purged.
   *
   * @return completes with what was met, on a thread of the common pool
   * @throws IllegalArgumentException if the purge names no URI of {@code http} or {@code https}
   */
  public CompletionStage<PurgeResult> purge(Purge purge) {
    Supplier<Purged> work = workOf(purge);
    return CompletableFuture.supplyAsync(work)
        .thenApply(purged -> new PurgeResult(purged.resources(), purged.responses()))
        .minimalCompletionStage();
  }

  private Supplier<Purged> workOf(Purge purge) {
    boolean soft = purge.soft();
    if (purge instanceof Purge.Url url) {
      CacheKey key = keyOf(AbsoluteUri.of(url.uri()));
      return config.keys().addedFields().isEmpty()
          ? () -> store.purge(key, soft)
          : () -> store.purgeWithAddedFields(key, soft);
    }
    if (purge instanceof Purge.Prefix prefix) {
      AbsoluteUri beginning = AbsoluteUri.of(prefix.uriPrefix());
      return () -> store.purgePrefix(beginning, soft);
    }
    if (purge instanceof Purge.Host host) {
      return () -> store.purgeHost(host.authority(), soft);
    }
    if (purge instanceof Purge.Tag tag) {
      return () -> store.purgeTag(tag.tag(), soft);
    }
    return () -> store.purgeAll(soft);
  }

  /** Returns the key of a URI, without the request fields that the operator adds to keys. */
  private CacheKey keyOf(AbsoluteUri uri) {
    KeyRules keys = config.keys();
    RequestHead request =
        new RequestHead(
            HttpMethod.GET, uri.scheme(), uri.authority(), uri.target(), EmptyHttpHeaders.INSTANCE);
    KeyRules withoutFields =
        new KeyRules(keys.ignoredParameters(), keys.sortParameters(), List.of());
    return search.normal(withoutFields.keyOf(request));
  }

  /**
   * Says what would become of a request now, and why; touches nothing.
   *
   * @param method of the request, for example {@code GET}
   * @param uri its target, absolute
   * @param fields its header fields; borrowed
   * @throws IllegalArgumentException if {@code uri} is no URI of {@code http} or {@code https}
   */
  public Explanation explain(HttpMethod method, String uri, HttpHeaders fields) {
    AbsoluteUri target = AbsoluteUri.of(uri);
    return Explainer.explain(
        exchanges,
        new RequestHead(method, target.scheme(), target.authority(), target.target(), fields));
  }

  /**
   * Closes idle connections of clients, and the others as soon as they have been answered. The
   * caller has stopped accepting new ones. {@link #statistics} tells when none is left.
   */
  public void drain() {
    connections.drain();
  }

  /**
   * Closes the connections of clients and to the origin and releases everything that is stored;
   * what is under way is cut off. The event loops must still be running.
   *
   * @return completes when the connections to the origin are closed
   */
  public CompletionStage<Void> closeAsync() {
    connections.closeNow();
    origin
        .close()
        .addListener(
            done -> {
              store.close();
              closed.complete(null);
            });
    return closed.minimalCompletionStage();
  }

  /**
   * Does what {@link #closeAsync} does; waits for nothing, so it may be called on an event loop.
   */
  @Override
  public void close() {
    closeAsync();
  }

  /** Collects what a proxy is made of. */
  public static final class Builder {
    private @Nullable URI origin;
    private String name = "simple-cache";
    private long maxMemoryBytes = 256L << 20;
    private long maxStoredBodyBytes = -1;
    private int maxVariants = 32;
    private int maxRanges = 16;
    private boolean honourRequestDirectives = true;
    private SiteRules rules = SiteRules.DEFAULTS;
    private KeyRules keys = KeyRules.DEFAULTS;
    private boolean noVarySearch;
    private int relayWindowBytes = 128 * 1024;
    private int maxHeadBytes = 64 * 1024;
    private int maxIdleOriginConnections = 64;
    private Duration originConnectTimeout = Duration.ofSeconds(5);
    private Duration originHeadTimeout = Duration.ofSeconds(60);
    private Duration originIdleTimeout = Duration.ofSeconds(60);
    private Duration originKeepAliveTimeout = Duration.ofSeconds(30);
    private Duration followerTimeout = Duration.ofSeconds(10);
    private Duration unstorableMemory = Duration.ofSeconds(30);
    private Duration clientKeepAliveTimeout = Duration.ofSeconds(75);
    private Duration clientHeadTimeout = Duration.ofSeconds(30);
    private Duration clientBodyTimeout = Duration.ofSeconds(60);
    private Duration clientWriteTimeout = Duration.ofSeconds(60);
    private @Nullable SslContext originSsl;
    private InstantSource clock = InstantSource.system();
    private ProxyListener listener = record -> {};

    private Builder() {}

    /** Sets the main server, for example {@code http://10.0.0.7:8080}. Required. */
    public Builder origin(String uri) {
      return origin(URI.create(uri));
    }

    /** Sets the main server. Required. */
    public Builder origin(URI uri) {
      origin = requireNonNull(uri, "uri");
      return this;
    }

    /** See {@link ProxyConfig#name}; by default {@code simple-cache}. */
    public Builder name(String token) {
      name = requireNonNull(token, "token");
      return this;
    }

    /** See {@link ProxyConfig#maxMemoryBytes}; by default 256 MiB. */
    public Builder maxMemory(long bytes) {
      maxMemoryBytes = bytes;
      return this;
    }

    /** See {@link ProxyConfig#maxStoredBodyBytes}; by default a quarter of the memory. */
    public Builder maxStoredBody(long bytes) {
      maxStoredBodyBytes = bytes;
      return this;
    }

    /** See {@link ProxyConfig#maxVariants}; by default 32. */
    public Builder maxVariants(int variants) {
      maxVariants = variants;
      return this;
    }

    /** See {@link ProxyConfig#maxRanges}; by default 16. */
    public Builder maxRanges(int ranges) {
      maxRanges = ranges;
      return this;
    }

    /** See {@link ProxyConfig#honourRequestDirectives}; by default true. */
    public Builder honourRequestDirectives(boolean honour) {
      honourRequestDirectives = honour;
      return this;
    }

    /** See {@link ProxyConfig#rules}: the same for everything. */
    public Builder rules(CacheRules cacheRules) {
      return rules(SiteRules.of(cacheRules));
    }

    /** See {@link ProxyConfig#rules}. */
    public Builder rules(SiteRules siteRules) {
      rules = requireNonNull(siteRules, "siteRules");
      return this;
    }

    /** See {@link ProxyConfig#keys}; by default keys are target URIs. */
    public Builder keys(KeyRules keyRules) {
      keys = requireNonNull(keyRules, "keyRules");
      return this;
    }

    /** See {@link ProxyConfig#noVarySearch}; by default false. */
    public Builder noVarySearch(boolean counts) {
      noVarySearch = counts;
      return this;
    }

    /** See {@link ProxyConfig#relayWindowBytes}; by default 128 KiB. */
    public Builder relayWindow(int bytes) {
      relayWindowBytes = bytes;
      return this;
    }

    /** See {@link ProxyConfig#maxHeadBytes}; by default 64 KiB. */
    public Builder maxHead(int bytes) {
      maxHeadBytes = bytes;
      return this;
    }

    /** See {@link ProxyConfig#maxIdleOriginConnections}; by default 64. */
    public Builder maxIdleOriginConnections(int connections) {
      maxIdleOriginConnections = connections;
      return this;
    }

    /** See {@link ProxyConfig#originConnectTimeout}; by default 5 s. */
    public Builder originConnectTimeout(Duration timeout) {
      originConnectTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#originHeadTimeout}; by default 60 s. */
    public Builder originHeadTimeout(Duration timeout) {
      originHeadTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#originIdleTimeout}; by default 60 s. */
    public Builder originIdleTimeout(Duration timeout) {
      originIdleTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#originKeepAliveTimeout}; by default 30 s. */
    public Builder originKeepAliveTimeout(Duration timeout) {
      originKeepAliveTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#followerTimeout}; by default 10 s. */
    public Builder followerTimeout(Duration timeout) {
      followerTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#unstorableMemory}; by default 30 s. */
    public Builder unstorableMemory(Duration time) {
      unstorableMemory = time;
      return this;
    }

    /** See {@link ProxyConfig#clientKeepAliveTimeout}; by default 75 s. */
    public Builder clientKeepAliveTimeout(Duration timeout) {
      clientKeepAliveTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#clientHeadTimeout}; by default 30 s. */
    public Builder clientHeadTimeout(Duration timeout) {
      clientHeadTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#clientBodyTimeout}; by default 60 s. */
    public Builder clientBodyTimeout(Duration timeout) {
      clientBodyTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#clientWriteTimeout}; by default 60 s. */
    public Builder clientWriteTimeout(Duration timeout) {
      clientWriteTimeout = timeout;
      return this;
    }

    /** See {@link ProxyConfig#originSsl}; by default the JDK's trusted authorities decide. */
    public Builder originSsl(SslContext context) {
      originSsl = requireNonNull(context, "context");
      return this;
    }

    /** See {@link ProxyConfig#clock}; by default the system's. */
    public Builder clock(InstantSource source) {
      clock = requireNonNull(source, "source");
      return this;
    }

    /** Sets who is told of every request that is over; by default nobody. */
    public Builder listener(ProxyListener told) {
      listener = requireNonNull(told, "told");
      return this;
    }

    /**
     * Returns a proxy, which must be closed.
     *
     * @throws IllegalArgumentException if a value is out of its bounds; the message names it
     * @throws NullPointerException if there is no origin
     */
    public CachingProxy build() {
      return new CachingProxy(
          new ProxyConfig(
              requireNonNull(origin, "origin"),
              name,
              maxMemoryBytes,
              maxStoredBodyBytes < 0 ? maxMemoryBytes / 4 : maxStoredBodyBytes,
              maxVariants,
              maxRanges,
              honourRequestDirectives,
              rules,
              keys,
              noVarySearch,
              relayWindowBytes,
              maxHeadBytes,
              maxIdleOriginConnections,
              originConnectTimeout,
              originHeadTimeout,
              originIdleTimeout,
              originKeepAliveTimeout,
              followerTimeout,
              unstorableMemory,
              clientKeepAliveTimeout,
              clientHeadTimeout,
              clientBodyTimeout,
              clientWriteTimeout,
              originSsl,
              clock),
          listener);
    }
  }
}
