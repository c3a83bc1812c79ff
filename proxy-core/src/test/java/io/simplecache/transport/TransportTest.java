package io.simplecache.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {
  @ParameterizedTest
  @EnumSource
  void of_loopMadeByATransport_isThatTransport(Transport transport) {
    assumeTrue(transport.isAvailable(), () -> transport + " is not available here");
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, transport.newHandlerFactory());
    try {
      assertEquals(transport, Transport.of(group.next()));
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void of_otherLoop_isNio() {
    EmbeddedChannel channel = new EmbeddedChannel();
    assertEquals(Transport.NIO, Transport.of(channel.eventLoop()));
    channel.finishAndReleaseAll();
  }
}
