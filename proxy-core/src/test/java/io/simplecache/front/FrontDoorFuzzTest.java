package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.testing.FuzzedFields;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Any bytes from a client: nothing throws, and no request comes in that was not sent. */
class FrontDoorFuzzTest {
  /** Small, so that short inputs reach them. */
  private static final ClientLimits LIMITS =
      ClientLimits.builder().maxRequestLine(256).maxHead(1024).maxFields(8).build();

  private static final byte[] NEXT = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1);

  @FuzzTest
  void authority(byte[] input) {
    String value = FuzzedFields.value(input);
    if (Authority.isValid(value)) {
      assertTrue(value.chars().allMatch(c -> c > ' ' && c < 0x7f && "/@?#\\\"<>".indexOf(c) < 0));
    }
  }

  /**
   * Requests that the codec lets in, against those that a strict reader finds in the same bytes:
   * each that is complete is one that was sent, with its fields and its content. Where it gives up,
   * nothing follows; in one piece or in two, the same comes in; no buffer is kept.
   */
  @FuzzTest
  void requests(byte[] input) {
    List<Received> received = received(List.of(input));
    int at = Math.floorMod(Arrays.hashCode(input), input.length + 1);
    assertEquals(
        received,
        received(List.of(Arrays.copyOf(input, at), Arrays.copyOfRange(input, at, input.length))),
        () -> "split at " + at + ": " + new String(input, ISO_8859_1));
    MessageReader reader = MessageReader.tolerant();
    reader.append(Unpooled.wrappedBuffer(input));
    for (Received request : received) {
      if (!request.isComplete()) {
        break;
      }
      Message sent = reader.nextRequest();
      assertNotNull(sent, () -> request + " was not sent");
      assertEquals(sent.head().startLine(), request.startLine());
      assertEquals(fieldsOf(sent.head().lines()), request.fields());
      assertEquals(new String(sent.body(), ISO_8859_1), request.body());
      assertTrue(fieldsOf(sent.trailers()).containsAll(request.trailers()));
    }
  }

  private static List<String> fieldsOf(List<String> lines) {
    return lines.stream()
        .map(line -> line.split(":", 2))
        .map(parts -> field(parts[0], parts[1].replaceAll("^[ \t]+|[ \t]+\\z", "")))
        .sorted()
        .toList();
  }

  private static List<String> fieldsOf(HttpHeaders fields) {
    return fields.entries().stream()
        .map(field -> field(field.getKey(), field.getValue()))
        .sorted()
        .toList();
  }

  /** The decoder writes a length anew, without zeros before it. */
  private static String field(String name, String value) {
    return name.equalsIgnoreCase("Content-Length")
        ? "content-length=" + value.replaceAll("^0+(?=[0-9])", "")
        : name + "=" + value;
  }

  /**
   * A request as it came in, or what came of it.
   *
   * @param end how it ended: empty if it did not
   */
  private record Received(
      String startLine, List<String> fields, String body, List<String> trailers, String end) {
    boolean isComplete() {
      return end.equals("complete");
    }
  }

  /** Returns what comes in when these pieces are read one after the other. */
  private static List<Received> received(List<byte[]> pieces) {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(/* preferDirect= */ false);
    EmbeddedChannel channel = new EmbeddedChannel(new ClientCodec(LIMITS));
    channel.config().setAllocator(allocator);
    List<Received> received = new ArrayList<>();
    for (byte[] piece : pieces) {
      channel.writeInbound(allocator.heapBuffer(piece.length + 1).writeBytes(piece));
      read(channel, received);
    }
    if (isRefused(received)) {
      channel.writeInbound(allocator.heapBuffer().writeBytes(NEXT));
      assertNull(channel.readInbound(), "a request behind one that was refused");
    }
    channel.finishAndReleaseAll();
    assertEquals(0, allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory());
    return received;
  }

  private static boolean isRefused(List<Received> received) {
    return !received.isEmpty() && received.get(received.size() - 1).end().startsWith("refused");
  }

  private static void read(EmbeddedChannel channel, List<Received> received) {
    for (Object m = channel.readInbound(); m != null; m = channel.readInbound()) {
      assertFalse(isRefused(received), "a message behind one that was refused");
      if (m instanceof HttpRequest request) {
        String startLine = request.method() + " " + request.uri() + " " + request.protocolVersion();
        received.add(
            new Received(startLine, fieldsOf(request.headers()), "", List.of(), /* end= */ ""));
        check(request);
      }
      if (m instanceof HttpContent content) {
        int last = received.size() - 1;
        received.set(last, with(received.get(last), content));
      }
      ReferenceCountUtil.release(m);
    }
  }

  private static void check(HttpRequest request) {
    try {
      new RequestCheck(/* secure= */ false).check(request);
    } catch (RefusedException anAnswer) {
      // As good as any other.
    }
  }

  private static Received with(Received begun, HttpContent content) {
    assertEquals("", begun.end(), "content behind the end");
    String end = "";
    List<String> trailers = List.of();
    if (content instanceof LastHttpContent last) {
      Throwable cause = last.decoderResult().cause();
      end = cause == null ? "complete" : "refused: " + cause.getMessage();
      trailers = fieldsOf(last.trailingHeaders());
    }
    String body = begun.body() + content.content().toString(ISO_8859_1);
    return new Received(begun.startLine(), begun.fields(), body, trailers, end);
  }
}
