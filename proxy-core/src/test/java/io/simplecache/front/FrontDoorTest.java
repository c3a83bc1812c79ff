package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.simplecache.CachingProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the door answers to requests that may not come in, byte by byte: each codec and the handler
 * behind it. There is no origin: what comes in is answered with 502.
 */
class FrontDoorTest {
  private final List<Integer> recorded = new ArrayList<>();
  private final CachingProxy proxy =
      CachingProxy.builder()
          .origin("http://127.0.0.1:1")
          .listener(record -> recorded.add(record.status()))
          .build();

  @AfterEach
  void close() {
    proxy.close();
  }

  private static Arguments bad(int status, String name, String request) {
    return Arguments.of(status, name, request);
  }

  private static Arguments head(int status, String name, String fields) {
    return bad(status, name, "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n0\r\n\r\n");
  }

  static List<Arguments> framing() {
    String chunked = "Transfer-Encoding: chunked";
    return List.of(
        head(400, "TE and CL", chunked + "\r\nContent-Length: 5"),
        head(400, "CL and TE", "Content-Length: 5\r\n" + chunked),
        bad(400, "TE in 1.0", "POST / HTTP/1.0\r\nHost: a\r\n" + chunked + "\r\n\r\n0\r\n\r\n"),
        head(400, "TE twice", chunked + "\r\n" + chunked),
        head(400, "TE chunked, identity", chunked + ", identity"),
        head(400, "TE chunked, chunked", chunked + ", chunked"),
        head(400, "TE gzip, chunked", "Transfer-Encoding: gzip, chunked"),
        head(400, "TE xchunked", "Transfer-Encoding: xchunked"),
        head(400, "TE identity", "Transfer-Encoding: identity"),
        head(400, "TE empty", "Transfer-Encoding:"),
        head(400, "TE comma", "Transfer-Encoding: ,chunked"),
        head(400, "TE parameter", "Transfer-Encoding: chunked;q=1"),
        head(400, "TE quoted", "Transfer-Encoding: \"chunked\""),
        head(400, "TE vertical tab", "Transfer-Encoding: \u000bchunked"),
        head(400, "TE NUL", "Transfer-Encoding: chunked\u0000"),
        head(400, "TE name with space", "Transfer-Encoding : chunked"),
        head(400, "TE name with tab", "Transfer-Encoding\t: chunked"),
        head(400, "TE line of its own", "Transfer-Encoding:\r\n chunked"),
        head(400, "CL twice, differing", "Content-Length: 5\r\nContent-Length: 6"),
        head(400, "CL twice, same", "Content-Length: 5\r\nContent-Length: 5"),
        head(400, "CL list", "Content-Length: 5, 5"),
        head(400, "CL list, differing", "Content-Length: 5, 6"),
        head(400, "CL plus", "Content-Length: +5"),
        head(400, "CL minus", "Content-Length: -5"),
        head(400, "CL hex", "Content-Length: 0x5"),
        head(400, "CL hex digits", "Content-Length: a"),
        head(400, "CL inner space", "Content-Length: 1 0"),
        head(400, "CL decimal point", "Content-Length: 5.0"),
        head(400, "CL overflow", "Content-Length: 9223372036854775808"),
        head(400, "CL overflow to 5", "Content-Length: 18446744073709551621"),
        head(400, "CL empty", "Content-Length:"),
        head(400, "CL letters", "Content-Length: five"),
        head(400, "CL name with space", "Content-Length : 5"));
  }

