package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.4: what becomes invalid while it is being fetched. */
class OutdatedFetchTest {
  @RegisterExtension final Loopback loopback = new Loopback();

  private final Gate answered = new Gate();
  private RawClient reader;

  /** A request for the page is under way. */
  @BeforeEach
  void start() throws Exception {
    loopback.start();
    loopback
        .origin()
        .on(
            "/page",
            loopback
                .origin()
                .answer("200 OK", "before", "Cache-Control: max-age=60", "Cache-Groups: \"g\"")
                .after(answered));
    reader = loopback.client().send(RawClient.request("GET", "/page"));
    Gate.awaitTrue("the origin was asked", () -> loopback.origin().requests("/page").size() == 1);
  }

  private void write(String target, String... fields) throws Exception {
    loopback.origin().ok(target, "written", fields);
    assertEquals(200, loopback.client().post(target, "x").head().status());
    loopback.origin().ok("/page", "after", "Cache-Control: max-age=60");
  }

  @ParameterizedTest
  @CsvSource({
    "/page, Foo: 1",
    "/other, Location: /page",
    "/other, Content-Location: /page",
    "/other, 'Cache-Group-Invalidation: \"g\"'",
  })
  @DisplayName("it is not stored")
  void fetch_overtakenByAWrite_isNotStored(String target, String field) throws Exception {
    write(target, field);
    answered.open();

    assertEquals("before", reader.receive().text(), "who asked before is answered");
    loopback.proxy().awaitSettled();
    assertEquals("after", loopback.client().get("/page").text());
    assertEquals("after", loopback.client().get("/page").text());
    assertEquals(0, loopback.proxy().statistics().flights());
  }

  @Test
  @DisplayName("who asks after the write does not join it")
  void read_afterAWrite_seesIt() throws Exception {
    write("/other", "Location: /page");

    assertEquals("after", loopback.client().get("/page").text());
    answered.open();
    assertEquals("before", reader.receive().text());
    assertEquals("after", loopback.client().get("/page").text(), "the old one took its place");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Location: /another", "Cache-Group-Invalidation: \"other\""})
  @DisplayName("a write to something else changes nothing")
  void fetch_ofSomethingElse_isStored(String field) throws Exception {
    write("/other", field);
    answered.open();

    assertEquals("before", reader.receive().text());
    assertEquals("before", loopback.client().get("/page").text());
  }
}
