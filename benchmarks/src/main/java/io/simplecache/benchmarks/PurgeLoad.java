package io.simplecache.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Measures what the purge of a tag costs that very many stored responses have: how long the call
 * takes, whether the next request misses, and what a steady client sees of it:
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.simplecache.benchmarks.PurgeLoad \
 *     proxy-server/target/proxy-server.jar [responses [rounds]]</pre>
 *
 * <p>One request follows the call at once, the others when the steady client has been measured:
 * what a hundred misses cost is not what it is to see.
 *
 * <p>Before the first round a tag is purged that nothing has: what that call costs a fresh process,
 * for its classes, is not what is measured, and said in a line of its own.
 *
 * <p>Exit code 1 if a call takes 200 ms or more, a request after it is a hit, or the 99th
 * percentile of the steady client in the five seconds around it is more than three times what it is
 * otherwise.
 */
public final class PurgeLoad {
  private static final int REQUESTS_PER_SECOND = 1000;
  private static final int AT_ONCE = 64;
  private static final int SAMPLES = 100;
  private static final long MAX_CALL_MILLIS = 200;
  private static final double MAX_RATIO = 3;
  private static final Duration AROUND = Duration.ofSeconds(5);

  private final AtomicLong asked = new AtomicLong();
  private final HttpClient client = HttpClient.newHttpClient();
  private final int responses;

  private PurgeLoad(int responses) {
    this.responses = responses;
  }

  /** Runs the load. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    int responses = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    boolean good = new PurgeLoad(responses).run(jar, rounds);
    System.exit(good ? 0 : 1);
  }

  private boolean run(Path jar, int rounds) throws Exception {
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    origin.setExecutor(threads);
    origin.createContext("/", this::answer);
    origin.start();
    int admin = ProxyProcess.freePort();
    boolean good = true;
    try (ProxyProcess proxy =
            new ProxyProcess(
                jar,
                origin.getAddress().getPort(),
                List.of("-Xmx256m"),
                /* memoryMib= */ 512,
                "--admin-port=" + admin,
                "--keep-alive=1h");
        SteadyClient steady = new SteadyClient(proxy.port(), REQUESTS_PER_SECOND)) {
      steady.run(Duration.ofSeconds(10));
      long firstMillis = TimeUnit.NANOSECONDS.toMillis(purge(admin, "none").nanos);
      System.out.printf(Locale.ROOT, "the first call of all: %,d ms%n", firstMillis);
      for (int round = 1; round <= rounds; round++) {
        fill(proxy.port());
        Histogram calm = steady.run(AROUND);
        CompletableFuture<Histogram> running = runBeside(steady);
        Thread.sleep(AROUND.toMillis() / 5);
        Purge purge = purge(admin, "all");
        long millis = TimeUnit.NANOSECONDS.toMillis(purge.nanos);
        long hits = hitsAfterwards(proxy.port(), /* from= */ 0, /* to= */ 1);
        Histogram around = running.join();
        hits += hitsAfterwards(proxy.port(), /* from= */ 1, SAMPLES);
        double ratio = (double) around.getValueAtPercentile(99) / calm.getValueAtPercentile(99);
        System.out.printf(
            Locale.ROOT,
            "%d  %s  %,d ms; %d of %d requests after it were hits; p99 %,d µs, calm %,d µs: ×"
                + " %.2f%n",
            round,
            purge.answer.body().strip(),
            millis,
            hits,
            SAMPLES,
            around.getValueAtPercentile(99),
            calm.getValueAtPercentile(99),
            ratio);
        good &= purge.answer.statusCode() == 200 && millis < MAX_CALL_MILLIS;
        good &= hits == 0 && ratio <= MAX_RATIO;
      }
    } finally {
      origin.stop(0);
      threads.shutdownNow();
    }
    return good;
  }

  /** A call, and how long it took. */
  private record Purge(HttpResponse<String> answer, long nanos) {}

  private Purge purge(int admin, String tag) throws Exception {
    long start = System.nanoTime();
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri(admin, "/purge?tag=" + tag))
                .POST(BodyPublishers.noBody())
                .build());
    return new Purge(answer, System.nanoTime() - start);
  }

  /** Returns what the steady client sees meanwhile. */
  private static CompletableFuture<Histogram> runBeside(SteadyClient steady) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return steady.run(AROUND);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void answer(HttpExchange exchange) throws IOException {
    boolean tagged = !exchange.getRequestURI().getPath().equals("/0");
    byte[] body = new byte[100];
    exchange.getResponseHeaders().set("Cache-Control", "max-age=3600");
    if (tagged) {
      asked.incrementAndGet();
      exchange.getResponseHeaders().set("Surrogate-Key", "all");
    }
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void fill(int port) throws Exception {
    Semaphore places = new Semaphore(AT_ONCE);
    for (int i = 1; i <= responses; i++) {
      places.acquire();
      client
          .sendAsync(
              HttpRequest.newBuilder(uri(port, "/t/" + i)).build(), BodyHandlers.discarding())
          .whenComplete((response, failure) -> places.release());
    }
    places.acquire(AT_ONCE);
  }

  /** Returns how many of these samples are hits: the origin was not asked for them. */
  private long hitsAfterwards(int port, int from, int to) throws Exception {
    long before = asked.get();
    for (int i = from; i < to; i++) {
      send(HttpRequest.newBuilder(uri(port, "/t/" + (1 + i * (responses / SAMPLES)))).build());
    }
    return to - from - (asked.get() - before);
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