  static List<Arguments> fields() {
    return List.of(
        head(400, "space before colon", "X-A : b"),
        head(400, "folded first line", " X-A: b"),
        head(400, "no colon", "X-A b"),
        head(400, "empty name", ": b"),
        head(400, "name with space", "X A: b"),
        head(400, "name with parenthesis", "X(A): b"),
        head(400, "name with at", "X@A: b"),
        head(400, "name with slash", "X/A: b"),
        head(400, "name with NUL", "X\u0000A: b"),
        head(400, "name with control", "X\u0001A: b"),
        head(400, "name beyond ASCII", "X\u00e4A: b"),
        head(400, "value with NUL", "X-A: b\u0000c"),
        head(400, "value with control", "X-A: b\u0001c"),
        head(400, "value with DEL", "X-A: b\u007fc"),
        head(400, "value with bare CR", "X-A: b\rc"),
        head(400, "value with bare CR before a field", "X-A: b\rContent-Length: 5"),
        bad(400, "bare LF after the line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        bad(400, "bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n"),
        bad(400, "bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        bad(400, "bare CR after the line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        bad(
            431,
            "head too big",
            "GET / HTTP/1.1\r\nHost: a\r\n"
                + ("X-A: " + "x".repeat(1000) + "\r\n").repeat(33)
                + "\r\n"),
        bad(
            431,
            "field too big",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: " + "x".repeat(33_000) + "\r\n\r\n"));
  }

  static List<Arguments> hosts() {
    return List.of(
        bad(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
        bad(400, "no Host, absolute-form", "GET http://a/ HTTP/1.1\r\n\r\n"),
        bad(400, "Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        bad(400, "Host twice, 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        bad(400, "Host with space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        bad(400, "Host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        bad(400, "Host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        bad(400, "Host with scheme", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
        bad(400, "Host with bad port", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
        bad(400, "Host with fragment", "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"),
        bad(400, "absolute-form, bad Host", "GET http://a/ HTTP/1.1\r\nHost: b/c\r\n\r\n"));
  }

  static List<Arguments> lines() {
    String rest = "\r\nHost: a\r\n\r\n";
    return List.of(
        bad(400, "absolute-form, other scheme", "GET ftp://a/ HTTP/1.1" + rest),
        bad(400, "absolute-form, no authority", "GET http:///x HTTP/1.1" + rest),
        bad(400, "absolute-form, userinfo", "GET http://u@a/ HTTP/1.1" + rest),
        bad(400, "absolute-form, bad port", "GET http://a:b/ HTTP/1.1" + rest),
        bad(400, "absolute-form, fragment", "GET http://a/#b HTTP/1.1" + rest),
        bad(400, "authority-form", "GET a:80 HTTP/1.1" + rest),
        bad(501, "CONNECT", "CONNECT a:443 HTTP/1.1" + rest),
        bad(400, "asterisk with GET", "GET * HTTP/1.1" + rest),
        bad(400, "fragment", "GET /a#b HTTP/1.1" + rest),
        bad(400, "relative path", "GET a HTTP/1.1" + rest),
        bad(400, "query only", "GET ?a HTTP/1.1" + rest),
        bad(400, "space in target", "GET /a b HTTP/1.1" + rest),
        bad(400, "tab in target", "GET /a\tb HTTP/1.1" + rest),
        bad(400, "NUL in target", "GET /a\u0000b HTTP/1.1" + rest),
        bad(400, "DEL in target", "GET /a\u007fb HTTP/1.1" + rest),
        bad(400, "CR in target", "GET /a\rb HTTP/1.1" + rest),
        bad(400, "no target", "GET  HTTP/1.1" + rest),
        bad(400, "space after version", "GET / HTTP/1.1 " + rest),
        bad(400, "method with control", "G\u0001ET / HTTP/1.1" + rest),
        bad(400, "method with colon", "GET: / HTTP/1.1" + rest),
        bad(400, "HTTP/0.9", "GET /\r\n\r\n"),
        bad(505, "HTTP/0.9 by name", "GET / HTTP/0.9" + rest),
        bad(505, "HTTP/2.0", "GET / HTTP/2.0" + rest),
        bad(505, "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        bad(505, "HTTP/3.0", "GET / HTTP/3.0" + rest),
        bad(400, "HTTP/1", "GET / HTTP/1" + rest),
        bad(400, "HTTP/1.10", "GET / HTTP/1.10" + rest),
        bad(400, "HTTP/01.1", "GET / HTTP/01.1" + rest),
        bad(400, "HTTP/1.1x", "GET / HTTP/1.1x" + rest),
        bad(400, "HTTP/+1.1", "GET / HTTP/+1.1" + rest),
        bad(400, "other protocol", "GET / ICY/1.1" + rest),
        bad(400, "TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\r\n\r\n"),
        bad(414, "line too long", "GET /" + "x".repeat(8200) + " HTTP/1.1" + rest));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"framing", "fields", "hosts", "lines"})
  void request_malformed_isRefusedOnceAndTheConnectionClosed(
      int status, String name, String request) {
    send(List.of(request), name).assertRefused(status, name);
    assertEquals(List.of(status), recorded, name);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"framing", "fields", "hosts", "lines"})
  void request_malformedBehindNettysCodec_isRefusedAlike(int status, String name, String request) {
    send(nettysCodec(), List.of(request), name).assertRefused(status, name);
    assertEquals(List.of(status), recorded, name);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"framing", "fields", "hosts", "lines"})
  void request_malformedAndSplitAtEveryByte_isRefusedAlike(
      int status, String name, String request) {
    int step = Math.max(1, request.length() / 150);
    for (int i = 1; i < request.length(); i += step) {
      Answer split = send(List.of(request.substring(0, i), request.substring(i)), name);
      split.assertRefused(status, name + ", split at " + i);
    }
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"framing", "fields", "hosts", "lines"})
  void request_followsMalformedOne_isNotAnswered(int status, String name, String request) {
    String next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    send(List.of(request + next), name).assertRefused(status, name);
    send(List.of(request, next), name).assertRefused(status, name);
  }

  /**
   * What RFC 9112 would have refused or lets a recipient be lenient about, and Netty's decoder does
   * not tell from the well-formed: behind that it comes in, and goes to the origin well-formed.
   */
  static List<Arguments> lenientlyDecoded() {
    String rest = "\r\nHost: a\r\n\r\n";
    return List.of(
        Arguments.of("§5.2 folded line", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n"),
        Arguments.of("§3 two spaces before target", "GET  / HTTP/1.1" + rest),
        Arguments.of("§3 two spaces before version", "GET /  HTTP/1.1" + rest),
        Arguments.of("§3 tabs for spaces", "GET\t/\tHTTP/1.1" + rest),
        Arguments.of("§3 space before method", " GET / HTTP/1.1" + rest),
        Arguments.of("§2.3 lower-case name of the protocol", "GET / http/1.1" + rest));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lenientlyDecoded")
  void request_nearlyWellFormed_comesInOnlyBehindNettysCodec(String name, String request) {
    for (int i = 1; i < request.length(); i++) {
      List<String> split = List.of(request.substring(0, i), request.substring(i));
      send(split, name).assertRefused(400, name + ", split at " + i);
    }
    send(nettysCodec(), List.of(request), name).assertCameIn();
  }

  static List<Arguments> wellFormed() {
    String rest = "\r\nHost: a\r\n\r\n";
    return List.of(
        Arguments.of("origin-form", "GET /a?b=c HTTP/1.1" + rest),
        Arguments.of("absolute-form", "GET http://a/ HTTP/1.1" + rest),
        Arguments.of("asterisk-form", "OPTIONS * HTTP/1.1" + rest),
        Arguments.of("empty line before", "\r\nGET / HTTP/1.1" + rest),
        Arguments.of("higher minor version", "GET / HTTP/1.2" + rest),
        Arguments.of("no space after colon", "GET / HTTP/1.1\r\nHost:a\r\n\r\n"),
        Arguments.of("tab in value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\tc\r\n\r\n"),
        Arguments.of("obs-text in value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: \u00e4\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wellFormed")
  void request_wellFormed_comesInAndTheConnectionStays(String name, String request) {
    send(List.of(request), name).assertCameIn();
    send(nettysCodec(), List.of(request), name).assertCameIn();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wellFormed")
  void request_wellFormedAndSplitAtEveryByte_comesIn(String name, String request) {
    for (int i = 1; i < request.length(); i++) {
      send(List.of(request.substring(0, i), request.substring(i)), name).assertCameIn();
    }
  }

  private record Answer(String text, boolean open) {
    /** There is no main server: 502, and after some of these it is not tried any more, 503. */
    void assertCameIn() {
      assertTrue(text.matches("(?s)HTTP/1\\.1 50[23] .*"), text);
      assertTrue(open, text);
    }

    void assertRefused(int status, String name) {
      assertTrue(text.startsWith("HTTP/1.1 " + status + " "), () -> name + ": " + text);
      assertEquals(1, text.split("HTTP/1\\.1 \\d", -1).length - 1, () -> name + ": " + text);
      assertTrue(text.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"));
      assertFalse(open, () -> name + ": the connection stays open");
    }
  }

  /** Netty's codec with the same limits of sizes. */
  private static ChannelHandler nettysCodec() {
    return new HttpServerCodec(
        new HttpDecoderConfig().setMaxInitialLineLength(8 * 1024).setMaxHeaderSize(32 * 1024));
  }

  private Answer send(List<String> pieces, String name) {
    return send(proxy.newCodec(), pieces, name);
  }

  private Answer send(ChannelHandler codec, List<String> pieces, String name) {
    EmbeddedChannel channel = new EmbeddedChannel(codec, proxy.newHandler());
    StringBuilder text = new StringBuilder();
    for (String piece : pieces) {
      if (channel.isOpen()) {
        channel.writeInbound(Unpooled.wrappedBuffer(piece.getBytes(ISO_8859_1)));
      }
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
      for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
        text.append(out.toString(ISO_8859_1));
        out.release();
      }
    }
    boolean open = channel.isOpen();
    channel.finishAndReleaseAll();
    assertFalse(channel.isOpen(), name);
    return new Answer(text.toString(), open);
  }
}
