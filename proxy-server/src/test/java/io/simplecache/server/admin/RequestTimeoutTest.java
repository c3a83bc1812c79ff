package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestTimeoutTest {
  private final RequestTimeout timeout = new RequestTimeout(5);
  private final EmbeddedChannel channel = new EmbeddedChannel(timeout);

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  private void receive(String bytes) {
    ByteBuf read = Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII);
    channel.writeInbound(read);
  }

  @Test
  void silence_fromTheBeginning_isClosed() {
    pass(6);
    assertFalse(channel.isOpen());
  }

  @Test
  void request_inDrips_isClosed() {
    for (int i = 0; i < 4; i++) {
      receive("G");
      pass(1);
    }
    assertTrue(channel.isOpen());
    pass(2);
    assertFalse(channel.isOpen());
  }

  @Test
  void request_afterAnother_hasATimeOfItsOwn() {
    receive("GET");
    pass(4);
    timeout.requestComplete();
    pass(50);
    assertTrue(channel.isOpen());

    receive("G");
    pass(4);
    assertTrue(channel.isOpen());
    pass(2);
    assertFalse(channel.isOpen());
  }
}
