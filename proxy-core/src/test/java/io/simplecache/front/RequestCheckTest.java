package io.simplecache.front;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.simplecache.key.TargetUri;
import io.simplecache.message.RequestHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCheckTest {
  /** Fields are {@code name: value}, separated by {@code ;}. */
  private static HttpRequest request(String version, String method, String target, String fields) {
    HttpRequest request =
        new DefaultHttpRequest(HttpVersion.valueOf(version), HttpMethod.valueOf(method), target);
    for (String field : fields.split(";", -1)) {
      if (!field.isEmpty()) {
        int colon = field.indexOf(':');
        request.headers().add(field.substring(0, colon), field.substring(colon + 1).trim());
      }
    }
    return request;
  }

  private static RequestHead accepted(HttpRequest request, boolean secure) {
    return assertDoesNotThrow(
        () -> {
          Framing.of(request);
          return new RequestCheck(secure).check(request);
        });
  }

  private static int refused(HttpRequest request) {
    RefusedException refusal =
        assertThrows(
            RefusedException.class,
            () -> {
              new RequestCheck(/* secure= */ false).check(request);
              Framing.of(request);
            });
    return refusal.status().code();
  }

  @ParameterizedTest
  @CsvSource({
    // target, Host, then authority and target of the key
    "/, example.com, example.com, /",
    "/a?b=c, EXAMPLE.com:80, example.com, /a?b=c",
    "/%7euser/%2fx, example.com:8080, example.com:8080, /~user/%2Fx",
    "//evil.com/x, example.com, example.com, //evil.com/x",
    "/../x, example.com, example.com, /../x",
    "http://other.com/a, other.com, other.com, /a",
    "HTTP://Other.COM:80/A, other.com., other.com, /A",
    "http://other.com, OTHER.com:80, other.com, /",
    "http://other.com?x, other.com, other.com, /?x",
    "http://[::1]:80/, [::1], [::1], /",
    "http://other.com:8443/a, other.com:8443, other.com:8443, /a",
  })
  void check_goodTarget_isNormalised(String target, String host, String authority, String path) {
    RequestHead head =
        accepted(request("HTTP/1.1", "GET", target, "Host: " + host), /* secure= */ false);
    assertEquals(
        "http " + authority + " " + path,
        head.scheme() + " " + head.authority() + " " + head.target());
  }

  @Test
  void check_secure_schemeIsHttps() {
    HttpRequest request = request("HTTP/1.1", "GET", "/", "Host: example.com:443");
    RequestHead head = accepted(request, /* secure= */ true);
    assertEquals("https example.com", head.scheme() + " " + head.authority());
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.0, GET, /, ''",
    "HTTP/1.0, GET, /, Host: example.com",
    "HTTP/1.1, OPTIONS, *, Host: example.com",
    "HTTP/1.1, POST, /, Host: example.com;Transfer-Encoding: chunked",
    "HTTP/1.1, POST, /, Host: example.com;Transfer-Encoding: Chunked",
    "HTTP/1.1, POST, /, Host: example.com;Content-Length: 3",
    "HTTP/1.1, POST, /, Host: example.com;Expect: 100-Continue",
    "HTTP/1.0, POST, /, Host: example.com;Expect: more",
    "HTTP/1.0, GET, http://example.com/, ''",
    "HTTP/1.1, FROBNICATE, /, Host: example.com",
    "HTTP/1.2, GET, /, Host: example.com",
  })
  void check_goodRequest_isAccepted(String version, String method, String target, String fields) {
    accepted(request(version, method, target, fields), /* secure= */ false);
  }

  @ParameterizedTest
  @CsvSource({
    "421, HTTP/1.1, GET, https://example.com/, Host: example.com",
    "421, HTTP/1.1, GET, HTTPS://example.com/, Host: example.com",
    "400, HTTP/1.1, GET, /, ''",
    "400, HTTP/1.2, GET, /, ''",
    "400, HTTP/1.1, GET, /, Host:",
    "400, HTTP/1.0, GET, /, Host:",
    "400, HTTP/1.1, GET, /, Host: a;Host: a",
    "400, HTTP/1.0, GET, /, Host: a;Host: b",
    "400, HTTP/1.1, GET, /, Host: a b",
    "400, HTTP/1.1, GET, /, Host: user@a",
    "400, HTTP/1.1, GET, http://a/, Host: a/b",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding: chunked;Content-Length: 3",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding: gzip",
    "400, HTTP/1.1, POST, /, 'Host: a;Transfer-Encoding: gzip, chunked'",
    "400, HTTP/1.1, POST, /, 'Host: a;Transfer-Encoding: chunked, chunked'",
    "400, HTTP/1.1, POST, /, 'Host: a;Transfer-Encoding: chunked,'",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding: chunked;Transfer-Encoding: chunked",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding: identity",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding: xchunked",
    "400, HTTP/1.1, POST, /, Host: a;Transfer-Encoding:",
    "400, HTTP/1.0, POST, /, Host: a;Transfer-Encoding: chunked",
    "400, HTTP/1.1, GET, *, Host: a",
    "400, HTTP/1.1, GET, a, Host: a",
    "400, HTTP/1.1, GET, a:80, Host: a",
    "400, HTTP/1.1, GET, ?x, Host: a",
    "400, HTTP/1.1, GET, http://, Host: a",
    "400, HTTP/1.1, GET, http:///x, Host: a",
    "400, HTTP/1.1, GET, http:/x, Host: a",
    "400, HTTP/1.1, GET, http://user@b/x, Host: a",
    "400, HTTP/1.1, GET, http://b:99999/x, Host: a",
    "400, HTTP/1.1, GET, ftp://b/x, Host: a",
    "400, HTTP/1.1, GET, http://b/x#y, Host: a",
    "400, HTTP/1.1, GET, http://b#y, Host: a",
    "400, HTTP/1.1, GET, /x#y, Host: a",
    "400, HTTP/1.1, GET, http://b/x, Host: a",
    "400, HTTP/1.1, GET, http://a:8080/x, Host: a",
    "400, HTTP/1.1, GET, /\u00e4, Host: a",
    "400, HTTP/1.1, POST, /, Host: a;Content-Length: 3;Content-Length: 3",
    "400, HTTP/1.1, POST, /, 'Host: a;Content-Length: 3, 3'",
    "400, HTTP/1.1, POST, /, Host: a;Content-Length: +3",
    "400, HTTP/1.1, POST, /, Host: a;Content-Length:",
    "400, HTTP/1.1, POST, /, Host: a;Content-Length: 1234567890123456789",
    "417, HTTP/1.1, POST, /, Host: a;Expect: more",
    "417, HTTP/1.1, POST, /, Host: a;Expect: 100-continue;Expect: more",
    "400, HTTP/1.1, GET, **, Host: a",
    "501, HTTP/1.1, CONNECT, a:443, Host: a",
    "505, HTTP/2.0, GET, /, Host: a",
    "505, HTTP/0.9, GET, /, Host: a",
    "505, HTTP/3.0, GET, /, Host: a",
    "505, ICY/1.1, GET, /, Host: a",
  })
  void check_badRequest_isRefused(
      int status, String version, String method, String target, String fields) {
    assertEquals(status, refused(request(version, method, target, fields)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a\tb", "/a\u0000", "/a\u007f"}) // Netty refuses to hold the others.
  void check_controlInTarget_isRefused(String target) {
    HttpRequest request = request("HTTP/1.1", "GET", "/", "Host: a").setUri(target);
    assertEquals(400, refused(request));
  }

  @Test
  void check_hostsOfOneConnection_eachCountsForItself() throws Exception {
    RequestCheck check = new RequestCheck(/* secure= */ false);
    for (String host : List.of("a", "a", "B:80", "a", "b:80", "c.")) {
      RequestHead head = check.check(request("HTTP/1.1", "GET", "/", "Host: " + host));
      assertEquals(TargetUri.normalAuthority("http", host), head.authority());
      for (String bad : List.of("", "Host:", "Host: a b")) {
        HttpRequest refused = request("HTTP/1.1", "GET", "/", bad);
        assertThrows(RefusedException.class, () -> check.check(refused));
      }
      HttpRequest another = request("HTTP/1.1", "GET", "http://other/", "Host: " + host);
      assertThrows(RefusedException.class, () -> check.check(another));
      assertEquals("", check.check(request("HTTP/1.0", "GET", "/", "")).authority());
    }
  }

  @Test
  void check_undecodable_statusTellsWhy() {
    HttpRequest request = request("HTTP/1.1", "GET", "/", "Host: a");
    request.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException("line")));
    assertEquals(414, refused(request));
    request.setDecoderResult(DecoderResult.failure(new TooLongHttpHeaderException("head")));
    assertEquals(431, refused(request));
    request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException()));
    assertEquals(400, refused(request));
  }
}
