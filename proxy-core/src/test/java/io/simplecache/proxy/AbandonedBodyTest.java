package io.simplecache.proxy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies whose readers have all gone. */
@Timeout(60)
class AbandonedBodyTest {
  private static final int MAX_STORED_BYTES = 1000;

  @RegisterExtension final Loopback loopback = new Loopback();

  /** It is fetched on, as little may be left of it; then it turns out too large to be stored. */
  @Test
  void unknownLength_turnsOutTooLarge_isGivenUp() throws Exception {
    Gate clientHasGone = new Gate();
    loopback
        .origin()
        .on(
            "/a",
            (request, connection) -> {
              connection.send(
                  loopback
                      .origin()
                      .head("200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked"));
              connection.chunk("x".repeat(10));
              clientHasGone.await();
              connection.chunk("x".repeat(2 * MAX_STORED_BYTES));
              connection.awaitClosed();
            });
    TestProxy proxy = loopback.start(settings -> settings.maxStoredBody(MAX_STORED_BYTES));
    RawClient client = loopback.client().send(RawClient.request("GET", "/a"));
    client.receiveHead();
    client.reset();
    Gate.awaitTrue("the client has gone", () -> proxy.statistics().connections() == 0);
    clientHasGone.open();
    proxy.awaitSettled();
    Gate.awaitTrue("the origin's connection is closed", () -> loopback.origin().open() == 0);
  }
}
