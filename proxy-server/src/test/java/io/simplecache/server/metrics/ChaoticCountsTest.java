package io.simplecache.server.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.simplecache.CachingProxy;
import io.simplecache.Purge;
import io.simplecache.PurgeResult;
import io.simplecache.Site;
import io.simplecache.key.KeyRules;
import io.simplecache.observe.Departure;
import io.simplecache.observe.Result;
import io.simplecache.origin.HealthCheck;
import io.simplecache.origin.OriginSettings;
import io.simplecache.policy.SiteRules;
import io.simplecache.server.metrics.HonestOrigin.Head;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that do anything, origins that do anything, purges, health checks and changes of settings
 * meanwhile, then each limit in its turn: each counter is what clients and origins have counted
 * themselves. A failure names the seed.
 */
@Timeout(120)
class ChaoticCountsTest {
  private static final int CLIENTS = 6;
  private static final int ROUNDS = 6;
  private static final int REQUESTS_A_ROUND = 40;
  private static final int MEMORY = 16 << 20;

  /** Half as much again as the memory. */
  private static final int BIG_RESPONSES = 3 * MEMORY / (2 * HonestOrigin.BIG);

  private static final List<String> KINDS =
      List.of(
          "fresh", "fresh", "fresh", "stale", "stale", "swr", "swr", "missing", "error", "private",
          "gone", "garbage", "cut", "hang");

  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ids = new AtomicInteger();
  private final ProxyMetrics metrics = new ProxyMetrics();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final HonestOrigin first = new HonestOrigin(seen, /* unreliable= */ 1);
  private final HonestOrigin second = new HonestOrigin(seen, /* unreliable= */ 2);
  private CachingProxy proxy;
  private Channel listener;

  ChaoticCountsTest() throws IOException {}

