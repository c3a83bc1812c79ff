package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What bytes become, in one piece, split at every byte, and byte by byte. */
class RequestDecoderTest {
  private static final ClientLimits LIMITS =
      ClientLimits.builder().maxRequestLine(256).maxHead(1024).maxFields(8).build();

  private static Arguments decoded(String bytes, String messages) {
    return Arguments.of(bytes, messages);
  }

  private static String chunked(String body) {
    return "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
  }

  private static final String CHUNKED = "POST / HTTP/1.1 [Transfer-Encoding=chunked] ";

  static List<Arguments> wellFormed() {
    String max = "x".repeat(256 - "GET / HTTP/1.1".length());
    return List.of(
        decoded("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 [] end"),
        decoded("\r\nGET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0 [] end"),
        decoded("M-SEARCH * HTTP/1.2\r\n\r\n", "M-SEARCH * HTTP/1.2 [] end"),
        decoded("GET /" + max + " HTTP/1.1\r\n\r\n", "GET /" + max + " HTTP/1.1 [] end"),
        decoded(
            "GET /?a=b%20c HTTP/1.1\r\nHost:a\r\nhost: \t b\t \r\nX:\r\n\r\n",
            "GET /?a=b%20c HTTP/1.1 [Host=a, host=b, X=] end"),
        decoded(
            "GET / HTTP/1.1\r\nHost: ab\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: ac\r\n\r\n"
                + "GET / HTTP/1.1\r\nhOST: ac\r\n\r\n",
            "GET / HTTP/1.1 [Host=ab] end GET / HTTP/1.1 [Host=ac] end"
                + " GET / HTTP/1.1 [hOST=ac] end"),
        decoded(
            "GET / HTTP/1.1\r\nX-A: a \t b\u00e4\r\nx-a: :\r\n\r\n",
            "GET / HTTP/1.1 [X-A=a \t b\u00e4, x-a=:] end"),
        decoded(
            "PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcdeGET /2 HTTP/1.1\r\n\r\n",
            "PUT / HTTP/1.1 [content-length=5] abcde end GET /2 HTTP/1.1 [] end"),
        decoded(
            "PUT / HTTP/1.1\r\ncontent-length: 0005\r\n\r\n\r\n\r\n\r",
            "PUT / HTTP/1.1 [content-length=5] \r\n\r\n\r end"),
        decoded(
            "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1 [Content-Length=0] end GET /2 HTTP/1.1 [] end"),
        decoded(chunked("0\r\n\r\n"), CHUNKED + "end"),
        decoded(chunked("5\r\nabcde\r\n0000\r\n\r\n"), CHUNKED + "abcde end"),
        decoded(
            chunked(
                "00000000000000a\r\n0123456789\r\nB;a;b=c;d=\"e\"\r\n0123456789a\r\n0 ;f\r\n\r\n"),
            CHUNKED + "01234567890123456789a end"),
        decoded(
            chunked("1\r\na\r\n0\r\nX-Sum: 5\r\nX: y\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"),
            CHUNKED + "a end [X-Sum=5, X=y] GET /2 HTTP/1.1 [] end"),
        decoded(
            chunked(
                "0\r\nContent-Length: 5\r\nTRANSFER-ENCODING: chunked\r\nHost:"
                    + " b\r\nContent-Length: 6\r\nX: y\r\n\r\n"),
            CHUNKED + "end [X=y]"));
  }

  private static Arguments refused(int status, String bytes) {
    return Arguments.of(status, bytes);
  }

  private static Arguments badChunks(String body) {
    return refused(400, chunked(body));
  }

