package io.simplecache.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.simplecache.CachingProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Request bodies in chunks that are none (RFC 9112 §7.1). The origin accepts and is silent. */
@Timeout(30)
class ChunkedRequestTest {
  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private static ServerSocket origin;
  private static CachingProxy proxy;
  private static Channel listener;

  @BeforeAll
  static void start() throws IOException {
    origin = new ServerSocket(0, /* backlog= */ 200, InetAddress.getLoopbackAddress());
    proxy = CachingProxy.builder().origin("http://127.0.0.1:" + origin.getLocalPort()).build();
    listener =
        new ServerBootstrap()
            .group(GROUP)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    client.pipeline().addLast(new HttpServerCodec(), proxy.newHandler());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  @AfterAll
  static void stop() throws Exception {
    listener.close().sync();
    proxy.closeAsync().toCompletableFuture().get(5, TimeUnit.SECONDS);
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    origin.close();
  }

  static List<Arguments> chunks() {
    return List.of(
        Arguments.of("no size", "\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size not hex", "g\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with 0x", "0x5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with plus", "+5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with minus", "-5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with inner space", "0 5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with underscore", "0_5\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size beyond int", "100000005\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size beyond long", "10000000000000005\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size with NUL", "5\u0000\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size ended by LF", "5\nabcde\r\n0\r\n\r\n"),
        Arguments.of("size ended by CR", "5\rabcde\r\n0\r\n\r\n"),
        Arguments.of("extension ended by LF", "5;a\nabcde\r\n0\r\n\r\n"),
        Arguments.of("extension with CR", "5;a\rb\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("extension with NUL", "5;a\u0000b\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("extension too long", "5;" + "a".repeat(9000) + "\r\nabcde\r\n0\r\n\r\n"),
        Arguments.of("data too long", "5\r\nabcdef\r\n0\r\n\r\n"),
        Arguments.of("data ended by LF", "5\r\nabcde\n0\r\n\r\n"),
        Arguments.of("data ended by nothing", "5\r\nabcde0\r\n\r\n"),
        Arguments.of("trailer without colon", "0\r\nX-A b\r\n\r\n"),
        Arguments.of("trailer with bad name", "0\r\nX A: b\r\n\r\n"),
        Arguments.of("trailer with space before colon", "0\r\nX-A : b\r\n\r\n"),
        Arguments.of("trailer with control", "0\r\nX-A: b\u0001\r\n\r\n"),
        Arguments.of("trailer ended by LF", "0\r\nX-A: b\n\r\n"),
        Arguments.of("last chunk ended by LF", "0\n\r\n"),
        Arguments.of("end ended by LF", "0\r\n\n"),
        Arguments.of("trailers too big", "0\r\n" + "X-A: aaaaaaaaaaaaa\r\n".repeat(500) + "\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chunks")
  void body_malformedChunks_isRefusedOnceAndTheConnectionClosed(String name, String body)
      throws IOException {
    String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    String next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    String answer = exchange(head + body + next);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), () -> name + ": " + answer);
    assertEquals(1, answer.split("HTTP/1\\.1 \\d", -1).length - 1, () -> name + ": " + answer);
  }

  /** Returns all that comes until the other side closes. */
  private static String exchange(String request) throws IOException {
    try (Socket client = new Socket()) {
      client.connect((InetSocketAddress) listener.localAddress());
      client.setSoTimeout(1_000);
      client.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}
