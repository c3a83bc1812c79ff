package io.simplecache.demo;

import static io.simplecache.demo.TestOrigin.field;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
final class BehaviourPathsTest {
  private TestOrigin origin;

  @BeforeEach
  void start() throws IOException {
    origin = new TestOrigin(/* root= */ null);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @ParameterizedTest
  @CsvSource({
    "max-age/5, max-age=5",
    "max-age/5?shared, 's-maxage=5, max-age=0'",
    "s-maxage/5, 's-maxage=5, max-age=0'",
    "no-store, no-store",
    "no-store/10, no-store",
    "no-cache, no-cache",
    "private, 'private, max-age=60'",
    "private?shared, 'private, max-age=0'",
    "etag, (absent)",
    "last-modified, (absent)",
    "expires/5, (absent)",
    "vary/accept, max-age=60",
    "set-cookie, max-age=60",
    "status/200, max-age=60",
    "delay/1, max-age=60",
    "slow/10/100000, max-age=60",
    "size/10, max-age=60",
    "chunked/10, max-age=60",
    "'tags/a,b', max-age=60",
    "swr/1/2, 'max-age=1, stale-while-revalidate=2'",
    "sie/1/2, 'max-age=1, stale-if-error=2'",
    "echo, no-store"
  })
  void path_saysHowLongItIsFresh(String path, String cacheControl) throws Exception {
    HttpResponse<String> response = origin.get("/demo/" + path);
    assertEquals(200, response.statusCode());
    assertEquals(cacheControl, field(response, "Cache-Control"));
    assertEquals("1", field(response, "Demo-Answer"));
  }

  @Test
  void answers_areNumbered() throws Exception {
    assertTrue(
        origin.get("/demo/max-age/5").body().startsWith("/demo/max-age/5\nanswer number 1\n"));
    assertTrue(origin.get("/demo/max-age/5").body().contains("\nanswer number 2\n"));
    assertTrue(origin.get("/demo/max-age/6").body().contains("\nanswer number 1\n"));
  }

  @Test
  void etag_isTheOnlyValidator() throws Exception {
    HttpResponse<String> first = origin.get("/demo/etag");
    assertEquals("(absent)", field(first, "Last-Modified"));
    HttpResponse<String> second = origin.get("/demo/etag", "If-None-Match", field(first, "ETag"));
    assertEquals(304, second.statusCode());
    assertEquals("2", field(second, "Demo-Answer"));
  }

  @Test
  void lastModified_isTheOnlyValidator() throws Exception {
    HttpResponse<String> first = origin.get("/demo/last-modified");
    assertEquals("(absent)", field(first, "ETag"));
    String date = field(first, "Last-Modified");
    assertEquals(304, origin.get("/demo/last-modified", "If-Modified-Since", date).statusCode());
  }

  @Test
  void expires_isThatLongAfterDate() throws Exception {
    HttpResponse<String> response = origin.get("/demo/expires/90");
    Instant date = HttpDates.parse(field(response, "Date"));
    Instant expires = HttpDates.parse(field(response, "Expires"));
    assertEquals(Duration.ofSeconds(90), Duration.between(date, expires));
  }

  @Test
  void vary_namesTheFieldAndItsValue() throws Exception {
    HttpResponse<String> response = origin.get("/demo/vary/x-colour", "X-Colour", "blue");
    assertEquals("x-colour", field(response, "Vary"));
    assertTrue(response.body().endsWith("\nx-colour: blue\n"), response.body());
  }

  @Test
  void setCookie_setsOne() throws Exception {
    assertEquals("visitor=1; Path=/demo/", field(origin.get("/demo/set-cookie"), "Set-Cookie"));
  }

  @Test
  void tags_areInBothFields() throws Exception {
    HttpResponse<String> response = origin.get("/demo/tags/a,b,c");
    assertEquals("a b c", field(response, "Surrogate-Key"));
    assertEquals("a,b,c", field(response, "Cache-Tag"));
  }

  @ParameterizedTest
  @CsvSource({
    "200, (absent)", "204, (absent)", "205, (absent)", "301, /demo/max-age/60", "304, (absent)",
    "404, (absent)", "410, (absent)", "500, (absent)", "503, (absent)", "599, (absent)"
  })
  void status_isTheOneAskedFor(int code, String location) throws Exception {
    HttpResponse<String> response = origin.get("/demo/status/" + code);
    assertEquals(code, response.statusCode());
    assertEquals(location, field(response, "Location"));
    assertEquals("max-age=60", field(response, "Cache-Control"));
  }

  @Test
  void delay_holdsTheHeadBack() throws Exception {
    long started = System.nanoTime();
    assertEquals(200, origin.get("/demo/delay/150").statusCode());
    assertEquals(200, origin.get("/demo/max-age/1?delay=150").statusCode());
    assertTrue(Duration.ofNanos(System.nanoTime() - started).toMillis() >= 300);
  }

  @Test
  void delay_whoseConnectionEnds_isGivenUp() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send("GET /demo/delay/600000 HTTP/1.1\r\nHost: demo\r\n\r\n");
      client.send("GET /demo/delay/600000 HTTP/1.1\r\nHost: demo\r\n\r\n");
      while (origin.origin.counts().total() == 0) {
        Thread.onSpinWait();
      }
      origin.close();
      assertThrows(IOException.class, client::readHead);
    }
  }

  @Test
  void slow_comesWholeAndNotBefore() throws Exception {
    long started = System.nanoTime();
    HttpResponse<String> response = origin.get("/demo/slow/100/500");
    assertEquals(generated(100), response.body());
    assertEquals("100", field(response, "Content-Length"));
    assertTrue(Duration.ofNanos(System.nanoTime() - started).toMillis() >= 190);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "65535, 65535", "65537, 65537", "10k, 10240", "2M, 2097152"})
  void size_isThatManyGeneratedBytes(String size, int bytes) throws Exception {
    HttpResponse<String> response = origin.get("/demo/size/" + size);
    assertEquals(generated(bytes), response.body());
    assertEquals(String.valueOf(bytes), field(response, "Content-Length"));
  }

  @Test
  void chunked_hasNoContentLength() throws Exception {
    HttpResponse<String> response = origin.get("/demo/chunked/100k");
    assertEquals(generated(102_400), response.body());
    assertEquals("(absent)", field(response, "Content-Length"));
    assertEquals("chunked", field(response, "Transfer-Encoding"));
  }

  @Test
  void chunked_forHttp10_endsWithTheConnection() throws Exception {
    String response =
        RawClient.exchange(origin.port(), "GET /demo/chunked/100 HTTP/1.0", "X: keep-alive");
    assertTrue(response.endsWith("\r\n\r\n" + generated(100)), response);
    assertTrue(!response.contains("chunked\r\n"), response);
  }

  @Test
  void gibibyte_stopsWhenTheClientLeaves() throws Exception {
    try (RawClient client = new RawClient(origin.port())) {
      client.send("GET /demo/size/1g HTTP/1.1\r\nHost: demo\r\n\r\n").readHead();
      client.reset();
    }
    String line = origin.nextLine();
    assertTrue(line.contains("  GET /demo/size/1g  200  "), line);
    assertTrue(line.endsWith(" bytes  (cut off)"), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"size/1g", "chunked/1g", "slow/1g/1", "delay/600000", "max-age/1"})
  void head_hasNoBody(String path) throws Exception {
    String query = path.startsWith("delay") ? "?delay=1" : "";
    HttpResponse<String> response = origin.send("HEAD", "/demo/" + path + query, "");
    assertEquals(200, response.statusCode());
    assertEquals("", response.body());
  }

  @Test
  void earlyClose_sendsLessThanPromised() throws Exception {
    String response = RawClient.exchange(origin.port(), "GET /demo/broken/early-close HTTP/1.1");
    assertTrue(response.contains("Content-Length: 1000\r\n"), response);
    assertTrue(response.endsWith("only a part of it\n"), response);
    assertThrows(IOException.class, () -> origin.get("/demo/broken/early-close"));
  }

  @Test
  void badChunk_hasASizeThatIsNone() throws Exception {
    String response = RawClient.exchange(origin.port(), "GET /demo/broken/bad-chunk HTTP/1.1");
    assertTrue(response.contains("\r\nnot-a-size\r\n"), response);
    assertThrows(IOException.class, () -> origin.get("/demo/broken/bad-chunk"));
  }

  @Test
  void reset_isAReset() throws Exception {
    assertThrows(
        SocketException.class,
        () -> RawClient.exchange(origin.port(), "GET /demo/broken/reset HTTP/1.1"));
  }

  @Test
  void garbage_isNotHttp() throws Exception {
    String response = RawClient.exchange(origin.port(), "GET /demo/broken/garbage HTTP/1.1");
    assertEquals("This is not HTTP, is it?\r\n\r\n", response);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
  void echo_saysWhatArrived(String method) throws Exception {
    HttpResponse<String> response = origin.send(method, "/demo/echo?a=b", "four", "X-Test", "yes");
    assertTrue(response.body().startsWith(method + " /demo/echo?a=b\n"), response.body());
    assertTrue(response.body().contains("\nX-Test: yes\n"), response.body());
    assertTrue(response.body().endsWith("\n\n4 bytes of body\n"), response.body());
    assertEquals("nosniff", field(response, "X-Content-Type-Options"));
  }

  @Test
  void echo_countsALargeBody() throws Exception {
    String body = "x".repeat(5_000_000);
    assertTrue(
        origin.send("POST", "/demo/echo", body).body().endsWith("\n5000000 bytes of body\n"));
  }

  @Test
  void otherMethod_isNotAllowed() throws Exception {
    HttpResponse<String> response = origin.send("POST", "/demo/max-age/1", "body");
    assertEquals(405, response.statusCode());
    assertEquals("GET, HEAD", field(response, "Allow"));
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, 404",
    "'', 404",
    "max-age, 404",
    "max-age/, 400",
    "max-age/x, 400",
    "max-age/-1, 400",
    "max-age/1/2/3, 404",
    "max-age/9999999999999, 400",
    "status/199, 400",
    "status/600, 400",
    "size/2g, 400",
    "size/1t, 400",
    "delay/600001, 400",
    "vary/a%0d%0ab, 400",
    "vary/a:b, 400",
    "'tags/a,,b', 400",
    "tags/%0a, 400",
    "broken/nothing, 404",
    "max-age/1?delay=x, 400",
    "echo/more, 404"
  })
  void wrongPath_isRefused(String path, int status) throws Exception {
    assertEquals(status, origin.get("/demo/" + path).statusCode());
  }

  @Test
  void listOnTheSite_isComplete() throws Exception {
    String page = origin.get("/paths.html").body();
    assertNotEquals(0, BehaviourPaths.PATTERNS.size());
    for (String pattern : BehaviourPaths.PATTERNS) {
      assertTrue(page.contains("<code>/demo/" + pattern + "</code>"), pattern);
    }
  }

  private static String generated(int bytes) {
    byte[] lines =
        GeneratedBody.LINE.repeat(bytes / GeneratedBody.LINE.length() + 1).getBytes(UTF_8);
    return new String(lines, 0, bytes, UTF_8);
  }
}