  static List<Arguments> malformed() {
    return List.of(
        refused(400, "\n"),
        refused(400, "\r\n\r\n"),
        refused(400, " "),
        refused(400, "\u0016"),
        refused(400, "\u0000"),
        refused(400, "\u00e4"),
        refused(400, "GET /\r\n"),
        refused(400, "GET / HTTP/1.1\n"),
        refused(400, "GET / HTTP/1.1\rX\r\n"),
        refused(400, "GET  / HTTP/1.1\r\n"),
        refused(400, "GET /\u00e4 HTTP/1.1\r\n"),
        refused(505, "PRI * HTTP/2.0\r\n"),
        refused(414, "GET /" + "x".repeat(256)),
        refused(431, "GET / HTTP/1.1\r\nX: " + "y".repeat(1024)),
        refused(431, "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(9)),
        refused(431, "GET / HTTP/1.1\r\n" + ("X: " + "y".repeat(200) + "\r\n").repeat(5)),
        refused(400, "GET / HTTP/1.1\r\nX: a\r\n b: c\r\n"),
        refused(400, "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n"),
        refused(400, "GET / HTTP/1.1\r\nX : a\r\n"),
        refused(400, "GET / HTTP/1.1\r\nX\r\n"),
        refused(400, "GET / HTTP/1.1\r\nX: a\rb\r\n"),
        refused(400, "GET / HTTP/1.1\r\nX: a\u0000\r\n"),
        refused(400, "GET / HTTP/1.1\r\n\n"),
        refused(400, "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
        refused(400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        badChunks("\r\n"),
        badChunks("g\r\n"),
        badChunks("-1\r\n"),
        badChunks("80000000\r\n"),
        badChunks("fffffffffffffffff\r\n"),
        badChunks("00000000000000001\r\n"),
        badChunks("5 \r\n"),
        badChunks("5 a\r\n"),
        badChunks("5;a\n"),
        badChunks("5;\u0001\r\n"),
        badChunks("5;" + "a".repeat(5000)),
        badChunks(("1;" + "a".repeat(1000) + "\r\na\r\n").repeat(5)),
        badChunks("1\r\nab"),
        badChunks("1\r\na\n"),
        badChunks("1\r\na\rb"),
        badChunks("0\r\nX: y\n\r\n"),
        badChunks("0\r\nX: a\r\n b\r\n\r\n"),
        badChunks("0\r\nX y\r\n\r\n"),
        refused(431, chunked("0\r\n" + "X: y\r\n".repeat(9))));
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void decode_wellFormed_yieldsItHoweverItComes(String bytes, String messages) {
    for (int at = 0; at < bytes.length(); at++) {
      assertEquals(messages, decode(List.of(bytes.substring(0, at), bytes.substring(at))), bytes);
    }
    assertEquals(messages, decode(List.of(bytes.split("", -1))), bytes);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void decode_malformed_refusesItHoweverItComesAndReadsNoFurther(int status, String bytes) {
    String all = bytes + "\r\n\r\nGET /next HTTP/1.1\r\n\r\n";
    for (int at = 0; at < all.length(); at++) {
      assertRefused(status, List.of(all.substring(0, at), all.substring(at)));
    }
    assertRefused(status, List.of(all.split("", -1)));
    assertRefused(status, List.of(bytes));
  }

  private static void assertRefused(int status, List<String> pieces) {
    String messages = decode(pieces);
    String expected = "refused " + status;
    assertEquals(messages.length() - expected.length(), messages.indexOf(expected), messages);
  }

  @Test
  void decode_headThatHasBegun_isAnnouncedOnce() {
    List<Object> events = new ArrayList<>();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new RequestDecoder(LIMITS),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
              }

              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
              }
            });

    write(channel, "GET / HTTP/1.1\r\n\r\n");
    write(channel, "\r\n");
    assertEquals(List.of(), events);
    write(channel, "G");
    write(channel, "ET / HTTP/1.1\r\nHost");
    write(channel, ": a\r\n");
    assertEquals(List.of(FrontEvent.HEAD_BEGUN), events);
    write(channel, "\r\nG");
    assertEquals(List.of(FrontEvent.HEAD_BEGUN, FrontEvent.HEAD_BEGUN), events);
    channel.finishAndReleaseAll();
  }

  private static void write(EmbeddedChannel channel, String bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes(ISO_8859_1)));
  }

  /** Returns what the pieces are decoded to, as text. */
  private static String decode(List<String> pieces) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(LIMITS));
    pieces.forEach(piece -> write(channel, piece));
    StringBuilder text = new StringBuilder();
    for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
      describe(message, text);
      ReferenceCountUtil.release(message);
    }
    channel.finishAndReleaseAll();
    return text.toString().trim();
  }

  private static void describe(Object message, StringBuilder text) {
    DecoderResult result =
        message instanceof HttpContent content
            ? content.decoderResult()
            : ((HttpRequest) message).decoderResult();
    if (result.cause() instanceof RefusedException refused) {
      text.append(text.toString().endsWith(" ") ? "" : " ");
      text.append("refused ").append(refused.status().code());
      return;
    }
    if (message instanceof HttpRequest request) {
      text.append(text.length() == 0 || text.toString().endsWith(" ") ? "" : " ");
      text.append(request.method()).append(' ').append(request.uri()).append(' ');
      text.append(request.protocolVersion()).append(' ');
      text.append(request.headers().entries()).append(' ');
    }
    if (message instanceof HttpContent content) {
      text.append(content.content().toString(ISO_8859_1));
    }
    if (message instanceof LastHttpContent last) {
      text.append(text.toString().endsWith(" ") ? "" : " ").append("end");
      if (!last.trailingHeaders().isEmpty()) {
        text.append(' ').append(last.trailingHeaders().entries());
      }
      text.append(' ');
    }
  }
}
