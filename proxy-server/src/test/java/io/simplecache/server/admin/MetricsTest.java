package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.server.admin.Wire.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code /metrics} says, held against what clients and the main server counted themselves. */
@Timeout(120)
@ExtendWith(LeakGuard.class)
class MetricsTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS_EACH = 60;
  private static final List<String> PATHS =
      List.of(
          "/",
          "/style.css",
          "/app.js",
          "/nothing",
          "/demo/max-age/60",
          "/demo/max-age/0",
          "/demo/private",
          "/demo/no-store");

  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicInteger collapsed = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  @Test
  void metrics_areWhatTheClientsCounted() throws Exception {
    try (Servers servers = new Servers(null)) {
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      List<Future<Void>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Random random = new Random(client);
        running.add(clients.submit(() -> ask(servers, random)));
      }
      for (Future<Void> client : running) {
        client.get();
      }
      clients.shutdown();

      int all = CLIENTS * REQUESTS_EACH;
      String metrics = Wire.get(servers.admin.port(), "/metrics").body();
      // A request is counted when its response has been handed over, so the last may lag behind.
      while (sum(metrics, "simple_cache_requests_total\\{.*?\\}") < all) {
        metrics = Wire.get(servers.admin.port(), "/metrics").body();
      }
      assertEquals(all, sum(metrics, "simple_cache_requests_total\\{.*?\\}"));
      assertEquals(all, sum(metrics, "simple_cache_request_duration_seconds_count\\{.*?\\}"));
      assertEquals(
          hits.get(), sum(metrics, "simple_cache_requests_total\\{.*result=\"hit\".*?\\}"));
      assertEquals(collapsed.get(), sum(metrics, "simple_cache_collapsed_requests_total"));
      assertEquals(bytes.get(), sum(metrics, "simple_cache_sent_bytes_total\\{.*?\\}"));
      assertEquals(0, sum(metrics, "simple_cache_incomplete_responses_total"));
      assertEquals(
          servers.origin.counts().total(),
          sum(metrics, "simple_cache_origin_requests_total\\{.*?\\}"));
      assertTrue(hits.get() > 0 && hits.get() < all);
    }
  }

  /** A panel of a metric that is not there would stay empty without a word. */
  @Test
  void dashboard_asksForMetricsThatAreThere() throws Exception {
    try (Servers servers = new Servers(null)) {
      Wire.get(servers.port(), "/demo/max-age/60", "Host: cache.example");
      System.gc();
      String metrics = servers.metrics.scrape();
      // Its first sample may come after the first scrape.
      while (!metrics.contains("simple_cache_requests_total{")
          || !metrics.contains("jvm_gc_pause_seconds_sum")) {
        metrics = servers.metrics.scrape();
      }
      String dashboard = resource("/io/simplecache/server/metrics/grafana-dashboard.json");
      Set<String> asked = new TreeSet<>();
      Pattern.compile("\\b(simple_cache|jvm|process|system)_\\w+")
          .matcher(dashboard)
          .results()
          .forEach(found -> asked.add(found.group()));

      assertTrue(asked.size() > 15, asked.toString());
      for (String name : asked) {
        assertTrue(Pattern.compile("(?m)^" + name + "[{ ]").matcher(metrics).find(), name);
      }
    }
  }

  /** A label that differs from process to process would be a new series at each start. */
  @Test
  void metrics_ofTheAllocator_haveNoLabelOfThisProcess() throws Exception {
    try (Servers servers = new Servers(null)) {
      List<String> series =
          servers.metrics.scrape().lines().filter(line -> line.startsWith("netty_")).toList();

      assertFalse(series.isEmpty());
      series.forEach(line -> assertFalse(line.contains("{id=") || line.contains(",id="), line));
    }
  }

  @Test
  void readme_namesEveryMetric() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    try (Servers servers = new Servers(null)) {
      Wire.get(servers.port(), "/demo/max-age/60", "Host: cache.example");
      Set<String> names = new TreeSet<>();
      Pattern.compile("(?m)^# TYPE (simple_cache_\\w+) ")
          .matcher(servers.metrics.scrape())
          .results()
          .forEach(found -> names.add(found.group(1).replaceFirst("_max$", "")));

      assertTrue(names.size() > 20, names.toString());
      for (String name : names) {
        assertTrue(Pattern.compile("`" + name + "[{`]").matcher(readme).find(), name);
      }
    }
  }

  private static String resource(String path) throws IOException {
    try (InputStream in = Objects.requireNonNull(MetricsTest.class.getResourceAsStream(path))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Void ask(Servers servers, Random random) throws Exception {
    for (int i = 0; i < REQUESTS_EACH; i++) {
      String path = PATHS.get(random.nextInt(PATHS.size()));
      Answer answer = Wire.get(servers.port(), path, "Host: cache.example");
      String status = String.valueOf(answer.field("cache-status"));
      if (status.contains("; hit")) {
        hits.incrementAndGet();
      }
      if (status.contains("; collapsed")) {
        collapsed.incrementAndGet();
      }
      bytes.addAndGet(Long.parseLong(String.valueOf(answer.field("content-length"))));
    }
    return null;
  }

  private static long sum(String metrics, String sample) {
    return Pattern.compile("(?m)^" + sample + " (\\S+)$")
        .matcher(metrics)
        .results()
        .mapToLong(found -> (long) Double.parseDouble(found.group(1)))
        .sum();
  }
}
