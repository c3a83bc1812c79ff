package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.simplecache.CachingProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of clients that want too much, with the time of the channel. There is no origin:
 * what comes in is answered with 502, or waits for its content.
 */
class ClientLimitsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private CachingProxy proxy = proxy(limits -> {});

  private CachingProxy proxy(Consumer<ClientLimits.Builder> limits) {
    return CachingProxy.builder().origin("http://127.0.0.1:1").clientLimits(limits).build();
  }

  private void limit(Consumer<ClientLimits.Builder> limits) {
    proxy.close();
    proxy = proxy(limits);
  }

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertEquals(0, proxy.clientStatistics().connections());
    proxy.close();
  }

  /** A client's connection, with an address. */
  private static final class ClientChannel extends EmbeddedChannel {
    private final SocketAddress remote;

    private ClientChannel(SocketAddress remote) {
      super(
          /* parent= */ (Channel) null,
          DefaultChannelId.newInstance(),
          /* register= */ false,
          /* hasDisconnect= */ false);
      this.remote = remote;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
      return isActive() ? remote : null;
    }
  }

  private EmbeddedChannel connect(String address) {
    try {
      return connect(new InetSocketAddress(InetAddress.getByName(address), 4711));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private EmbeddedChannel connect(SocketAddress address) {
    ClientChannel channel = new ClientChannel(address);
    channels.add(channel);
    try {
      channel.register();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    channel.freezeTime();
    channel.pipeline().addLast(proxy.newCodec(), proxy.newHandler());
    return channel;
  }

  private EmbeddedChannel connect() {
    return connect("192.0.2.1");
  }

  private static void send(EmbeddedChannel channel, String bytes) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes(ISO_8859_1)));
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  private static void after(EmbeddedChannel channel, long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runPendingTasks();
  }

  private static String received(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(ISO_8859_1));
      out.release();
    }
    return text.toString();
  }

  private static void assertAnswered(int status, String text) {
    assertTrue(text.startsWith("HTTP/1.1 " + status + " "), text);
  }

  // ---- time

  @Test
  void newConnection_sendsNothing_isClosedWithoutAWord() {
    EmbeddedChannel client = connect();
    after(client, 29);
    assertTrue(client.isOpen());
    after(client, 1);
    assertEquals("", received(client));
    assertFalse(client.isOpen());
    assertEquals(0, proxy.clientStatistics().slowClients());
  }

  @Test
  void slowHead_aByteEachSecond_is408AfterTheTimeOfTheWholeHead() {
    EmbeddedChannel client = connect();
    after(client, 10);
    for (int i = 0; i < 29; i++) {
      send(client, "G");
      after(client, 1);
    }
    assertTrue(client.isOpen());
    assertEquals("", received(client));
    after(client, 1);
    assertAnswered(408, received(client));
    after(client, 2);
    assertFalse(client.isOpen());
    assertEquals(1, proxy.clientStatistics().slowClients());
  }

  @Test
  void slowHead_ofALaterRequest_hasTheTimeOfAHeadNotOfKeepAlive() {
    EmbeddedChannel client = connect();
    send(client, GET);
    assertAnswered(502, received(client));
    after(client, 60);
    send(client, "G");
    after(client, 29);
    assertTrue(client.isOpen());
    after(client, 1);
    assertAnswered(408, received(client));
  }

  @Test
  void idleConnection_isClosedAfterKeepAlive() {
    EmbeddedChannel client = connect();
    send(client, GET);
    assertAnswered(502, received(client));
    after(client, 74);
    assertTrue(client.isOpen());
    after(client, 1);
    assertEquals("", received(client));
    assertFalse(client.isOpen());
  }

  // ---- number and size

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "2001:db8::1, 2001:db8::ffff:1, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
  })
  void connections_ofOneAddress_areLimited(String address, String other, boolean same) {
    limit(limits -> limits.maxConnectionsPerAddress(2));
    EmbeddedChannel first = connect(address);
    connect(address);
    EmbeddedChannel third = connect(other);

    assertEquals(same ? 1 : 0, proxy.clientStatistics().refusedConnections());
    if (same) {
      String text = received(third);
      assertAnswered(503, text);
      assertTrue(text.contains("\r\nretry-after: 10\r\n"), text);
      assertTrue(text.contains("\r\nconnection: close\r\n"), text);
      send(third, GET);
      assertEquals("", received(third));
      after(third, 2);
      assertFalse(third.isOpen());
    }
    first.close();
    send(connect(other), GET);
    assertEquals(same ? 1 : 0, proxy.clientStatistics().refusedConnections());
  }

  @Test
  void connections_inAll_areLimited() {
    limit(limits -> limits.maxConnections(2));
    EmbeddedChannel first = connect("192.0.2.1");
    connect("192.0.2.2");
    assertAnswered(503, received(connect("192.0.2.3")));
    first.close();
    EmbeddedChannel again = connect("192.0.2.4");
    send(again, GET);
    assertAnswered(502, received(again));
    assertEquals(1, proxy.clientStatistics().refusedConnections());
  }

  @Test
  void connections_withoutLimit_areNotRefused() {
    limit(limits -> limits.maxConnections(0).maxConnectionsPerAddress(0));
    for (int i = 0; i < 1100; i++) {
      connect();
    }
    assertEquals(1100, proxy.clientStatistics().connections());
    assertEquals(0, proxy.clientStatistics().refusedConnections());
  }

  @Test
  void requests_ofOneConnection_areLimited() {
    limit(limits -> limits.maxRequestsPerConnection(2));
    EmbeddedChannel client = connect();
    send(client, GET);
    String first = received(client);
    assertAnswered(502, first);
    assertFalse(first.contains("connection: close"), first);
    send(client, GET);
    String second = received(client);
    assertAnswered(502, second);
    assertTrue(second.contains("\r\nconnection: close\r\n"), second);
    send(client, GET);
    assertEquals("", received(client));
    after(client, 2);
    assertFalse(client.isOpen());
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 11, '', 413",
    "Content-Length: 10, 0123456789, 502",
  })
  void body_declaredLargerThanAllowed_is413(String field, String body, int status) {
    limit(limits -> limits.maxBody(10));
    EmbeddedChannel client = connect();
    send(client, POST + field + "\r\n\r\n" + body);
    assertAnswered(status, received(client));
  }

  // ---- the end of the input

  @Test
  void inputEnds_withNothingUnderWay_closes() {
    EmbeddedChannel client = connect();
    client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertFalse(client.isOpen());
  }

  @Test
  void inputEnds_inAHead_closes() {
    EmbeddedChannel client = connect();
    send(client, "GET / HT");
    client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertEquals("", received(client));
    assertFalse(client.isOpen());
  }

  // ---- bounds

  @Test
  void build_outOfBounds_saysWhatWasExpected() {
    assertEquals(
        "maxFields: 7 (expected: >= 8 fields)",
        assertThrows(
                IllegalArgumentException.class, () -> ClientLimits.builder().maxFields(7).build())
            .getMessage());
    assertEquals(
        "clientHeadTimeout: PT0S (expected: > 0)",
        assertThrows(
                IllegalArgumentException.class,
                () -> ClientLimits.builder().headTimeout(Duration.ZERO).build())
            .getMessage());
  }
}
