package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.proxy.RawClient.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that mean one thing to one recipient and another to the next, or nothing to anybody,
 * over a socket. Each is followed by a request that must not be taken for one of its own. Named by
 * the section of RFC 9112, or RFC 9110 where it begins with 10.
 */
@Timeout(60)
class HostileRequestTest {
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String REST = "\r\nHost: a\r\n\r\n";

  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws Exception {
    loopback.start(
        builder ->
            builder.clientLimits(
                limits ->
                    limits.maxBody(10_000).maxFields(64).maxHead(16_384).maxRequestLine(4096)));
  }

  private static Arguments refused(int status, String name, String request) {
    return Arguments.of(status, name, request);
  }

  private static Arguments post(int status, String name, String fields) {
    return refused(status, name, "POST /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n0\r\n\r\n");
  }

  private static Arguments chunks(int status, String name, String body) {
    return refused(
        status, name, "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
  }

  private static Arguments line(int status, String name, String line) {
    return refused(status, name, line + REST);
  }

  static Stream<Arguments> framing() {
    String te = "Transfer-Encoding: chunked";
    return Stream.of(
        post(400, "§6.1 TE with CL", te + "\r\nContent-Length: 5"),
        post(400, "§6.1 CL with TE", "Content-Length: 5\r\n" + te),
        post(400, "§6.1 TE with CL 0", te + "\r\nContent-Length: 0"),
        refused(
            400,
            "§6.1 TE in HTTP/1.0",
            "POST /x HTTP/1.0\r\nHost: a\r\n" + te + "\r\n\r\n0\r\n\r\n"),
        post(400, "§6.1 TE twice", te + "\r\n" + te),
        post(400, "§6.1 TE twice, one identity", te + "\r\nTransfer-Encoding: identity"),
        post(400, "§6.1 TE chunked twice in one", te + ", chunked"),
        post(400, "§6.3 TE chunked not final", te + ", gzip"),
        post(400, "§6.3 TE gzip", "Transfer-Encoding: gzip"),
        post(400, "§6.1 TE gzip, chunked", "Transfer-Encoding: gzip, chunked"),
        post(400, "§6.1 TE identity", "Transfer-Encoding: identity"),
        post(400, "§6.1 TE empty", "Transfer-Encoding:"),
        post(400, "§6.1 TE with empty members", "Transfer-Encoding: , chunked ,"),
        post(400, "§7 TE with a parameter", te + ";a=b"),
        post(400, "§6.1 TE quoted", "Transfer-Encoding: \"chunked\""),
        post(400, "§6.1 TE xchunked", "Transfer-Encoding: xchunked"),
        post(400, "§6.1 TE chunkedx", "Transfer-Encoding: chunkedx"),
        post(400, "§6.1 TE with inner space", "Transfer-Encoding: chun ked"),
        post(400, "§5.5 TE behind a vertical tab", "Transfer-Encoding: \u000bchunked"),
        post(400, "§5.5 TE before a form feed", "Transfer-Encoding: chunked\f"),
        post(400, "§5.5 TE before NUL", "Transfer-Encoding: chunked\u0000"),
        post(400, "§6.1 TE before obs-text", "Transfer-Encoding: chunked\u00a0"),
        post(400, "§5.1 TE, space before colon", "Transfer-Encoding : chunked"),
        post(400, "§5.1 TE, tab before colon", "Transfer-Encoding\t: chunked"),
        post(400, "§5.1 TE behind a space", " Transfer-Encoding: chunked"),
        post(400, "§5.2 TE folded", "Transfer-Encoding:\r\n chunked"),
        post(400, "§5.2 TE folded into another", "X: y\r\n\tTransfer-Encoding: chunked"),
        post(400, "§2.2 TE behind a bare CR", "X: y\rTransfer-Encoding: chunked"),
        post(400, "§2.2 TE behind a bare LF", "X: y\nTransfer-Encoding: chunked"),
        post(400, "§6.3 CL differing", "Content-Length: 5\r\nContent-Length: 6"),
        post(400, "§6.3 CL twice", "Content-Length: 5\r\nContent-Length: 5"),
        post(400, "§6.3 CL list", "Content-Length: 5, 5"),
        post(400, "§6.3 CL list, differing", "Content-Length: 5, 6"),
        post(400, "10 §8.6 CL plus", "Content-Length: +5"),
        post(400, "10 §8.6 CL minus", "Content-Length: -5"),
        post(400, "10 §8.6 CL hex", "Content-Length: 0x5"),
        post(400, "10 §8.6 CL exponent", "Content-Length: 1e1"),
        post(400, "10 §8.6 CL inner space", "Content-Length: 1 0"),
        post(400, "10 §8.6 CL decimal", "Content-Length: 5.0"),
        post(400, "10 §8.6 CL quoted", "Content-Length: \"5\""),
        post(400, "10 §8.6 CL empty", "Content-Length:"),
        post(400, "10 §8.6 CL overflows long", "Content-Length: 9223372036854775808"),
        post(400, "10 §8.6 CL overflows to 5", "Content-Length: 18446744073709551621"),
        post(400, "10 §8.6 CL digits that are not ASCII", "Content-Length: \u00b2"),
        post(400, "§5.1 CL, space before colon", "Content-Length : 5"),
        post(413, "10 §15.5.14 CL above the limit", "Content-Length: 10001"));
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        chunks(400, "§7.1 no size", "\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size not hex", "g\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size with 0x", "0x5\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size with plus", "+5\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size with minus", "-5\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 space before size", " 5\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 space behind size", "5 \r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size overflows int", "100000005\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size overflows long", "10000000000000005\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 too many zeros", "0".repeat(40) + "5\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size ended by LF", "5\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1 size ended by CR", "5\rabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1.1 extension ended by LF", "5;a\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1.1 extension with CR", "5;a\rb\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1.1 extension with NUL", "5;\u0000\r\nabcde\r\n0\r\n\r\n"),
        chunks(400, "§7.1.1 extension too long", "5;" + "a".repeat(5000) + "\r\nabcde\r\n"),
        chunks(400, "§7.1.1 extensions too long", ("1;" + "a".repeat(900) + "\r\na\r\n").repeat(6)),
        chunks(400, "§7.1 data too long", "5\r\nabcdef\r\n0\r\n\r\n"),
        chunks(400, "§7.1 data ended by LF", "5\r\nabcde\n0\r\n\r\n"),
        chunks(400, "§7.1 data ended by nothing", "5\r\nabcde0\r\n\r\n"),
        chunks(
            413,
            "10 §15.5.14 chunks above the limit",
            "1000\r\n" + "a".repeat(4096) + "\r\n2000\r\n" + "a".repeat(8192) + "\r\n0\r\n\r\n"),
        chunks(400, "§7.1.2 trailer without colon", "0\r\nX y\r\n\r\n"),
        chunks(400, "§7.1.2 trailer folded", "0\r\nX: y\r\n z\r\n\r\n"),
        chunks(400, "§7.1.2 trailer, space before colon", "0\r\nX : y\r\n\r\n"),
        chunks(400, "§7.1.2 trailer with control", "0\r\nX: y\u0001\r\n\r\n"),
        chunks(400, "§7.1.2 trailer ended by LF", "0\r\nX: y\n\r\n"),
        chunks(400, "§7.1 end without CR", "0\r\n\n"),
        chunks(431, "10 §15.5.20 too many trailers", "0\r\n" + "X: y\r\n".repeat(65) + "\r\n"),
        chunks(
            431,
            "10 §15.5.20 trailers too large",
            "0\r\n" + ("X: " + "y".repeat(1000) + "\r\n").repeat(17) + "\r\n"));
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        post(400, "§5.1 space before colon", "X : y"),
        post(400, "§5.1 no colon", "X y"),
        post(400, "§5.1 empty name", ": y"),
        post(400, "10 §5.1 name with a parenthesis", "X(: y"),
        post(400, "10 §5.1 name with a quote", "\"X\": y"),
        post(400, "10 §5.1 name with NUL", "X\u0000: y"),
        post(400, "10 §5.1 name beyond ASCII", "X\u00e4: y"),
        post(400, "10 §5.5 value with NUL", "X: y\u0000z"),
        post(400, "10 §5.5 value with CR", "X: y\rz"),
        post(400, "10 §5.5 value with a control", "X: y\u001bz"),
        post(400, "10 §5.5 value with DEL", "X: y\u007fz"),
        post(400, "§5.2 folded", "X: y\r\n z"),
        refused(400, "§2.2 space before the first field", "GET /x HTTP/1.1\r\n Host: a\r\n\r\n"),
        refused(400, "§2.2 LF after the line", "GET /x HTTP/1.1\nHost: a\r\n\r\n"),
        refused(400, "§2.2 LF after a field", "GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
        refused(400, "§2.2 LF at the end", "GET /x HTTP/1.1\r\nHost: a\r\n\n"),
        refused(400, "§2.2 CR after the line", "GET /x HTTP/1.1\rHost: a\r\n\r\n"),
        refused(400, "§2.2 two empty lines before", "\r\n\r\nGET /x HTTP/1.1" + REST),
        refused(400, "§2.2 LF before", "\nGET /x HTTP/1.1" + REST),
        post(431, "10 §15.5.20 too many fields", "X: y\r\n".repeat(64) + "X: y"),
        post(431, "10 §15.5.20 a field too large", "X: " + "y".repeat(17_000)),
        post(417, "10 §10.1.1 unknown expectation", "Expect: 200-ok\r\nContent-Length: 5"),
        post(417, "10 §10.1.1 known and unknown", "Expect: 100-continue, x\r\nContent-Length: 5"));
  }

