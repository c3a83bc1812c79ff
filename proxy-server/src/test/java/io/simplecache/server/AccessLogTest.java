package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Forward;
import io.simplecache.observe.Result;
import io.simplecache.policy.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccessLogTest {
  private static final int QUEUE_RECORDS = 16 * 1024;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  private static String lineOf(AccessLogFormat format, ExchangeRecord record) {
    StringBuilder line = new StringBuilder();
    format.append(record, line);
    return line.toString()
        .replaceFirst("\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d", "TIME")
        .replaceFirst("\\[[^]]*\\d{4}\\]", "[TIME]");
  }

  private static ExchangeRecord record(String target) {
    return new ExchangeRecord(HttpMethod.GET, "h", target, "127.0.0.1", 0, /* startNanos= */ 0);
  }

  private static ExchangeRecord hit() {
    ExchangeRecord record = record("/story.html");
    record.asked(
        "shop",
        new DefaultHttpHeaders()
            .add("Referer", "http://r/")
            .add("User-Agent", "say \"hi\"")
            .add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    record.decided(Result.HIT, Reason.FRESH);
    record.age(7);
    record.ttl(53);
    record.answered(200);
    record.sent(2314);
    record.ended(/* wasComplete= */ true, 250_000);
    return record;
  }

  private static ExchangeRecord hostile() {
    ExchangeRecord record = record("/a\u001b[2J\n\"");
    record.failed("x\r");
    record.ended(/* wasComplete= */ false, 0);
    return record;
  }

  private AccessLog log(int oneOf, Consumer<String> out) {
    return new AccessLog(AccessLogFormat.COMMON, oneOf, out, warnings::add);
  }

  @Test
  void human_isOneLine() {
    assertEquals(
        "cache server TIME  HIT         GET /story.html  200  2,314 bytes  0.3 ms  fresh",
        lineOf(AccessLogFormat.HUMAN, hit()));
  }

  @Test
  void target_withControlCharacters_cannotWriteToTheTerminal() {
    assertEquals(
        "cache server TIME  ERROR       GET /a\\u001b[2J\\u000a\\u0022  ---  0 bytes  0.0 ms"
            + "  (x\\u000d)",
        lineOf(AccessLogFormat.HUMAN, hostile()));
    assertEquals(
        "127.0.0.1 - - [TIME] \"GET /a\\x1b[2J\\x0a\\x22 HTTP/1.1\" - -",
        lineOf(AccessLogFormat.COMMON, hostile()));
  }

  @Test
  void common_andCombined_areWhatToolsRead() {
    String common = "127.0.0.1 - - [TIME] \"GET /story.html HTTP/1.1\" 200 2314";

    assertEquals(common, lineOf(AccessLogFormat.COMMON, hit()));
    assertEquals(
        common + " \"http://r/\" \"say \\x22hi\\x22\" HIT 0.000",
        lineOf(AccessLogFormat.COMBINED, hit()));
  }

  @Test
  void json_saysWhatIsKnown() throws IOException {
    JsonNode hit = new JsonMapper().readTree(lineOf(AccessLogFormat.JSON, hit()));

    assertEquals("1970-01-01T00:00:00Z", hit.get("time").asText());
    assertEquals("/story.html", hit.get("target").asText());
    assertEquals("shop", hit.get("site").asText());
    assertEquals("HIT", hit.get("result").asText());
    assertEquals("fresh", hit.get("reason").asText());
    assertEquals(7, hit.get("age").asInt());
    assertEquals(53, hit.get("ttl").asInt());
    assertEquals(0.25, hit.get("ms").asDouble());
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", hit.get("trace").asText());
    assertEquals("say \"hi\"", hit.get("user_agent").asText());
    assertTrue(!hit.has("failure") && !hit.has("origin_status"), hit.toString());
  }

  @Test
  void json_ofWhatAnybodySends_isJson() throws IOException {
    ExchangeRecord miss = hostile();
    miss.forwarded(Forward.URI_MISS);
    miss.originAnswered(502);

    JsonNode node = new JsonMapper().readTree(lineOf(AccessLogFormat.JSON, miss));

    assertEquals("/a\u001b[2J\n\"", node.get("target").asText());
    assertEquals("uri-miss", node.get("forward").asText());
    assertEquals(502, node.get("origin_status").asInt());
    assertEquals("x\r", node.get("failure").asText());
  }

  @Test
  void queue_full_dropsCountsAndSaysSo() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AccessLog log =
        log(
            /* oneOf= */ 1,
            batch -> {
              writing.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              lines.addAll(batch.lines().toList());
            });
    log.onExchange(hit());
    writing.await();
    for (int i = 0; i < QUEUE_RECORDS + 100; i++) {
      log.onExchange(hit());
    }
    goOn.countDown();
    log.close();

    assertEquals(100, log.dropped());
    assertEquals(1 + QUEUE_RECORDS, lines.size());
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).startsWith("access log: 100 lines dropped, 100 in all"),
        warnings::toString);
  }

  @Test
  void sample_isAboutThatShare() {
    AccessLog log = log(/* oneOf= */ 10, batch -> lines.addAll(batch.lines().toList()));
    for (int i = 0; i < 10_000; i++) {
      log.onExchange(hit());
    }
    log.close();

    assertTrue(
        lines.size() > 700 && lines.size() < 1300, lines.size() + " of 10,000, wanted 1,000");
    assertEquals(0, log.dropped());
  }

  @Test
  void file_full_isRotated_andSoManyAreKept(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("access.log");
    AccessLogFile out = new AccessLogFile(file, /* maxBytes= */ 1000, /* keep= */ 2, warnings::add);
    for (int i = 0; i < 100; i++) {
      out.accept("%03d ".formatted(i) + "x".repeat(200));
    }
    out.close();

    try (var files = Files.list(directory)) {
      assertEquals(
          List.of("access.log", "access.log.1", "access.log.2"),
          files.map(each -> each.getFileName().toString()).sorted().toList());
    }
    assertTrue(Files.readString(file).contains("099 "), "the last line is in the newest file");
    assertTrue(Files.size(file) < 2000, Files.size(file) + " bytes");
  }
}
