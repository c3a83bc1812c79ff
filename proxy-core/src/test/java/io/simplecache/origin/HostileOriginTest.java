package io.simplecache.origin;

import static io.simplecache.origin.Configs.MAX_FIELDS;
import static io.simplecache.origin.Configs.MAX_HEAD_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an origin must not send. Each response is answered to a first request; a second one follows,
 * which a connection that is used again would answer with poison. It must be answered over a new
 * connection, and by what was meant for it.
 */
@Timeout(30)
class HostileOriginTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String LAST_CHUNK = "2\r\nok\r\n0\r\n\r\n";

  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private static final Resolvers RESOLVERS = new Resolvers();

  private final EventLoop loop = GROUP.next();

  @AfterAll
  static void stop() {
    RESOLVERS.close();
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static Arguments invalid(String name, String response) {
    return Arguments.of(name, response, "!INVALID_RESPONSE");
  }

  private static Arguments invalidLine(String name, String statusLine) {
    return invalid(name, statusLine + "\r\nContent-Length: 2\r\n\r\nok");
  }

  private static Arguments invalidField(String name, String lines) {
    return invalid(name, "HTTP/1.1 200 OK\r\n" + lines + "\r\n\r\nok");
  }

  /** A chunked body of which nothing is right from the first byte on. */
  private static Arguments invalidChunk(String name, String body) {
    return Arguments.of(name, CHUNKED + body, "200 [] !TRUNCATED");
  }

  static List<Arguments> statusLines() {
    return List.of(
        invalidLine("9112 §4 two spaces before the status", "HTTP/1.1  200 OK"),
        invalidLine("9112 §4 tab before the status", "HTTP/1.1\t200 OK"),
        invalidLine("9112 §4 tab behind the status", "HTTP/1.1 200\tOK"),
        invalidLine("9112 §4 carriage return before the status", "HTTP/1.1\r200 OK"),
        invalidLine("9112 §4 form feed before the status", "HTTP/1.1\f200 OK"),
        invalidLine("9112 §4 signed status", "HTTP/1.1 +20 OK"),
        invalidLine("9112 §4 status of two digits", "HTTP/1.1 20 OK"),
        invalidLine("9112 §4 status of four digits", "HTTP/1.1 2000 OK"),
        invalidLine("9112 §4 status of letters", "HTTP/1.1 abc OK"),
        invalidLine("9112 §4 no status", "HTTP/1.1"),
        invalidLine("9112 §4 control character in the reason", "HTTP/1.1 200 O\u0001K"),
        invalidLine("9112 §4 NUL in the reason", "HTTP/1.1 200 OK\u0000"),
        invalidLine("9112 §2.2 carriage return in the reason", "HTTP/1.1 200 O\rK"),
        invalidLine("9112 §4 too long a line", "HTTP/1.1 200 " + "a".repeat(9000)),
        invalidLine("9112 §4 space before the version", " HTTP/1.1 200 OK"),
        invalidLine("9112 §4 empty line before the version", "\r\nHTTP/1.1 200 OK"),
        invalidLine("9112 §4 line feed before the version", "\nHTTP/1.1 200 OK"),
        invalidLine("9110 §15 status 099", "HTTP/1.1 099 X"),
        invalidLine("9110 §15 status 600", "HTTP/1.1 600 X"),
        invalidLine("9110 §15 status 999", "HTTP/1.1 999 X"),
        invalidLine("9112 §2.3 version in lower case", "http/1.1 200 OK"),
        invalidLine("9112 §2.3 version of two digits", "HTTP/1.10 200 OK"),
        invalidLine("9112 §2.3 version 0.9", "HTTP/0.9 200 OK"),
        invalidLine("9112 §2.3 version 2.0", "HTTP/2.0 200 OK"),
        invalidLine("9112 §2.3 version without a minor", "HTTP/2 200 OK"),
        invalidLine("9112 §2.3 another protocol", "ICY 200 OK"),
        invalid("9113 §3.4 frames of HTTP/2", "\0\0\6\4\0\0\0\0\0\0\3\0\0\0d"),
        invalid("1945 §6 HTTP/0.9", "<html>\r\n<p>hello\r\n</html>\r\n"),
        invalid("a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        invalid("TLS", "\u0015\u0003\u0001\0\2\2F"),
        invalid("9112 §2.2 line feed alone", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"));
  }

  static List<Arguments> fields() {
    return List.of(
        invalidField("9112 §5.2 folded line", "X-A: b\r\n c\r\nContent-Length: 2"),
        invalidField("9112 §5.2 folded by a tab", "X-A: b\r\n\tc\r\nContent-Length: 2"),
        invalidField("9112 §5.2 folded length", "Content-Length:\r\n 2"),
        invalidField("9112 §2.2 white space before the first", " X-A: b\r\nContent-Length: 2"),
        invalidField("9112 §5.1 two words before the colon", "X A: b\r\nContent-Length: 2"),
        invalidField("9112 §5.1 hidden coding", "Transfer-Encoding x: chunked"),
        invalidField("9112 §5 no colon", "Content-Length 2"),
        invalidField("9112 §5 no colon but white space", "X-A \r\nContent-Length: 2"),
        invalidField("9112 §5 no name", ": b\r\nContent-Length: 2"),
        invalidField("9110 §5.1 name is no token: (", "X(A: b\r\nContent-Length: 2"),
        invalidField("9110 §5.1 name is no token: \"", "X\"A: b\r\nContent-Length: 2"),
        invalidField("9110 §5.1 name is no token: /", "X/A: b\r\nContent-Length: 2"),
        invalidField("9110 §5.1 name is no token: 0x80", "X\u0080A: b\r\nContent-Length: 2"),
        invalidField("9110 §5.1 NUL in a name", "X\u0000A: b\r\nContent-Length: 2"),
        invalidField("9110 §5.5 NUL in a value", "X-A: b\u0000\r\nContent-Length: 2"),
        invalidField("9110 §5.5 DEL in a value", "X-A: \u007Fb\r\nContent-Length: 2"),
        invalidField("9110 §5.5 vertical tab in a value", "X-A: \u000Bb\r\nContent-Length: 2"),
        invalidField("9112 §2.2 carriage return in a value", "X-A: b\rX-B: c\r\nContent-Length: 2"),
        invalidField("9112 §2.2 carriage return twice", "X-A: b\r\r\nContent-Length: 2"),
        invalidField("9112 §2.2 line feed alone", "X-A: b\nX-B: c\r\nContent-Length: 2"),
        invalid("9112 §2.2 line feed alone ends", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok"),
        invalidField("9110 §5.4 too long a value", "X-A: " + "a".repeat(MAX_HEAD_BYTES)),
        invalidField("9110 §5.4 too many fields", "X-A: b\r\n".repeat(MAX_FIELDS + 1) + "X-B: c"),
        invalidField("9110 §5.4 too long together", ("X-A: " + "a".repeat(990) + "\r\n").repeat(9)),
        invalid("9110 §5.4 without end", "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(1 << 20)));
  }

  static List<Arguments> framing() {
    return List.of(
        invalidField("9112 §6.3 two lengths", "Content-Length: 2\r\nContent-Length: 3"),
        invalidField("9112 §6.3 two lengths in a line", "Content-Length: 2, 3"),
        invalidField("9110 §8.6 length with a sign", "Content-Length: +2"),
        invalidField("9110 §8.6 negative length", "Content-Length: -2"),
        invalidField("9110 §8.6 length in hex", "Content-Length: 0x2"),
        invalidField("9110 §8.6 fraction", "Content-Length: 2.0"),
        invalidField("9110 §8.6 length with a space", "Content-Length: 1 2"),
        invalidField("9110 §8.6 empty length", "Content-Length: "),
        invalidField("9110 §8.6 length too large", "Content-Length: 9223372036854775808"),
        invalidField("9112 §6.1 length beside chunks", CL_AND_TE),
        invalidField("9112 §6.1 chunks beside length", TE_AND_CL),
        invalidField("9112 §6.1 chunked twice", "Transfer-Encoding: chunked, chunked"),
        invalidField("9112 §6.1 chunked in two lines", TE + "\r\n" + TE),
        invalidField("9112 §6.1 chunked not last", "Transfer-Encoding: chunked, gzip"),
        invalidField("9112 §7 coding not asked for", "Transfer-Encoding: gzip, chunked"),
        invalidField("9112 §6.1 unknown coding", "Transfer-Encoding: xchunked"),
        invalidField("9112 §6.1 identity", "Transfer-Encoding: identity"),
        invalidField("9112 §7 chunked with a parameter", "Transfer-Encoding: chunked;q=1"),
        invalidField("9112 §6.1 chunked in quotes", "Transfer-Encoding: \"chunked\""),
        invalidField("9112 §6.1 empty coding", "Transfer-Encoding: "),
        invalid("9112 §6.1 chunked in 1.0", CHUNKED.replace("1.1", "1.0") + LAST_CHUNK),
        invalid("9110 §15.2.2 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        Arguments.of(
            "9110 §15.2 1xx without end",
            "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(40),
            "103 ".repeat(32) + "!INVALID_RESPONSE"),
        Arguments.of(
            "9112 §6.3 1xx with content",
            "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nok" + POISON,
            "100 !INVALID_RESPONSE"));
  }

  private static final String TE = "Transfer-Encoding: chunked";
  private static final String CL_AND_TE = "Content-Length: 2\r\n" + TE;
  private static final String TE_AND_CL = TE + "\r\nContent-Length: 2";

  static List<Arguments> chunks() {
    return List.of(
        invalidChunk("9112 §7.1 size is no number", "x\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 no size", "\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 size with a sign", "+2\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 negative size", "-2\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 size with 0x", "0x2\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 space before the size", " 2\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 space behind the size", "2 \r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 size too large", "ffffffffffffffff2\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1 line feed alone", "2\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1.1 extension with a line feed", "2;a=b\nc\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1.1 extension with a return", "2;a=b\rc\r\nok\r\n0\r\n\r\n"),
        invalidChunk("9112 §7.1.1 too long an extension", "2;" + "a".repeat(9000) + "\r\nok\r\n"),
        Arguments.of(
            "9112 §7.1 longer than its size",
            CHUNKED + "1\r\nok\r\n0\r\n\r\n",
            "200 [o] !TRUNCATED"),
        Arguments.of(
            "9112 §7.1 shorter than its size",
            CHUNKED + "3\r\nok\r\n0\r\n\r\n",
            "200 [ok\r] !TRUNCATED"),
        Arguments.of(
            "9112 §7.1.2 trailer is no field",
            CHUNKED + "2\r\nok\r\n0\r\nX-A\r\n\r\n",
            "200 [ok] !TRUNCATED"),
        Arguments.of(
            "9112 §7.1.2 name of a trailer is no token",
            CHUNKED + "2\r\nok\r\n0\r\nX(A: b\r\n\r\n",
            "200 [ok] !TRUNCATED"),
        Arguments.of(
            "9110 §5.5 control character in a trailer",
            CHUNKED + "2\r\nok\r\n0\r\nX-A: \u0001\r\n\r\n",
            "200 [ok] !TRUNCATED"),
        Arguments.of(
            "9110 §6.5 too long trailers",
            CHUNKED + "2\r\nok\r\n0\r\nX-A: " + "a".repeat(MAX_HEAD_BYTES) + "\r\n\r\n",
            "200 [ok] !TRUNCATED"));
  }

  static List<Arguments> surplus() {
    String noContent = "HTTP/1.1 204 No Content\r\n";
    String notModified = "HTTP/1.1 304 Not Modified\r\n";
    return List.of(
        Arguments.of("9112 §6.3 bytes behind the content", OK + "x", "200 [ok] end"),
        Arguments.of("9112 §6.3 a line end behind it", OK + "\r\n", "200 [ok] end"),
        Arguments.of("9112 §6.3 a response behind it", OK + POISON, "200 [ok] end"),
        Arguments.of(
            "9112 §6.3 half a head behind it", OK + POISON.substring(0, 30), "200 [ok] end"),
        Arguments.of(
            "9112 §7.1 a response behind chunks", CHUNKED + LAST_CHUNK + POISON, "200 [ok] end"),
        Arguments.of("9112 §6.3 204 with content", noContent + "\r\nok", "204 [] end"),
        Arguments.of(
            "9110 §8.6 204 with a length", noContent + "Content-Length: 2\r\n\r\n", "204 [] end"),
        Arguments.of(
            "9112 §6.1 204 in chunks",
            noContent + "Transfer-Encoding: chunked\r\n\r\n" + LAST_CHUNK,
            "204 [] end"),
        Arguments.of("9112 §6.3 304 with content", notModified + "\r\nok", "304 [] end"),
        Arguments.of(
            "9112 §6.3 304 with a response behind it", notModified + "\r\n" + POISON, "304 [] end"),
        Arguments.of(
            "9112 §6.3 304 with a length and content",
            notModified + "Content-Length: 2\r\n\r\nok",
            "304 [] end"),
        Arguments.of(
            "9112 §9.6 close",
            OK.replace("200 OK", "200 OK\r\nConnection: close") + POISON,
            "200 [ok] end"),
        Arguments.of(
            "9112 §9.3 1.0 without keep-alive", OK.replace("1.1", "1.0") + POISON, "200 [ok] end"));
  }

  static List<Arguments> earlyEnds() {
    return List.of(
        Arguments.of("9112 §8 nothing", "\r\n".substring(2), "!CLOSED_EARLY"),
        Arguments.of("9112 §8 in the status line", "HTTP/1.1 2", "!CLOSED_EARLY"),
        Arguments.of("9112 §8 in the head", "HTTP/1.1 200 OK\r\nContent-Le", "!INVALID_RESPONSE"),
        Arguments.of("9112 §8 before its end", "HTTP/1.1 200 OK\r\n", "!INVALID_RESPONSE"),
        Arguments.of("9112 §8 behind a 1xx", "HTTP/1.1 103 X\r\n\r\n", "103 !CLOSED_EARLY"),
        Arguments.of(
            "9112 §8 in the content", OK.substring(0, OK.length() - 1), "200 [o] !TRUNCATED"),
        Arguments.of(
            "9112 §8 before the content", OK.substring(0, OK.length() - 2), "200 [] !TRUNCATED"),
        Arguments.of("9112 §8 in a chunk's size", CHUNKED + "2", "200 [] !TRUNCATED"),
        Arguments.of("9112 §8 in a chunk", CHUNKED + "5\r\nok", "200 [ok] !TRUNCATED"),
        Arguments.of("9112 §8 behind a chunk", CHUNKED + "2\r\nok\r\n", "200 [ok] !TRUNCATED"),
        Arguments.of(
            "9112 §8 in the last chunk", CHUNKED + "2\r\nok\r\n0\r\n", "200 [ok] !TRUNCATED"),
        Arguments.of(
            "9112 §8 in the trailers",
            CHUNKED + "2\r\nok\r\n0\r\nX-A: b\r\n",
            "200 [ok] !TRUNCATED"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"statusLines", "fields", "framing", "chunks", "surplus"})
  void response_thatMustNotBe_leavesNothingBehind(String name, String response, String expected)
      throws Exception {
    check(name, List.of(response, POISON), HttpMethod.GET, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("earlyEnds")
  void response_thatEndsEarly_leavesNothingBehind(String name, String response, String expected)
      throws Exception {
    check(name, response.isEmpty() ? List.of() : List.of(response), HttpMethod.GET, expected);
  }

  static List<Arguments> toHead() {
    return List.of(
        Arguments.of("9112 §6.3 content", OK, "200 [] end"),
        Arguments.of("9112 §6.3 chunks", CHUNKED + LAST_CHUNK, "200 [] end"),
        Arguments.of(
            "9112 §6.3 a response", OK.substring(0, OK.length() - 2) + POISON, "200 [] end"),
        Arguments.of(
            "9112 §6.3 two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
            "!INVALID_RESPONSE"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("toHead")
  void responseToHead_thatMustNotBe_leavesNothingBehind(
      String name, String response, String expected) throws Exception {
    check(name, List.of(response, POISON), HttpMethod.HEAD, expected);
  }

  private void check(String name, List<String> first, HttpMethod method, String expected)
      throws Exception {
    try (RawOrigin origin = new RawOrigin(first, List.of(OK))) {
      OriginClient client =
          new OriginClient(
              Configs.of(UnaryOperator.identity(), origin.port()), RESOLVERS, new Origins());
      assertEquals(expected, fetch(client, method), name);
      assertEquals("200 [ok] end", fetch(client, HttpMethod.GET), name);
      List<String> requests = origin.requests();
      assertEquals("1 GET / HTTP/1.1", requests.get(requests.size() - 1), name);
      client.close().syncUninterruptibly();
    }
  }

  private String fetch(OriginClient client, HttpMethod method) throws Exception {
    FetchRecorder recorder = new FetchRecorder();
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/");
    request.headers().set(HttpHeaderNames.HOST, "a");
    loop.submit(
            () ->
                client.fetch(loop, request, /* hasBody= */ false, /* retryable= */ false, recorder))
        .get();
    return recorder.over.get(5, TimeUnit.SECONDS);
  }
}