  static Stream<Arguments> hosts() {
    return Stream.of(
        refused(400, "§3.2 no Host", "GET /x HTTP/1.1\r\n\r\n"),
        refused(400, "§3.2 no Host, absolute-form", "GET http://a/x HTTP/1.1\r\n\r\n"),
        refused(400, "§3.2 Host twice", "GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        refused(400, "§3.2 Host twice in 1.0", "GET /x HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"),
        refused(400, "§3.2 Host empty", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"),
        refused(400, "10 §7.2 Host list", "GET /x HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        refused(400, "10 §7.2 Host with path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        refused(400, "10 §7.2 Host with user", "GET /x HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        refused(400, "10 §7.2 Host with scheme", "GET /x HTTP/1.1\r\nHost: http://a\r\n\r\n"),
        refused(400, "10 §7.2 Host, port 65536", "GET /x HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
        refused(400, "10 §7.2 Host, two ports", "GET /x HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
        refused(400, "10 §7.2 Host beyond ASCII", "GET /x HTTP/1.1\r\nHost: \u00e4\r\n\r\n"),
        line(400, "10 §7.2 absolute-form, other host", "GET http://b/x HTTP/1.1"),
        line(400, "10 §7.2 absolute-form, other port", "GET http://a:81/x HTTP/1.1"),
        line(400, "§3.2.2 absolute-form, no host", "GET http:///x HTTP/1.1"),
        line(400, "10 §4.2.4 absolute-form, user", "GET http://u@a/x HTTP/1.1"),
        line(400, "§3.2.2 absolute-form, ftp", "GET ftp://a/x HTTP/1.1"));
  }

  static Stream<Arguments> lines() {
    return Stream.of(
        line(400, "§3.2.3 authority-form", "GET a:80 HTTP/1.1"),
        line(501, "§3.2.3 CONNECT", "CONNECT a:80 HTTP/1.1"),
        line(400, "§3.2.4 asterisk-form", "GET * HTTP/1.1"),
        line(400, "§3.2 fragment", "GET /x#y HTTP/1.1"),
        line(400, "§3.2 no slash", "GET x HTTP/1.1"),
        line(400, "§3.2 query only", "GET ?x HTTP/1.1"),
        line(400, "§3.2 space in the target", "GET /x y HTTP/1.1"),
        line(400, "§3.2 version in the target", "GET /x HTTP/1.1 HTTP/1.1"),
        line(400, "§3.2 tab in the target", "GET /x\ty HTTP/1.1"),
        line(400, "§3.2 NUL in the target", "GET /x\u0000 HTTP/1.1"),
        line(400, "§3.2 CR in the target", "GET /x\ry HTTP/1.1"),
        line(400, "§3.2 not ASCII", "GET /\u00e4 HTTP/1.1"),
        line(414, "§3 target too long", "GET /" + "x".repeat(5000) + " HTTP/1.1"),
        line(414, "§3 method too long", "X".repeat(5000) + " / HTTP/1.1"),
        line(400, "§3 two spaces before the target", "GET  /x HTTP/1.1"),
        line(400, "§3 two spaces before the version", "GET /x  HTTP/1.1"),
        line(400, "§3 space at the end", "GET /x HTTP/1.1 "),
        line(400, "§3 space at the start", " GET /x HTTP/1.1"),
        line(400, "§3 tabs", "GET\t/x\tHTTP/1.1"),
        line(400, "§3 form feeds", "GET\f/x\fHTTP/1.1"),
        line(400, "§3.1 method with a colon", "GET: /x HTTP/1.1"),
        line(400, "§3.1 method with a control", "G\u0001T /x HTTP/1.1"),
        line(400, "§2.3 http/1.1", "GET /x http/1.1"),
        line(400, "§2.3 HTTP/1", "GET /x HTTP/1"),
        line(400, "§2.3 HTTP/1.10", "GET /x HTTP/1.10"),
        line(400, "§2.3 HTTP/01.1", "GET /x HTTP/01.1"),
        line(400, "§2.3 HTTP/1,1", "GET /x HTTP/1,1"),
        line(400, "§2.3 ICY/1.1", "GET /x ICY/1.1"),
        line(505, "10 §15.6.6 HTTP/0.9 by name", "GET /x HTTP/0.9"),
        line(505, "10 §15.6.6 HTTP/2.0", "GET /x HTTP/2.0"),
        refused(505, "10 §15.6.6 HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused(400, "§2.3 HTTP/0.9", "GET /x\r\n"),
        refused(400, "§2.2 TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"framing", "bodies", "fields", "hosts", "lines"})
  void request_hostile_isRefusedAndNothingReachesTheOrigin(int status, String name, String request)
      throws Exception {
    RawClient client = loopback.client();

    client.send(request + NEXT);
    Response response = client.receive();

    assertEquals(status, response.status(), response.text());
    assertEquals("close", response.field("Connection"));
    assertNull(response.field("Cache-Status"));
    assertTrue(response.isComplete());
    assertTrue(client.isClosedByServer());
    assertEquals(List.of(), loopback.origin().requests());
  }

  private static Arguments legal(String name, String request, String... targets) {
    return Arguments.of(name, request, List.of(targets));
  }

  /** What looks odd, but means one thing only: exactly that reaches the origin. */
  static Stream<Arguments> legalRequests() {
    String te = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    String cl = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    String get = "GET /y HTTP/1.1" + REST;
    return Stream.of(
        legal("§2.2 one empty line before", "\r\n" + get, "/y"),
        legal("§3.2.2 absolute-form, same host", "GET http://A:80/y HTTP/1.1" + REST, "/y"),
        legal("§5 no space after the colon", "GET /y HTTP/1.1\r\nHost:a\r\n\r\n", "/y"),
        legal("§5 tabs around a value", "GET /y HTTP/1.1\r\nHost:\t a \t\r\n\r\n", "/y"),
        legal("10 §5.5 obs-text", "GET /y HTTP/1.1\r\nHost: a\r\nX: \u00e4\r\n\r\n", "/y"),
        legal("§2.3 HTTP/1.2", "GET /y HTTP/1.2" + REST, "/y"),
        legal("10 §9.1 unknown method", "FROB /y HTTP/1.1" + REST, "/y"),
        legal(
            "10 §7.8 Upgrade is ignored",
            "GET /y HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "/y"),
        legal("§6.3 a request in a body", cl + get.length() + "\r\n\r\n" + get + get, "/x", "/y"),
        legal("10 §8.6 zeros before the length", cl + "0003\r\n\r\nabc" + get, "/x", "/y"),
        legal(
            "§6.3 GET with a body",
            "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + get,
            "/x",
            "/y"),
        legal(
            "§7.1 a request in a chunk",
            te + "23\r\n" + "GET /z HTTP/1.1\r\nHost: a\r\n\r\n1234567\r\n0\r\n\r\n" + get,
            "/x",
            "/y"),
        legal(
            "§7.1 TE in upper case",
            te.replace("chunked", "CHUNKED") + "0\r\n\r\n" + get,
            "/x",
            "/y"),
        legal(
            "§7.1.1 extensions", te + "3 ; a = \"b;\\\"\"\r\nabc\r\n0;c\r\n\r\n" + get, "/x", "/y"),
        legal(
            "§7.1.2 trailers",
            te
                + "0\r\nX: y\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\n"
                + "Host: b\r\n\r\n"
                + get,
            "/x",
            "/y"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("legalRequests")
  void request_oddButLegal_isUnderstoodAsWritten(String name, String request, List<String> targets)
      throws Exception {
    RawClient client = loopback.client();

    client.send(request);
    for (int i = 0; i < targets.size(); i++) {
      assertEquals(404, client.receive().status());
    }

    List<String> seen = new ArrayList<>();
    loopback.origin().requests().forEach(asked -> seen.add(asked.target()));
    assertEquals(targets, seen);
    for (ScriptedOrigin.Request asked : loopback.origin().requests()) {
      assertEquals("a", asked.field("Host"));
      assertNull(asked.field("Upgrade"));
    }
    assertEquals(404, client.get("/more").status());
  }

  @Test
  void forbiddenTrailers_doNotReachTheOrigin() throws Exception {
    List<Fields> trailers = new CopyOnWriteArrayList<>();
    loopback
        .origin()
        .onHead(
            "/x",
            (request, connection) -> {
              connection.body().readAllBytes();
              trailers.add(((Wire.Content) connection.body()).trailers());
              loopback.origin().answer("200 OK", "").give(request, connection);
            });
    RawClient client = loopback.client();

    client.send(
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nHost:"
            + " b\r\nContent-Length: 7\r\nTransfer-Encoding: gzip\r\nX-Sum: 1\r\n\r\n");

    assertEquals(200, client.receive("POST").status());
    Fields seen = trailers.get(0);
    assertNull(seen.get("Host"));
    assertNull(seen.get("Content-Length"));
    assertNull(seen.get("Transfer-Encoding"));
    assertEquals("1", seen.get("X-Sum"));
  }

  @Test
  void refusedRequests_areCounted() throws Exception {
    RawClient client = loopback.client();
    client.send("GET / HTTP/3.0\r\n");
    assertEquals(505, client.receive().status());
    assertEquals(1, loopback.proxy().proxy().clientStatistics().refusedRequests());
  }
}
