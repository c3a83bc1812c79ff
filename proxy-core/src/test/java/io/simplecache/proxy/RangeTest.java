package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.proxy.RawClient.Head;
import io.simplecache.proxy.RawClient.Response;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's own ranges and conditions, from the store and from what is still arriving. */
class RangeTest {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start();
    origin()
        .ok(
            "/page",
            ALPHABET,
            "Cache-Control: max-age=60",
            "Content-Type: text/plain",
            "ETag: \"v1\"",
            "Last-Modified: " + loopback.clock().httpDate(Duration.ofDays(-1)));
  }

  private ScriptedOrigin origin() {
    return loopback.origin();
  }

  @ParameterizedTest(name = "{0}, stored: {3}")
  @DisplayName("RFC 9110 §14.2: one range is 206, from the store as from a miss")
  @CsvSource({
    "0-4, abcde, bytes 0-4/26, true",
    "0-4, abcde, bytes 0-4/26, false",
    "10-10, k, bytes 10-10/26, true",
    "20-, uvwxyz, bytes 20-25/26, true",
    "20-, uvwxyz, bytes 20-25/26, false",
    "20-99, uvwxyz, bytes 20-25/26, true",
    "-3, xyz, bytes 23-25/26, true",
    "-3, xyz, bytes 23-25/26, false",
    "-99, abcdefghijklmnopqrstuvwxyz, bytes 0-25/26, true",
  })
  void range_single_is206(String range, String text, String contentRange, boolean stored)
      throws Exception {
    RawClient client = loopback.client();
    if (stored) {
      client.get("/page");
    }

    Response part = client.get("/page", "Range: bytes=" + range);

    assertEquals(206, part.status());
    assertEquals(text, part.text());
    assertEquals(contentRange, part.field("Content-Range"));
    assertEquals(String.valueOf(text.length()), part.field("Content-Length"));
    assertEquals("\"v1\"", part.field("ETag"));
    loopback.proxy().awaitSettled();
    Response whole = client.get("/page");
    assertEquals(200, whole.status());
    assertEquals(ALPHABET, whole.text());
    assertEquals(1, origin().requests().size());
    assertNull(origin().lastRequest().field("Range"));
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §15.5.17: a range outside of the body is 416")
  @ValueSource(booleans = {true, false})
  void range_outside_is416(boolean stored) throws Exception {
    RawClient client = loopback.client();
    if (stored) {
      client.get("/page");
    }

    Response refused = client.get("/page", "Range: bytes=26-30");

    assertEquals(416, refused.status());
    assertEquals("bytes */26", refused.field("Content-Range"));
    loopback.proxy().awaitSettled();
    assertEquals(ALPHABET, client.get("/page").text());
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §14.2: a Range that means nothing is ignored")
  @ValueSource(strings = {"bytes=x-y", "bytes=5-2", "lines=1-2", "bytes=", "bytes 0-4"})
  void range_invalid_isIgnored(String range) throws Exception {
    RawClient client = loopback.client();
    client.get("/page");

    Response whole = client.get("/page", "Range: " + range);

    assertEquals(200, whole.status());
    assertEquals(ALPHABET, whole.text());
  }

  @Test
  @DisplayName("RFC 9110 §14.6: several ranges of a stored response are multipart/byteranges")
  void ranges_ofStored_areMultipart() throws Exception {
    RawClient client = loopback.client();
    client.get("/page");

    Response parts = client.get("/page", "Range: bytes=0-1,10-11,-2");

    assertEquals(206, parts.status());
    assertNull(parts.field("Content-Range"));
    String type = String.valueOf(parts.field("Content-Type"));
    String prefix = "multipart/byteranges; boundary=";
    assertTrue(type.startsWith(prefix), type);
    String boundary = "--" + type.substring(prefix.length());
    String expected =
        part(boundary, "0-1", "ab")
            + part(boundary, "10-11", "kl")
            + part(boundary, "24-25", "yz")
            + "\r\n"
            + boundary
            + "--\r\n";
    assertEquals(expected, parts.text());
    assertEquals(1, origin().requests().size());
  }

  private static String part(String boundary, String range, String text) {
    return "\r\n"
        + boundary
        + "\r\nContent-Type: text/plain\r\nContent-Range: bytes "
        + range
        + "/26\r\n\r\n"
        + text;
  }

  @Test
  @DisplayName("RFC 9110 §14.2: parts may come in the order asked for, also backwards")
  void ranges_backwards_areSentInTheOrderAskedFor() throws Exception {
    RawClient client = loopback.client();
    client.get("/page");

    Response parts = client.get("/page", "Range: bytes=20-21,0-1");

    assertTrue(parts.isComplete());
    assertTrue(parts.text().indexOf("uv") < parts.text().indexOf("\r\n\r\nab"), parts.text());
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §13.1.5: If-Range gives the part or the whole")
  @CsvSource({"'\"v1\"', 206", "'\"v0\"', 200", "'W/\"v1\"', 200"})
  void ifRange_decides(String validator, int status) throws Exception {
    RawClient client = loopback.client();
    client.get("/page");

    Response response = client.get("/page", "Range: bytes=0-4", "If-Range: " + validator);

    assertEquals(status, response.status());
    assertEquals(status == 206 ? "abcde" : ALPHABET, response.text());
  }

  @ParameterizedTest(name = "{0}, stored: {2}")
  @DisplayName(
      "RFC 9111 §4.3.2: the client's condition is answered by us if it is held against what is"
          + " stored")
  @CsvSource({
    "'If-None-Match: \"v1\"', 304, true",
    "'If-None-Match: \"v1\"', 200, false",
    "'If-None-Match: W/\"v1\", \"x\"', 304, true",
    "'If-None-Match: *', 304, true",
    "'If-None-Match: \"v0\"', 200, true",
    "'If-None-Match: \"v0\"', 200, false",
    "'If-Match: \"v1\"', 200, true",
    "'If-Match: \"v0\"', 412, true",
    "'If-Match: \"v0\"', 200, false",
  })
  void condition_decides(String condition, int status, boolean stored) throws Exception {
    RawClient client = loopback.client();
    if (stored) {
      client.get("/page");
    }

    Response response = client.get("/page", condition);

    assertEquals(status, response.status());
    if (status == 304) {
      assertEquals("\"v1\"", response.field("ETag"));
      assertEquals("", response.text());
    }
    loopback.proxy().awaitSettled();
    assertEquals(ALPHABET, client.get("/page").text());
    assertEquals(1, origin().requests().size());
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §13.1.3: If-Modified-Since")
  @CsvSource({"0, 304", "-1, 304", "-2, 200"})
  void ifModifiedSince_decides(int days, int status) throws Exception {
    RawClient client = loopback.client();
    client.get("/page");

    Response response =
        client.get(
            "/page", "If-Modified-Since: " + loopback.clock().httpDate(Duration.ofDays(days)));

    assertEquals(status, response.status());
  }

  @Test
  @DisplayName("a range of a body that arrives: the leader its part, a follower the whole")
  void range_ofArriving_isSentAsSoonAsItIsThere() throws Exception {
    Gate rest = new Gate();
    origin()
        .on(
            "/slow",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Content-Length: 26"));
              connection.send(ALPHABET.substring(0, 13));
              rest.await();
              connection.send(ALPHABET.substring(13));
            });
    RawClient early = loopback.client();
    RawClient across = loopback.client();
    RawClient late = loopback.client();
    RawClient whole = loopback.client();

    assertEquals("abcde", early.get("/slow", "Range: bytes=0-4").text());
    across.send(RawClient.request("GET", "/slow", "Range: bytes=10-15"));
    Head acrossHead = across.receiveHead();
    Wire.Content acrossContent = across.content(acrossHead, "GET");
    assertEquals("klm", new String(RawClient.exactly(acrossContent, 3), US_ASCII));
    late.send(RawClient.request("GET", "/slow", "Range: bytes=-2"));
    assertEquals("bytes 24-25/26", late.receiveHead().field("Content-Range"));
    whole.send(RawClient.request("GET", "/slow"));
    Head wholeHead = whole.receiveHead();
    rest.open();

    assertEquals(206, acrossHead.status());
    assertEquals("nop", RawClient.rest(acrossHead, acrossContent).text());
    assertEquals(ALPHABET, RawClient.rest(wholeHead, whole.content(wholeHead, "GET")).text());
    assertEquals(1, origin().requests().size());
  }

  @Test
  @DisplayName("a range of what is not storable is the origin's to answer")
  void range_ofUnstorable_isRelayed() throws Exception {
    origin()
        .on(
            "/private",
            (request, connection) -> {
              boolean part = request.fields().contains("Range");
              origin()
                  .answer(
                      part ? "206 Partial Content" : "200 OK",
                      part ? "abc" : ALPHABET,
                      "Cache-Control: private",
                      part ? "Content-Range: bytes 0-2/26" : "X-Whole: yes")
                  .give(request, connection);
            });
    RawClient client = loopback.client();

    for (int i = 0; i < 2; i++) {
      Response part = client.get("/private", "Range: bytes=0-2");

      assertEquals(206, part.status());
      assertEquals("abc", part.text());
      assertEquals("bytes 0-2/26", part.field("Content-Range"));
    }
  }

  @Test
  @DisplayName("RFC 9111 §3.3: of what is too large to be stored whole, parts are")
  void range_ofTooLarge_isStoredAsPart() throws Exception {
    loopback.start(builder -> builder.maxStoredBody(10));
    origin()
        .on(
            "/large",
            (request, connection) -> {
              boolean part = request.fields().contains("Range");
              origin()
                  .answer(
                      part ? "206 Partial Content" : "200 OK",
                      part ? "abc" : ALPHABET,
                      "Cache-Control: max-age=60",
                      part ? "Content-Range: bytes 0-2/26" : "X-Whole: yes")
                  .give(request, connection);
            });
    RawClient client = loopback.client();

    assertEquals("abc", client.get("/large", "Range: bytes=0-2").text());
    int asked = origin().requests().size();
    Response part = client.get("/large", "Range: bytes=1-2");

    assertEquals("bc", part.text());
    assertEquals("simple-cache; hit; ttl=60", part.cacheStatus());
    assertEquals(asked, origin().requests().size());
  }

  @Test
  @DisplayName("RFC 9111 §3.4: parts that overlap become one, and that one with a third")
  void parts_overlapping_areJoinedByteByByte() throws Exception {
    loopback.start(builder -> builder.maxStoredBody(25));
    origin()
        .on(
            "/large",
            (request, connection) -> {
              Matcher range =
                  Pattern.compile("bytes=(\\d+)-(\\d+)")
                      .matcher(String.valueOf(request.fields().get("Range")));
              boolean part = range.matches();
              int first = part ? Integer.parseInt(range.group(1)) : 0;
              int last = part ? Integer.parseInt(range.group(2)) : 25;
              origin()
                  .answer(
                      part ? "206 Partial Content" : "200 OK",
                      ALPHABET.substring(first, last + 1),
                      "Cache-Control: max-age=60",
                      "ETag: \"a\"",
                      part
                          ? "Content-Range: bytes %d-%d/26".formatted(first, last)
                          : "X-Whole: yes")
                  .give(request, connection);
            });
    RawClient client = loopback.client();
    for (String range : List.of("0-9", "5-14", "12-19")) {
      client.get("/large", "Range: bytes=" + range);
    }

    Response joined = client.get("/large", "Range: bytes=0-19");

    assertEquals("simple-cache; hit; ttl=60", joined.cacheStatus());
    assertEquals("bytes 0-19/26", joined.field("Content-Range"));
    assertEquals(ALPHABET.substring(0, 20), joined.text());
  }

  @ParameterizedTest
  @CsvSource({"0, 63999, 64000, 127999", "64000, 127999, 0, 63999"})
  @DisplayName("RFC 9111 §3.4: a part is completed also where there is no memory for the whole")
  void completion_withoutMemory_isAnsweredAllTheSame(int first, int last, int from, int to)
      throws Exception {
    TestProxy proxy = loopback.start(builder -> builder.maxMemory(1 << 20).maxStoredBody(1 << 20));
    String whole = "a".repeat(64_000) + "b".repeat(64_000);
    String range = "Content-Range: bytes %d-%d/128000";
    origin()
        .on(
            "/whole",
            origin()
                .answer(
                    "206 Partial Content",
                    whole.substring(first, last + 1),
                    "Cache-Control: max-age=60",
                    "ETag: \"a\"",
                    range.formatted(first, last)));
    RawClient client = loopback.client();
    client.get("/whole", "Range: bytes=%d-%d".formatted(first, last));
    Gate released = new Gate();
    origin()
        .on(
            "/large",
            (request, connection) -> {
              connection.send(
                  origin().head("200 OK", "Cache-Control: max-age=60", "Content-Length: 520000"));
              connection.send("c".repeat(470_000));
              released.await();
              connection.send("c".repeat(50_000));
            });
    RawClient large = loopback.client().send(RawClient.request("GET", "/large"));
    Gate.awaitTrue("memory is short", () -> proxy.statistics().arrivingBytes() >= 512 << 10);
    origin()
        .on(
            "/whole",
            (request, connection) -> {
              boolean rest = request.fields().contains("Range");
              origin()
                  .answer(
                      rest ? "206 Partial Content" : "200 OK",
                      rest ? whole.substring(from, to + 1) : whole,
                      "Cache-Control: max-age=60",
                      "ETag: \"a\"",
                      rest ? range.formatted(from, to) : "X-Whole: yes")
                  .give(request, connection);
            });

    Response response = client.get("/whole");

    assertEquals(200, response.status());
    assertEquals(whole, response.text());
    released.open();
    assertEquals(520_000, large.receive().text().length());
  }
}
