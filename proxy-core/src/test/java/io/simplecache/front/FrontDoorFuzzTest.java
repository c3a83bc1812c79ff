package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.simplecache.testing.FuzzedFields;
import io.simplecache.testing.MessageReader;
import io.simplecache.testing.MessageReader.Malformed;

/** Any bytes from a client: nothing throws, and no request comes in that was not sent. */
class FrontDoorFuzzTest {
  @FuzzTest
  void authority(byte[] input) {
    String value = FuzzedFields.value(input);
    if (Authority.isValid(value)) {
      assertTrue(value.chars().allMatch(c -> c > ' ' && c < 0x7f && "/@?#\\\"<>".indexOf(c) < 0));
    }
  }

  /**
   * Requests that the codec and the check let in, against those that a strict reader finds in the
   * same bytes: at most one more, where they differ about the one at which the reader gives up, for
   * nothing behind that may be let in.
   */
  @FuzzTest
  void requests(byte[] input) {
    int accepted = 0;
    EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec());
    channel.writeInbound(Unpooled.wrappedBuffer(input));
    boolean open = true;
    for (Object m = channel.readInbound(); m != null; m = channel.readInbound()) {
      if (open && m instanceof HttpRequest request) {
        open =
            RequestCheck.check(request, /* secure= */ false)
                instanceof RequestCheck.Verdict.Accepted;
        accepted += open ? 1 : 0;
      }
      ReferenceCountUtil.release(m);
    }
    channel.finishAndReleaseAll();
    int sent = sent(input);
    int counted = accepted;
    assertTrue(
        accepted <= sent,
        () -> counted + " requests of " + sent + " in " + new String(input, ISO_8859_1));
  }

  private static int sent(byte[] input) {
    MessageReader reader = new MessageReader();
    reader.append(Unpooled.wrappedBuffer(input));
    int complete = 0;
    try {
      while (reader.nextRequest() != null) {
        complete++;
      }
    } catch (Malformed | NumberFormatException e) {
      // Its framing is what it may be taken for, so nothing that follows counts.
    }
    // The last one need not be complete to come in.
    return complete + 1;
  }
}
