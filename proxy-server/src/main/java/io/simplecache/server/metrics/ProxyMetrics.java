package io.simplecache.server.metrics;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.EventExecutorGroup;
import io.simplecache.CachingProxy;
import io.simplecache.ClientStatistics;
import io.simplecache.ProxyListener;
import io.simplecache.ProxyStatistics;
import io.simplecache.observe.Departure;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Forward;
import io.simplecache.observe.Result;
import io.simplecache.policy.Reason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a proxy does and formats it for Prometheus.
 *
 * <p>Every total is a sum of its parts, read once: a share of requests is never above one. The cost
 * of {@link #onExchange} is stated in the README.
 *
 * <p>Threads: any.
 */
@SuppressWarnings("EnumOrdinal") // the rows and columns of arrays, nothing that is kept or sent
public final class ProxyMetrics implements ProxyListener, AutoCloseable {
  private static final Result[] RESULTS = Result.values();
  private static final Reason[] REASONS = Reason.values();
  private static final Forward[] FORWARDS = Forward.values();
  private static final int COLUMNS = REASONS.length + FORWARDS.length + 1;

  /** By forward; one whose name is that of a reason has its column, for they have one label. */
  private static final int[] FORWARD_COLUMNS =
      Arrays.stream(FORWARDS).mapToInt(ProxyMetrics::columnOf).toArray();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  /** By result and why, made when first needed. A row for each result, see {@link #column}. */
  private final AtomicReferenceArray<@Nullable LongAdder> requests =
      new AtomicReferenceArray<>(RESULTS.length * COLUMNS);

  private final LongAdder[] sentBytes = new LongAdder[RESULTS.length];
  private final LatencyHistogram[] latencies = new LatencyHistogram[RESULTS.length];
  private final LongAdder collapsed;
  private final LongAdder incomplete;
  private final SiteCollector sites = new SiteCollector();
  private final TopTargets top = new TopTargets();
  private volatile @Nullable ProxyStatistics statistics;
  private volatile ClientStatistics clients = new ClientStatistics(0, 0, 0, 0);
  private volatile @Nullable CachingProxy proxy;

  public ProxyMetrics() {
    registry.config().meterFilter(new WithoutAllocatorIds());
    Map<Result, LatencyHistogram> byResult = new EnumMap<>(Result.class);
    for (Result result : RESULTS) {
      LatencyHistogram histogram = new LatencyHistogram();
      latencies[result.ordinal()] = histogram;
      byResult.put(result, histogram);
      sentBytes[result.ordinal()] =
          counter(
              "simple.cache.sent.bytes",
              "Content handed to the connections of clients.",
              Tags.of("result", label(result)));
    }
    registry.getPrometheusRegistry().register(new LatencyCollector(byResult));
    collapsed = counter("simple.cache.collapsed.requests", "Requests that joined another's fetch.");
    incomplete =
        counter("simple.cache.incomplete.responses", "Responses that did not reach their end.");
    registry.getPrometheusRegistry().register(sites);
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
      new NettyAllocatorMetrics(allocator).bindTo(registry);
    }
  }

  /** Says which version runs. */
  public void version(String number) {
    Gauge.builder("simple.cache.build.info", () -> 1)
        .description("Always 1; which version runs.")
        .tag("version", number)
        .strongReference(true)
        .register(registry);
  }

  /** Their identity hash is another in each process: each start would begin new series. */
  private static final class WithoutAllocatorIds implements MeterFilter {
    @Override
    public Meter.Id map(Meter.Id id) {
      return id.getName().startsWith("netty.allocator.")
          ? id.replaceTags(id.getTags().stream().filter(tag -> !tag.getKey().equals("id")).toList())
          : id;
    }
  }

  private LongAdder counter(String name, String help) {
    return counter(name, help, Tags.empty());
  }

  private LongAdder counter(String name, String help, Tags tags) {
    LongAdder adder = new LongAdder();
    FunctionCounter.builder(name, adder, LongAdder::sum)
        .description(help)
        .tags(tags)
        .register(registry);
    return adder;
  }

  /** Returns the label value of an enum's constant, in the manner of Cache-Status. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public void onExchange(ExchangeRecord record) {
    Result result = record.result();
    int row = result.ordinal();
    requests(record).increment();
    latencies[row].record(record.durationNanos());
    sentBytes[row].add(record.sentBytes());
    if (record.collapsed()) {
      collapsed.increment();
    }
    String site = record.site();
    if (site != null) {
      sites.count(site, result);
    }
    if (!record.complete()) {
      incomplete.increment();
    }
    top.offer(record);
  }

  private LongAdder requests(ExchangeRecord record) {
    int index = record.result().ordinal() * COLUMNS + column(record);
    LongAdder adder = requests.get(index);
    return adder != null ? adder : addRequests(index);
  }

  /** The rule that decided; where none did, why the origin was asked; else the last column. */
  private static int column(ExchangeRecord record) {
    Reason reason = record.reason();
    if (reason != null) {
      return reason.ordinal();
    }
    Forward forward = record.forward();
    return forward != null ? FORWARD_COLUMNS[forward.ordinal()] : COLUMNS - 1;
  }

  private static int columnOf(Forward forward) {
    for (Reason reason : REASONS) {
      if (reason.token().equals(forward.token())) {
        return reason.ordinal();
      }
    }
    return REASONS.length + forward.ordinal();
  }

  private static String reason(int column) {
    if (column < REASONS.length) {
      return REASONS[column].token();
    }
    return column < COLUMNS - 1 ? FORWARDS[column - REASONS.length].token() : "none";
  }

  private synchronized LongAdder addRequests(int index) {
    LongAdder there = requests.get(index);
    if (there != null) {
      return there;
    }
    LongAdder made =
        counter(
            "simple.cache.requests",
            "Requests that are over, by what they met and why.",
            Tags.of("result", label(RESULTS[index / COLUMNS]), "reason", reason(index % COLUMNS)));
    requests.set(index, made);
    return made;
  }

  /** Returns what was counted, for {@link LiveView}. */
  Counts counts() {
    Map<String, Map<String, Long>> byResult = new LinkedHashMap<>();
    for (int index = 0; index < requests.length(); index++) {
      LongAdder adder = requests.get(index);
      if (adder != null) {
        byResult
            .computeIfAbsent(label(RESULTS[index / COLUMNS]), r -> new LinkedHashMap<>())
            .put(reason(index % COLUMNS), adder.sum());
      }
    }
    long[] hits = latencies[Result.HIT.ordinal()].counts();
    long[] others = new long[hits.length];
    for (Result result : RESULTS) {
      if (result != Result.HIT) {
        long[] counts = latencies[result.ordinal()].counts();
        Arrays.setAll(others, i -> others[i] + counts[i]);
      }
    }
    long sent = Arrays.stream(sentBytes).mapToLong(LongAdder::sum).sum();
    return new Counts(byResult, sent, hits, others);
  }

  /**
   * Everything that was counted since the start.
   *
   * @param requests by result and reason
   * @param sentBytes content handed to clients' connections
   * @param hitLatencies number of hits by {@link LatencyHistogram} bucket
   * @param otherLatencies the same of all other requests
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Counts(
      Map<String, Map<String, Long>> requests,
      long sentBytes,
      long[] hitLatencies,
      long[] otherLatencies) {}

  TopTargets top() {
    return top;
  }

  /** Lets gauges show what {@code observed} holds. To be called once, before {@link #scrape}. */
  public void observe(CachingProxy observed) {
    proxy = requireNonNull(observed, "observed");
    refresh();
    gauge(
        "simple.cache.memory.limit",
        "bytes",
        "What all of it may take.",
        ProxyStatistics::limitBytes);
    gauge(
        "simple.cache.memory.held",
        "bytes",
        "What the allocator of bodies holds from the system.",
        ProxyStatistics::heldBytes);
    for (MemoryClass part : MemoryClass.values()) {
      Gauge.builder("simple.cache.memory.used", () -> of(part::bytes))
          .baseUnit("bytes")
          .description("What the cache takes, by what for.")
          .tags("class", label(part))
          .register(registry);
    }
    gauge(
        "simple.cache.stored.resources",
        null,
        "Keys with a stored response.",
        ProxyStatistics::storedResources);
    gauge(
        "simple.cache.connections",
        null,
        "Open connections of clients.",
        ProxyStatistics::connections);
    registry.getPrometheusRegistry().register(new OriginCollector(observed::originStatistics));
    clientCounter(
        "simple.cache.refused.connections",
        "Connections of clients that were one too many.",
        ClientStatistics::refusedConnections);
    clientCounter(
        "simple.cache.refused.requests",
        "Requests that the front door refused as malformed or too large.",
        ClientStatistics::refusedRequests);
    clientCounter(
        "simple.cache.slow.clients",
        "Connections of clients that were closed because they took too long.",
        ClientStatistics::slowClients);
    gauge("simple.cache.flights", null, "Fetches that others may join.", ProxyStatistics::flights);
    gauge("simple.cache.tags", null, "Distinct tags of stored responses.", ProxyStatistics::tags);
    for (Departure.Cause cause : Departure.Cause.values()) {
      FunctionCounter.builder(
              "simple.cache.departures",
              this,
              m -> m.of(s -> s.departures().getOrDefault(cause, 0L)))
          .description("Responses that left the store, or could not be stored, by cause.")
          .tags("cause", label(cause))
          .register(registry);
    }
  }

  private void clientCounter(String name, String help, ToDoubleFunction<ClientStatistics> count) {
    FunctionCounter.builder(name, this, m -> count.applyAsDouble(m.clients))
        .description(help)
        .register(registry);
  }

  private void gauge(
      String name, @Nullable String unit, String help, ToDoubleFunction<ProxyStatistics> value) {
    Gauge.builder(name, () -> of(value)).baseUnit(unit).description(help).register(registry);
  }

  private double of(ToDoubleFunction<ProxyStatistics> value) {
    ProxyStatistics latest = statistics;
    return latest == null ? 0 : value.applyAsDouble(latest);
  }

  /** Reads the statistics once, so that all gauges tell of the same moment. */
  private void refresh() {
    CachingProxy observed = proxy;
    if (observed != null) {
      statistics = observed.statistics();
      clients = observed.clientStatistics();
    }
  }

  /** Measures how late the event loops are, until they end. */
  public void observeLoops(EventExecutorGroup loops) {
    LoopLag.watch(loops, registry);
  }

  /** Returns all of it in the text format of Prometheus. */
  public String scrape() {
    refresh();
    return registry.scrape();
  }

  /** Returns the registry, for whoever has something to add. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Stops to listen to the JVM. */
  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
