package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an origin sends behind its response, in the same packet. */
@Timeout(60)
class SurplusBytesTest {
  private static final String WRONG = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG";

  @RegisterExtension final Loopback loopback = new Loopback();

  /** The next request is already waiting, so it is sent the moment a connection is free. */
  @ParameterizedTest
  @ValueSource(strings = {"max-age=60", "no-store"})
  void secondResponse_nextRequestWaits_isNotItsAnswer(String cacheControl) throws Exception {
    loopback
        .origin()
        .on(
            "/a",
            (request, connection) ->
                connection.send(
                    loopback
                            .origin()
                            .head("200 OK", "Content-Length: 1", "Cache-Control: " + cacheControl)
                        + "a"
                        + WRONG))
        .ok("/b", "b")
        .ok("/c", "c");
    loopback.start(/* loops= */ 1, settings -> settings);
    RawClient client = loopback.client();
    client.send(
        RawClient.request("GET", "/a")
            + RawClient.request("GET", "/b")
            + RawClient.request("GET", "/c"));
    assertEquals("a", client.receive().text());
    assertEquals("b", client.receive().text());
    assertEquals("c", client.receive().text());
  }

  @Test
  void nothing_connectionIsUsedAgain() throws Exception {
    loopback.origin().ok("/a", "a").ok("/b", "b");
    loopback.start(/* loops= */ 1, settings -> settings);
    RawClient client = loopback.client();
    client.send(RawClient.request("GET", "/a") + RawClient.request("GET", "/b"));
    assertEquals("a", client.receive().text());
    assertEquals("b", client.receive().text());
    assertEquals(1, loopback.origin().accepted());
  }
}
