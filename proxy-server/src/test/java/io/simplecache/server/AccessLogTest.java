package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Result;
import io.simplecache.policy.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private final List<String> lines = new ArrayList<>();

  private String lineOf(ExchangeRecord record) {
    new AccessLog(lines::add).onExchange(record);
    return lines.get(0).replaceFirst("\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d", "TIME");
  }

  private static ExchangeRecord record(String target) {
    return new ExchangeRecord(HttpMethod.GET, "h", target, "127.0.0.1", 0, /* startNanos= */ 0);
  }

  @Test
  void hit_isOneLine() {
    ExchangeRecord record = record("/story.html");
    record.decided(Result.HIT, Reason.FRESH);
    record.answered(200);
    record.sent(2314);
    record.ended(/* wasComplete= */ true, 250_000);

    assertEquals(
        "cache server TIME  HIT         GET /story.html  200  2,314 bytes  0.3 ms  fresh",
        lineOf(record));
  }

  @Test
  void target_withControlCharacters_cannotWriteToTheTerminal() {
    ExchangeRecord record = record("/a\u001b[2J\n");
    record.failed("x\r");
    record.ended(/* wasComplete= */ false, 0);

    assertEquals(
        "cache server TIME  ERROR       GET /a\\u001b[2J\\u000a  ---  0 bytes  0.0 ms  (x\\u000d)",
        lineOf(record));
  }
}
