package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fields that are for the one who asked, beside a body that is for everybody. */
@Timeout(60)
class PersonalFieldsTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  @Test
  void follower_fieldsThatNoCacheAndPrivateName_areTheLeadersAlone() throws Exception {
    Gate bothAsked = new Gate();
    loopback
        .origin()
        .on(
            "/a",
            loopback
                .origin()
                .answer(
                    "200 OK",
                    "for all",
                    "Cache-Control: max-age=60, no-cache=\"set-cookie\", private=\"x-personal\"",
                    "Set-Cookie: sid=leader",
                    "X-Personal: leader")
                .after(bothAsked));
    TestProxy proxy = loopback.start(/* loops= */ 1, settings -> settings);
    RawClient leader = loopback.client().send(RawClient.request("GET", "/a"));
    proxy.awaitRequests(1);
    RawClient follower = loopback.client().send(RawClient.request("GET", "/a"));
    proxy.awaitRequests(2);
    bothAsked.open();

    RawClient.Response first = leader.receive();
    assertEquals("sid=leader", first.field("Set-Cookie"));
    assertEquals("leader", first.field("X-Personal"));
    RawClient.Response second = follower.receive();
    assertTrue(String.valueOf(second.cacheStatus()).contains("collapsed"), second.cacheStatus());
    assertEquals("for all", second.text());
    assertNull(second.field("Set-Cookie"));
    assertNull(second.field("X-Personal"));
  }

  @Test
  void notModified_setsACookieAndDoesNotSayPublic_cookieIsNotStored() throws Exception {
    loopback
        .origin()
        .on(
            "/a",
            (request, connection) -> {
              if (request.field("If-None-Match") == null) {
                loopback
                    .origin()
                    .answer("200 OK", "for all", "Cache-Control: public, max-age=1", "ETag: \"1\"")
                    .give(request, connection);
              } else {
                connection.send(
                    loopback
                        .origin()
                        .head("304 Not Modified", "ETag: \"1\"", "Set-Cookie: sid=validator"));
              }
            });
    loopback.start();
    RawClient client = loopback.client();
    client.get("/a");
    loopback.clock().advanceSeconds(2);
    client.get("/a");
    RawClient.Response after = client.get("/a");
    assertTrue(String.valueOf(after.cacheStatus()).contains("hit"), after.cacheStatus());
    assertNull(after.field("Set-Cookie"));
  }

  @Test
  void head_private_doesNotUpdateWhatIsStored() throws Exception {
    loopback
        .origin()
        .on(
            "/a",
            (request, connection) -> {
              boolean isHead = request.method().equals("HEAD");
              loopback
                  .origin()
                  .answer(
                      "200 OK",
                      "for all",
                      isHead ? "Cache-Control: private" : "CDN-Cache-Control: max-age=60",
                      isHead ? "X-Personal: asker" : "Cache-Control: private")
                  .give(request, connection);
            });
    loopback.start();
    RawClient client = loopback.client();
    client.get("/a");
    loopback.clock().advanceSeconds(61);
    client.head("/a");
    assertNull(client.get("/a").field("X-Personal"));
  }
}