  /** The second origin is one of two of the first site, and the only one of the second site. */
  @BeforeEach
  void start() {
    proxy = builder(Duration.ofSeconds(20)).listener(metrics).build();
    metrics.observe(proxy);
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel client) {
                    client.pipeline().addLast(proxy.newCodec(), proxy.newHandler());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  private CachingProxy.Builder builder(Duration originTimeout) {
    return CachingProxy.builder()
        .site(site("one", first, second))
        .site(site("two", second))
        .originHeadTimeout(originTimeout)
        .originSettings(
            OriginSettings.builder()
                .failuresToOpen(0)
                .healthCheck(new HealthCheck("/check", Duration.ofSeconds(1)))
                .build())
        .maxMemory(MEMORY);
  }

  private static Site site(String name, HonestOrigin... origins) {
    return new Site(
        name,
        Set.of(name + ".example"),
        "/",
        List.of(origins).stream().map(origin -> URI.create(origin.uri())).toList(),
        SiteRules.DEFAULTS,
        KeyRules.DEFAULTS,
        /* noVarySearch= */ false,
        /* honourRequestDirectives= */ true);
  }

  @AfterEach
  void stop() throws IOException {
    clients.shutdownNow();
    listener.close().syncUninterruptibly();
    proxy.closeAsync().toCompletableFuture().join();
    metrics.close();
    first.close();
    second.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void counters_afterAChaoticRun_areWhatClientsAndOriginsCounted(long seed) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch herd = new CountDownLatch(CLIENTS);
      first.await(herd);
      second.await(herd);
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random own = new Random(random.nextLong());
        int number = round;
        running.add(clients.submit(() -> new Client(own).run(number, herd)));
      }
      purge(new Purge.Prefix("http://one.example/fresh/1", random.nextBoolean()));
      proxy.reconfigure(builder(Duration.ofSeconds(20 + round % 2)).buildConfig());
      for (Future<Void> client : running) {
        client.get();
      }
      invalidate(round);
    }
    crowdTheDoor();
    beSlow();
    askTooMuchAtOnce();
    fillTheMemory();
    // A counter may lag behind what is counted; health checks go on meanwhile.
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Map<String, Long> counted = counted();
    Map<String, Long> told = told();
    while (!counted.equals(told) && System.nanoTime() < end) {
      counted = counted();
      told = told();
    }
    assertEquals(without(told, counted), without(counted, told), "seed " + seed);
    assertEverythingHappened(told.keySet());
    gauge("simple_cache_flights", 0);
    gauge("simple_cache_connections", 0);
    for (HonestOrigin origin : List.of(first, second)) {
      gauge("simple_cache_origin_queued{origin=\"" + origin.uri() + "\"}", 0);
      gauge("simple_cache_origin_state{origin=\"%s\",state=\"closed\"}".formatted(origin.uri()), 1);
    }
  }

  /** A counter that nothing has moved would be right however it counts. */
  private void assertEverythingHappened(Set<String> told) {
    Stream<String> counters =
        samples().keySet().stream()
            .map(name -> name.replaceFirst("\\{.*", ""))
            .filter(name -> name.endsWith("_total"));
    Stream<String> labels =
        Stream.concat(Stream.of(Result.values()), Stream.of(Departure.Cause.values()))
            .map(label -> "=\"" + ProxyMetrics.label(label) + "\"");
    assertEquals(
        List.of(),
        Stream.concat(counters, labels)
            .filter(each -> told.stream().noneMatch(name -> name.contains(each)))
            .toList());
  }

  private void purge(Purge purge) {
    PurgeResult purged = proxy.purge(purge).toCompletableFuture().join();
    if (!purge.soft()) {
      add("simple_cache_departures_total{cause=\"purged\"}", purged.responses());
    }
  }

  /** While nobody else asks: one response is stored, then made invalid. */
  private void invalidate(int round) throws Exception {
    Client client = new Client(new Random(0));
    client.ask("GET", "one.example", "fresh/" + (1_000_000 + round));
    client.ask("POST", "one.example", "fresh/" + (1_000_000 + round));
    client.close();
    count("simple_cache_departures_total{cause=\"invalidated\"}");
  }

  /** More connections than one address may have: those that are told so are counted. */
  private void crowdTheDoor() throws IOException {
    gauge("simple_cache_connections", 0);
    proxy.reconfigure(
        builder(Duration.ofSeconds(20))
            .clientLimits(limits -> limits.maxConnectionsPerAddress(3))
            .buildConfig());
    List<Client> crowd = newClients(7);
    for (Client client : crowd.subList(0, 3)) {
      client.ask("GET", "one.example", "fresh/1");
    }
    for (Client client : crowd.subList(3, 7)) {
      client.beSentAway(503);
      count("simple_cache_refused_connections_total");
    }
    for (Client client : crowd) {
      client.close();
    }
  }

  /** Half a head, and no more of it. */
  private void beSlow() throws IOException {
    proxy.reconfigure(
        builder(Duration.ofSeconds(20))
            .clientLimits(limits -> limits.headTimeout(Duration.ofMillis(200)))
            .buildConfig());
    Client client = newClients(1).get(0);
    client.connect().getOutputStream().write("GET / HTTP/1.1\r\nHost:".getBytes(ISO_8859_1));
    client.beSentAway(408);
    count("simple_cache_slow_clients_total");
    client.close();
  }

  /** Two fetches under way, one that waits, and two more: they are not taken to the origin. */
  private void askTooMuchAtOnce() throws IOException {
    proxy.reconfigure(
        builder(Duration.ofSeconds(20))
            .originSettings(
                OriginSettings.builder().failuresToOpen(0).maxFetches(2).maxQueued(1).build())
            .buildConfig());
    List<Client> crowd = newClients(5);
    for (Client client : crowd.subList(0, 2)) {
      client.beginToHang("two.example");
    }
    crowd.get(2).send("GET", "two.example", "fresh/2000000", "");
    gauge("simple_cache_origin_queued{origin=\"" + second.uri() + "\"}", 1);
    for (Client client : crowd.subList(3, 5)) {
      assertEquals(503, client.ask("GET", "two.example", "fresh/" + ids.get()));
      count(
          "simple_cache_origin_failures_total{failure=\"overloaded\",origin=\"%s\"}"
              .formatted(second.uri()));
    }
    for (Client client : crowd.subList(0, 2)) {
      client.close();
    }
    crowd.get(2).receive("GET", "two.example", Integer.MAX_VALUE);
    crowd.get(2).close();
  }

  /** More than the memory holds, when there is nothing else in it: what is not there has left. */
  private void fillTheMemory() throws IOException {
    purge(new Purge.All(/* soft= */ false));
    Client client = newClients(1).get(0);
    for (int i = 0; i < BIG_RESPONSES; i++) {
      client.ask("GET", "one.example", "big/" + i);
    }
    for (int i = 0; i < BIG_RESPONSES; i++) {
      if (client.ask("GET", "one.example", "big/" + i, "Cache-Control: only-if-cached\r\n")
          == 504) {
        count("simple_cache_departures_total{cause=\"evicted\"}");
      }
    }
    client.close();
  }

  private List<Client> newClients(int number) {
    return Stream.generate(() -> new Client(new Random(0))).limit(number).toList();
  }

  private void gauge(String sample, double expected) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Double is = samples().get(sample);
    while (!Double.valueOf(expected).equals(is) && System.nanoTime() < end) {
      is = samples().get(sample);
    }
    assertEquals(expected, is, sample);
  }

  private Map<String, Double> samples() {
    Map<String, Double> samples = new TreeMap<>();
    metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("simple_cache_"))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
    return samples;
  }

  /** Returns every counter that is not zero, and how many durations there are. */
  private Map<String, Long> told() {
    Map<String, Long> told = new TreeMap<>();
    samples()
        .forEach(
            (name, value) -> {
              boolean counter =
                  name.contains("_total") || name.contains("request_duration_seconds_count");
              if (counter && value != 0) {
                told.put(name, value.longValue());
              }
            });
    return told;
  }

  private Map<String, Long> counted() {
    Map<String, Long> counted = new TreeMap<>();
    counts.forEach((name, count) -> counted.merge(name, count.sum(), Long::sum));
    first.counts().forEach((name, count) -> counted.merge(name, count, Long::sum));
    second.counts().forEach((name, count) -> counted.merge(name, count, Long::sum));
    counted.values().removeIf(count -> count == 0);
    return counted;
  }

  /** Returns those counts that are not the same in {@code others}. */
  private static Map<String, Long> without(Map<String, Long> others, Map<String, Long> counts) {
    Map<String, Long> rest = new TreeMap<>(counts);
    rest.entrySet().removeAll(others.entrySet());
    return rest;
  }

  private void count(String sample) {
    add(sample, 1);
  }

  private void add(String sample, long count) {
    counts.computeIfAbsent(sample, name -> new LongAdder()).add(count);
  }

  /** One client; its connection is made anew when it must be. */
  private final class Client {
    private static final Pattern MEMBER =
        Pattern.compile(
            "; (hit|stored|collapsed|fwd=[a-z-]+|fwd-status=\\d+|ttl=-?\\d+|detail=\\S+)");

    private final Random random;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    Client(Random random) {
      this.random = random;
    }

    Void run(int round, CountDownLatch herd) throws IOException {
      send("GET", "one.example", "herd/" + round, "");
      herd.countDown();
      receive("GET", "one.example", Integer.MAX_VALUE);
      for (int i = 0; i < REQUESTS_A_ROUND; i++) {
        String host = random.nextInt(3) == 0 ? "two.example" : "one.example";
        String kind = KINDS.get(random.nextInt(KINDS.size()));
        int choice = random.nextInt(20);
        if (choice == 0) {
          beRefused();
        } else if (choice == 1) {
          ask("GET", host, "nothing/" + ids.get(), "Cache-Control: only-if-cached\r\n");
        } else if (kind.equals("hang")) {
          leave(host);
        } else {
          // What was never stored cannot be made invalid.
          String method = choice == 2 ? "POST" : choice == 3 ? "HEAD" : "GET";
          String path = method.equals("POST") ? "post" : kind;
          String condition = choice == 4 && kind.equals("fresh") ? "If-None-Match: \"e\"\r\n" : "";
          ask(method, host, path + "/" + random.nextInt(30), condition);
        }
        if (random.nextInt(10) == 0) {
          close();
        }
      }
      close();
      return null;
    }

    /** Returns the status. */
    int ask(String method, String host, String path, String... fields) throws IOException {
      send(method, host, path, String.join("", fields));
      return receive(method, host, Integer.MAX_VALUE);
    }

    /** Takes what has come so far of a response that goes on, and goes. */
    private void leave(String host) throws IOException {
      beginToHang(host);
      close();
    }

    /** Takes what has come so far, and stays. */
    void beginToHang(String host) throws IOException {
      send("GET", host, "hang/" + random.nextInt(1000), "");
      receive("GET", host, 1000);
    }

    private void beRefused() throws IOException {
      connect().getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
      beSentAway(400);
      count("simple_cache_refused_requests_total");
      count("simple_cache_requests_total{reason=\"none\",result=\"error\"}");
      count("simple_cache_request_duration_seconds_count{result=\"error\"}");
      close();
    }

    /** Is answered, and has sent no request, or none that could be understood. */
    void beSentAway(int status) throws IOException {
      connect();
      Head head = Head.read(in);
      assertEquals(status, head == null ? 0 : head.status());
    }

    Socket connect() throws IOException {
      Socket there = socket;
      if (there == null) {
        there = new Socket(InetAddress.getLoopbackAddress(), port());
        there.setSoTimeout(20_000);
        in = new BufferedInputStream(there.getInputStream());
        socket = there;
      }
      return there;
    }

    void send(String method, String host, String path, String fields) throws IOException {
      boolean post = method.equals("POST");
      String request =
          "%s /%s HTTP/1.1\r\nHost: %s\r\n%s: %d\r\n%s%s\r\n%s"
              .formatted(
                  method,
                  path,
                  host,
                  HonestOrigin.ID,
                  ids.incrementAndGet(),
                  fields,
                  post ? "Content-Length: 1\r\n" : "",
                  post ? "x" : "");
      connect().getOutputStream().write(request.getBytes(ISO_8859_1));
    }

    int receive(String method, String host, int limit) throws IOException {
      Head head = Head.read(in);
      if (head == null) {
        throw new IOException("no response");
      }
      boolean empty = method.equals("HEAD") || head.status() == 304;
      int length = empty ? 0 : Integer.parseInt(head.field("content-length", "0"));
      int wanted = Math.min(length, limit);
      int received = readAtMost(wanted);
      String result = countResponse(head, method, host);
      if (received > 0) {
        add("simple_cache_sent_bytes_total{result=\"" + result + "\"}", received);
      }
      if (received < length) {
        count("simple_cache_incomplete_responses_total");
      }
      if (received < wanted) {
        close();
      }
      if (head.field("connection", "").equalsIgnoreCase("close")) {
        close();
      }
      return head.status();
    }

    /** What is cut off may end with a reset. */
    private int readAtMost(int limit) throws IOException {
      int received = 0;
      try {
        while (received < limit && in.read() >= 0) {
          received++;
        }
      } catch (SocketException e) {
        return received;
      }
      return received;
    }

    /** Returns the result, as Cache-Status tells it. */
    private String countResponse(Head head, String method, String host) {
      String status = head.field("cache-status", "");
      Map<String, String> members = new TreeMap<>();
      Matcher matcher = MEMBER.matcher(status);
      while (matcher.find()) {
        String[] member = matcher.group(1).split("=", 2);
        members.put(member[0], member.length < 2 ? "" : member[1]);
      }
      String detail = members.get("detail");
      String forward = members.get("fwd");
      String result = result(members, method, head.field("proxy-status") != null);
      String reason = detail != null ? detail : forward != null ? forward : "fresh";
      count("simple_cache_requests_total{reason=\"%s\",result=\"%s\"}".formatted(reason, result));
      count("simple_cache_request_duration_seconds_count{result=\"" + result + "\"}");
      count(
          "simple_cache_site_requests_total{result=\"%s\",site=\"%s\"}"
              .formatted(result, host.substring(0, 3)));
      if (members.containsKey("collapsed")) {
        count("simple_cache_collapsed_requests_total");
      }
      return result;
    }

    private static String result(Map<String, String> members, String method, boolean failed) {
      String detail = members.get("detail");
      boolean reused = members.containsKey("ttl");
      if (!members.containsKey("fwd")) {
        return detail == null ? "hit" : reused ? "stale" : "error";
      }
      if (reused) {
        return detail == null ? "revalidated" : "stale";
      }
      if (failed) {
        return "error";
      }
      // HEAD is relayed, and says why what is stored could not answer it.
      if (detail != null && !(method.equals("HEAD") && members.get("fwd").equals("stale"))) {
        return "bypass";
      }
      return members.containsKey("collapsed") ? "collapsed" : "miss";
    }

    private int port() {
      return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }
}
