package io.simplecache;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.AsciiString;
import io.simplecache.body.MemoryBudget;
import io.simplecache.exchange.ExchangeContext;
import io.simplecache.exchange.Explainer;
import io.simplecache.exchange.SiteContext;
import io.simplecache.exchange.SiteMap;
import io.simplecache.fetch.Fetcher;
import io.simplecache.front.CachingHandler;
import io.simplecache.front.ClientCodec;
import io.simplecache.front.ClientLimits;
import io.simplecache.front.ConnectionRegistry;
import io.simplecache.key.AbsoluteUri;
import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Explanation;
import io.simplecache.origin.OriginAddress;
import io.simplecache.origin.OriginClient;
import io.simplecache.origin.OriginConfig;
import io.simplecache.origin.OriginSettings;
import io.simplecache.origin.OriginStatistics;
import io.simplecache.origin.Origins;
import io.simplecache.origin.Resolvers;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.SiteRules;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.SearchRules;
import io.simplecache.store.StoreWeights;
import io.simplecache.store.UnstorableKeys;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caching reverse proxy in front of main servers, to be put into the pipeline of a Netty server:
 *
 * <pre>{@code
 * CachingProxy proxy = CachingProxy.builder().origin("http://10.0.0.7:8080").build();
 * pipeline.addLast(proxy.newCodec(), proxy.newHandler());
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
  private static final Logger log = LoggerFactory.getLogger(CachingProxy.class);

  private final MemoryBudget budget;
  private final ResponseStore store;
  private final UnstorableKeys unstorable;
  private final SearchRules search = new SearchRules(/* enabled= */ true);
  private final Fetcher fetcher;
  private final ProxyListener listener;
  private final ConnectionRegistry connections;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Clients that were replaced, as long as something under way has them. */
  private final Set<OriginClient> retired =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final Resolvers resolvers = new Resolvers();
  private final Origins origins = new Origins();
  private @Nullable SslContext ownSsl;
  private volatile Setup setup;
  private boolean closing;

  /** What {@link #reconfigure} replaces, as a whole. */
  private record Setup(ProxyConfig config, ExchangeContext exchanges, List<OriginClient> clients) {}

  private CachingProxy(ProxyConfig config, ProxyListener listener) {
    this.budget =
        new MemoryBudget(config.maxMemoryBytes(), Runtime.getRuntime().availableProcessors());
    this.store = new ResponseStore(budget, config.maxVariants(), config.clock());
    this.unstorable = new UnstorableKeys(config.unstorableMemory());
    this.fetcher =
        new Fetcher(
            store,
            unstorable,
            budget,
            config.clock(),
            config.maxStoredBodyBytes(),
            config.relayWindowBytes());
    this.listener = listener;
    this.connections = new ConnectionRegistry(config.clientLimits());
    this.setup = newSetup(config, List.of());
  }

  // ---- settings

  /** Makes clients for the main servers of all sites; those that stay the same keep theirs. */
  private Setup newSetup(ProxyConfig config, List<OriginClient> before) {
    List<OriginClient> clients = new ArrayList<>();
    SearchRules noSearch = new SearchRules(/* enabled= */ false);
    SslContext ssl = config.sites().stream().anyMatch(Site::isSecure) ? sslContext(config) : null;
    SiteMap.Builder sites = new SiteMap.Builder();
    for (Site site : config.sites()) {
      OriginConfig wanted = originConfig(config, site, ssl);
      OriginClient client =
          Stream.concat(clients.stream(), before.stream())
              .filter(known -> known.config().equals(wanted))
              .findFirst()
              .orElseGet(() -> new OriginClient(wanted, resolvers, origins));
      if (!clients.contains(client)) {
        clients.add(client);
      }
      sites.add(
          site.hosts(),
          site.pathPrefix(),
          new SiteContext(
              site.name(),
              client,
              site.rules(),
              site.keys(),
              site.noVarySearch() ? search : noSearch,
              site.honourRequestDirectives()));
    }
    ExchangeContext exchanges =
        new ExchangeContext(
            config.name(),
            store,
            unstorable,
            fetcher,
            sites.build(),
            config.clock(),
            config.followerTimeout(),
            config.maxRanges(),
            config.tracing(),
            record -> tell(listener, record),
            AsciiString.of(config.name()));
    return new Setup(config, exchanges, List.copyOf(clients));
  }

  /** What an embedder's listener throws is his, and not the exchange's. */
  private static void tell(ProxyListener listener, ExchangeRecord record) {
    try {
      listener.onExchange(record);
    } catch (RuntimeException e) {
      log.warn("a listener failed", e);
    }
  }

  private static OriginConfig originConfig(
      ProxyConfig config, Site site, @Nullable SslContext ssl) {
    return new OriginConfig(
        site.origins().stream().map(origin -> address(origin, ssl)).toList(),
        config.originSettings(),
        config.originConnectTimeout(),
        config.originHeadTimeout(),
        config.originIdleTimeout(),
        config.originKeepAliveTimeout(),
        config.maxIdleOriginConnections(),
        config.maxHeadBytes());
  }

  private static OriginAddress address(URI origin, @Nullable SslContext ssl) {
    return new OriginAddress(
        Site.hostOf(origin), Site.portOf(origin), Site.isSecure(origin) ? ssl : null);
  }

  private SslContext sslContext(ProxyConfig config) {
    if (config.originSsl() != null) {
      return config.originSsl();
    }
    if (ownSsl == null) {
      try {
        ownSsl = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS").build();
      } catch (SSLException e) {
        throw new IllegalStateException("TLS is not available: " + e.getMessage(), e);
      }
    }
    return ownSsl;
  }

  /**
   * Puts other settings in force, all at once: a request sees either the old or the new ones. What
   * is under way goes on by the old ones, what is stored stays. Connections of clients keep their
   * timeouts until they are opened anew.
   *
   * @return the names of the settings that differ but cannot be changed while the proxy runs: they
   *     keep their values
   * @throws IllegalArgumentException if the settings cannot be followed; then nothing has changed
   * @throws IllegalStateException if the proxy is closed
   */
  public synchronized List<String> reconfigure(ProxyConfig next) {
    if (closing) {
      throw new IllegalStateException("the proxy is closed");
    }
    Setup before = setup;
    ProxyConfig effective = next.withFixedOf(before.config());
    Setup after = newSetup(effective, before.clients());
    setup = after;
    connections.setLimits(effective.clientLimits());
    for (OriginClient client : before.clients()) {
      if (!after.clients().contains(client)) {
        retired.add(client);
        client.retire();
      }
    }
    return next.fixedThatDiffer(before.config());
  }

  /** Returns a builder in which everything but the origin has a default. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a new codec for one connection, to be added before {@link #newHandler}. It is as strict
   * as RFC 9112 allows, knows {@link ProxyConfig#clientLimits}, and answers what it refuses with
   * the status that says why. An {@code HttpServerCodec} may be used in its place: it has its own
   * limits of sizes, none of the number of fields, and lets some malformed requests pass (folded
   * field lines, other white space in a request line); they go to the origin well-formed. A head
   * that has begun then has {@link ClientLimits#keepAliveTimeout} to come.
   */
  public ChannelHandler newCodec() {
    return new ClientCodec(config().clientLimits());
  }

  /**
   * Returns a new handler for one connection, to be added behind {@link #newCodec} or an {@code
   * HttpServerCodec}. It is not shareable.
   */
  public ChannelHandler newHandler() {
    return new CachingHandler(this::exchanges, config().clientLimits(), connections);
  }

  private ExchangeContext exchanges() {
    return setup.exchanges();
  }

  /** Returns how this proxy is set up now. */
  public ProxyConfig config() {
    return setup.config();
  }

  /** Returns what the proxy holds at this moment. */
  public ProxyStatistics statistics() {
    StoreWeights weights = store.weights();
    return new ProxyStatistics(
        store.size(),
        weights.totalBytes(),
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
        origins.requests(),
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
    Supplier<Integer> work = workOf(purge);
    return CompletableFuture.supplyAsync(work).thenApply(PurgeResult::new).minimalCompletionStage();
  }

  private Supplier<Integer> workOf(Purge purge) {
    boolean soft = purge.soft();
    if (purge instanceof Purge.Url url) {
      return workOf(AbsoluteUri.of(url.uri()), soft);
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

  private Supplier<Integer> workOf(AbsoluteUri uri, boolean soft) {
    RequestHead request =
        new RequestHead(
            HttpMethod.GET, uri.scheme(), uri.authority(), uri.target(), EmptyHttpHeaders.INSTANCE);
    SiteContext site = exchanges().sites().find(request);
    if (site == null) {
      return () -> 0;
    }
    CacheKey key = site.targetKeyOf(request);
    return site.keys().addedFields().isEmpty()
        ? () -> store.purge(key, soft)
        : () -> store.purgeWithAddedFields(key, soft);
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
        exchanges(),
        new RequestHead(method, target.scheme(), target.authority(), target.target(), fields));
  }

  /** Returns what clients have been refused. */
  public ClientStatistics clientStatistics() {
    return new ClientStatistics(
        connections.size(),
        connections.refusedConnections(),
        connections.refusedRequests(),
        connections.slowClients());
  }

  /** Returns how each main server is doing, each once, in the order of the sites. */
  public List<OriginStatistics> originStatistics() {
    Map<String, OriginStatistics> byAddress = new LinkedHashMap<>();
    for (OriginClient client : setup.clients()) {
      for (OriginStatistics origin : client.statistics()) {
        byAddress.putIfAbsent(origin.origin(), origin);
      }
    }
    return List.copyOf(byAddress.values());
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
  public synchronized CompletionStage<Void> closeAsync() {
    closing = true;
    connections.closeNow();
    CompletableFuture<?>[] clients =
        Stream.concat(setup.clients().stream(), Set.copyOf(retired).stream())
            .map(CachingProxy::closed)
            .toArray(CompletableFuture<?>[]::new);
    resolvers.close();
    CompletableFuture.allOf(clients)
        .whenComplete(
            (all, failure) -> {
              store.close();
              closed.complete(null);
            });
    return closed.minimalCompletionStage();
  }

  private static CompletableFuture<Void> closed(OriginClient client) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    client.close().addListener(closed -> done.complete(null));
    return done;
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
    private final List<Site> sites = new ArrayList<>();
    private List<URI> origins = List.of();
    private OriginSettings originSettings = OriginSettings.DEFAULTS;
    private String name = "simple-cache";
    private long maxMemoryBytes = 256L << 20;
    private long maxStoredBodyBytes = -1;
    private int maxVariants = 32;
    private int maxRanges = 16;
    private boolean tracing;
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
    private final ClientLimits.Builder clientLimits = ClientLimits.builder();
    private @Nullable SslContext originSsl;
    private InstantSource clock = InstantSource.system();
    private ProxyListener listener = record -> {};

    private Builder() {}

    /**
     * Adds a site. The main server and the rules that are set on this builder itself are those of
     * one more, named {@code default}, for every request that no other site is for.
     */
    public Builder site(Site site) {
      sites.add(requireNonNull(site, "site"));
      return this;
    }

    /**
     * Sets the main server, for example {@code http://10.0.0.7:8080}. Required unless there are
     * sites.
     */
    public Builder origin(String uri) {
      return origin(URI.create(uri));
    }

    /** Sets the main server. Required unless there are sites. */
    public Builder origin(URI uri) {
      return origins(List.of(requireNonNull(uri, "uri")));
    }

    /** Sets several main servers: each request goes to the one that has least to do. */
    public Builder origins(List<URI> uris) {
      origins = List.copyOf(uris);
      return this;
    }

    /** See {@link ProxyConfig#originSettings}; by default {@link OriginSettings#DEFAULTS}. */
    public Builder originSettings(OriginSettings settings) {
      originSettings = requireNonNull(settings, "settings");
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

    /** See {@link ProxyConfig#tracing}; by default false. */
    public Builder tracing(boolean begin) {
      tracing = begin;
      return this;
    }

    /** See {@link Site#honourRequestDirectives}; by default true. */
    public Builder honourRequestDirectives(boolean honour) {
      honourRequestDirectives = honour;
      return this;
    }

    /** See {@link Site#rules}: the same for everything. */
    public Builder rules(CacheRules cacheRules) {
      return rules(SiteRules.of(cacheRules));
    }

    /** See {@link Site#rules}. */
    public Builder rules(SiteRules siteRules) {
      rules = requireNonNull(siteRules, "siteRules");
      return this;
    }

    /** See {@link Site#keys}; by default keys are target URIs. */
    public Builder keys(KeyRules keyRules) {
      keys = requireNonNull(keyRules, "keyRules");
      return this;
    }

    /** See {@link Site#noVarySearch}; by default false. */
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

    /** Sets limits of what clients may take, see {@link ProxyConfig#clientLimits}. */
    public Builder clientLimits(Consumer<ClientLimits.Builder> setter) {
      setter.accept(clientLimits);
      return this;
    }

    /** See {@link ClientLimits#keepAliveTimeout}; by default 75 s. */
    public Builder clientKeepAliveTimeout(Duration timeout) {
      clientLimits.keepAliveTimeout(timeout);
      return this;
    }

    /** See {@link ClientLimits#headTimeout}; by default 30 s. */
    public Builder clientHeadTimeout(Duration timeout) {
      clientLimits.headTimeout(timeout);
      return this;
    }

    /** See {@link ClientLimits#bodyTimeout}; by default 60 s. */
    public Builder clientBodyTimeout(Duration timeout) {
      clientLimits.bodyTimeout(timeout);
      return this;
    }

    /** See {@link ClientLimits#writeTimeout}; by default 60 s. */
    public Builder clientWriteTimeout(Duration timeout) {
      clientLimits.writeTimeout(timeout);
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
     * @throws IllegalArgumentException if a value is out of its bounds, or there is no origin; the
     *     message names it
     */
    public CachingProxy build() {
      return new CachingProxy(buildConfig(), listener);
    }

    /**
     * Returns the settings alone, for {@link CachingProxy#reconfigure}.
     *
     * @throws IllegalArgumentException if a value is out of its bounds, or there is no origin; the
     *     message names it
     */
    public ProxyConfig buildConfig() {
      return new ProxyConfig(
          allSites(),
          originSettings,
          name,
          maxMemoryBytes,
          maxStoredBodyBytes < 0 ? maxMemoryBytes / 4 : maxStoredBodyBytes,
          maxVariants,
          maxRanges,
          tracing,
          relayWindowBytes,
          maxHeadBytes,
          maxIdleOriginConnections,
          originConnectTimeout,
          originHeadTimeout,
          originIdleTimeout,
          originKeepAliveTimeout,
          followerTimeout,
          unstorableMemory,
          clientLimits.build(),
          originSsl,
          clock);
    }

    private List<Site> allSites() {
      if (origins.isEmpty() && !sites.isEmpty()) {
        return sites;
      }
      List<Site> all = new ArrayList<>(sites);
      all.add(
          new Site(
              "default",
              Set.of(),
              "/",
              origins,
              rules,
              keys,
              noVarySearch,
              honourRequestDirectives));
      return all;
    }
  }
}
