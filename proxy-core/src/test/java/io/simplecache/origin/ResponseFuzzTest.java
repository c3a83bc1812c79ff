package io.simplecache.origin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Malformed;
import io.simplecache.testing.MessageReader.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes from an origin, in answer to GET and to HEAD: nothing throws; in one piece or in two,
 * they are the same response; it has no more content than its framing says, and what a strict
 * reader finds; after what is malformed nothing follows; no buffer is kept.
 */
class ResponseFuzzTest {
  /** Small, so that short inputs reach them. */
  private static final int MAX_HEAD_BYTES = 1024;

  private static final int MAX_FIELDS = 8;

  private static final byte[] NEXT =
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na".getBytes(ISO_8859_1);

  @FuzzTest
  void responses(byte[] input) {
    for (boolean toHead : new boolean[] {false, true}) {
      List<Received> received = received(List.of(input), toHead);
      int at = Math.floorMod(Arrays.hashCode(input), input.length + 1);
      byte[] first = Arrays.copyOf(input, at);
      byte[] second = Arrays.copyOfRange(input, at, input.length);
      assertEquals(
          received,
          received(List.of(first, second), toHead),
          () -> "split at " + at + ", HEAD " + toHead + ": " + new String(input, ISO_8859_1));
      received.forEach(
          response -> assertTrue(response.isWithinFraming(toHead), response::toString));
      assertEqualToStrictlyRead(input, toHead, received);
    }
  }

  private static void assertEqualToStrictlyRead(
      byte[] input, boolean toHead, List<Received> received) {
    Message sent = strictlyRead(input, toHead);
    Received last = received.isEmpty() ? null : received.get(received.size() - 1);
    if (sent == null || last == null || !last.end().startsWith("complete")) {
      return;
    }
    assertEquals(sent.head().status(), last.status());
    assertEquals(new String(sent.body(), ISO_8859_1), last.body());
  }

  private static @Nullable Message strictlyRead(byte[] input, boolean toHead) {
    MessageReader reader = MessageReader.tolerant();
    reader.append(Unpooled.wrappedBuffer(input));
    try {
      return reader.nextResponse(toHead);
    } catch (Malformed | NumberFormatException e) {
      return null;
    }
  }

  /**
   * A response as it was decoded.
   *
   * @param length what Content-Length says, or -1
   * @param coding what Transfer-Encoding says, which may be nothing; null if there is none
   * @param end empty if it has none
   */
  private record Received(
      int status,
      List<String> fields,
      long length,
      @Nullable String coding,
      String body,
      String end) {
    /** {@link OriginConnection} closes at such a head, whatever follows. */
    boolean isRefused() {
      return status < 100 || status == 101 || (coding != null && !isChunked());
    }

    boolean isInformational() {
      return status >= 100 && status < 200;
    }

    private boolean isChunked() {
      return "chunked".equalsIgnoreCase(coding);
    }

    boolean isWithinFraming(boolean toHead) {
      if (body.isEmpty() || end.equals("malformed")) {
        return true;
      }
      boolean none = toHead || status == 204 || status == 304 || isInformational();
      return !none && (length < 0 || isChunked() || body.length() <= length);
    }

    private Received with(HttpContent content) {
      assertEquals("", end, "content behind the end");
      boolean malformed = content.decoderResult().isFailure();
      String fate = "";
      if (malformed) {
        fate = "malformed";
      } else if (content instanceof LastHttpContent last) {
        fate = last.trailingHeaders().isEmpty() ? "complete" : "complete" + last.trailingHeaders();
      }
      return new Received(
          status, fields, length, coding, body + content.content().toString(ISO_8859_1), fate);
    }
  }

  /** Returns what these pieces are decoded to, and the end of the connection behind them. */
  private static List<Received> received(List<byte[]> pieces, boolean toHead) {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(/* preferDirect= */ false);
    ResponseDecoder decoder = new ResponseDecoder(MAX_HEAD_BYTES, MAX_FIELDS);
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel.config().setAllocator(allocator);
    decoder.expect(toHead);
    List<Received> received = new ArrayList<>();
    for (byte[] piece : pieces) {
      channel.writeInbound(allocator.heapBuffer(piece.length + 1).writeBytes(piece));
      read(channel, received);
    }
    if (isOver(received)) {
      // Nothing of this may be taken for a response. The end of the connection may well be noticed.
      channel.writeInbound(allocator.heapBuffer().writeBytes(NEXT));
      read(channel, received);
      channel.finishAndReleaseAll();
    } else {
      channel.finish();
      read(channel, received);
    }
    assertEquals(0, allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory());
    return received;
  }

  private static boolean isOver(List<Received> received) {
    if (received.isEmpty()) {
      return false;
    }
    Received last = received.get(received.size() - 1);
    return last.end().equals("malformed") || (!last.end().isEmpty() && !last.isInformational());
  }

  private static boolean isRefused(List<Received> received) {
    return !received.isEmpty()
        && !received.get(received.size() - 1).end().equals("malformed")
        && received.get(received.size() - 1).isRefused();
  }

  private static void read(EmbeddedChannel channel, List<Received> received) {
    for (Object m = channel.readInbound(); m != null; m = channel.readInbound()) {
      if (isRefused(received)) {
        ReferenceCountUtil.release(m);
        continue;
      }
      if (m instanceof ByteBuf) {
        // Surplus, for which the connection is closed.
        assertTrue(isOver(received), "bytes that are no response within one");
      } else if (!isOver(received)) {
        add((HttpObject) m, received);
      } else {
        fail("behind the end: " + m);
      }
      ReferenceCountUtil.release(m);
    }
  }

  private static void add(HttpObject decoded, List<Received> received) {
    if (decoded instanceof HttpResponse response) {
      received.add(begun(response));
    }
    if (decoded instanceof HttpContent content) {
      int last = received.size() - 1;
      received.set(last, received.get(last).with(content));
    }
  }

  private static Received begun(HttpResponse response) {
    DecoderResult result = response.decoderResult();
    if (result.isFailure()) {
      // Where in the head it was noticed depends on how much of it was there.
      return new Received(0, List.of(), -1, /* coding= */ null, "", /* end= */ "");
    }
    List<String> fields = response.headers().entries().stream().map(Object::toString).toList();
    return new Received(
        response.status().code(),
        fields,
        response.headers().contains(HttpHeaderNames.CONTENT_LENGTH) ? lengthOf(response) : -1,
        response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
            ? String.join(",", response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING))
            : null,
        "",
        /* end= */ "");
  }

  private static long lengthOf(HttpResponse response) {
    return Long.parseLong(response.headers().get(HttpHeaderNames.CONTENT_LENGTH));
  }
}
