package io.simplecache.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The client with a name server that changes its mind. */
@Timeout(30)
class NameResolutionTest {
  private static final String ONE = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none";
  private static final String TWO = ONE.replace("one", "two");
  private static final byte[] FIRST = {127, 0, 0, 1};
  private static final byte[] SECOND = {127, 0, 0, 2};
  private static final Duration AT_ONCE = Duration.ofNanos(1);

  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 1, NioIoHandler.newFactory());

  private final EventLoop loop = GROUP.next();
  private final AtomicInteger queries = new AtomicInteger();
  private volatile byte[] address = FIRST;
  private volatile int ttlSeconds;
  private Channel nameServer;
  private Resolvers resolvers;

  @BeforeEach
  void startNameServer() {
    nameServer =
        new Bootstrap()
            .group(GROUP)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<DatagramChannel>() {
                  @Override
                  protected void initChannel(DatagramChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answerer());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    resolvers =
        new Resolvers(
            new SingletonDnsServerAddressStreamProvider(
                (InetSocketAddress) nameServer.localAddress()));
  }

  /** Answers each question with the one address. */
  private final class Answerer extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      queries.incrementAndGet();
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
      response.addRecord(DnsSection.QUESTION, question);
      response.addRecord(
          DnsSection.ANSWER,
          new DefaultDnsRawRecord(
              question.name(), DnsRecordType.A, ttlSeconds, Unpooled.wrappedBuffer(address)));
      ctx.writeAndFlush(response);
    }
  }

  @AfterEach
  void stopNameServer() {
    resolvers.close();
    nameServer.close().syncUninterruptibly();
  }

  @AfterAll
  static void stop() {
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** As in a container without a network. Forbidden outcome: a public server learns names. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void resolvConf_withoutNameServers_isTheLocalOne(@TempDir Path directory) throws Exception {
    Path empty = Files.writeString(directory.resolve("resolv.conf"), "# nothing\n");

    for (Path file : List.of(empty, directory.resolve("nowhere"))) {
      DnsServerAddressStream asked =
          Resolvers.nameServers(file.toFile()).nameServerAddressStream("origin.example");
      assertEquals(1, asked.size());
      assertEquals(new InetSocketAddress(InetAddress.getByAddress(FIRST), 53), asked.next());
    }
  }

  private OriginClient client(int port, Duration maxConnectionAge) {
    OriginConfig byAddress = Configs.of(s -> s.maxConnectionAge(maxConnectionAge), port);
    OriginConfig byName =
        new OriginConfig(
            List.of(new OriginAddress("origin.example", port, /* ssl= */ null)),
            byAddress.settings(),
            byAddress.connectTimeout(),
            byAddress.headTimeout(),
            byAddress.idleTimeout(),
            byAddress.keepAliveTimeout(),
            byAddress.maxIdleConnections(),
            byAddress.maxHeadBytes());
    return new OriginClient(byName, resolvers, new Origins());
  }

  private String fetch(OriginClient client) throws Exception {
    FetchRecorder recorder = new FetchRecorder();
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set(HttpHeaderNames.HOST, "a");
    loop.submit(
            () ->
                client.fetch(loop, request, /* hasBody= */ false, /* retryable= */ true, recorder))
        .get();
    return recorder.over.get(10, TimeUnit.SECONDS);
  }

  /** Three fetches, and another address after the first. */
  private List<String> fetchWhileTheAddressChanges(Duration maxConnectionAge) throws Exception {
    try (RawOrigin one = new RawOrigin(List.of(ONE, ONE, ONE), List.of(ONE), List.of(ONE));
        RawOrigin two =
            new RawOrigin(
                InetAddress.getByAddress(SECOND), one.port(), List.of(TWO, TWO), List.of(TWO))) {
      OriginClient client = client(one.port(), maxConnectionAge);
      String first = fetch(client);
      address = SECOND;
      List<String> told = List.of(first, fetch(client), fetch(client));
      client.close().syncUninterruptibly();
      assertEquals(
          told.stream().filter(answer -> answer.contains("two")).count(), two.requests().size());
      return told;
    }
  }

  @Test
  void address_changedAndTtlOver_isFollowed() throws Exception {
    ttlSeconds = 0;
    assertEquals(
        List.of("200 [one] end", "200 [two] end", "200 [two] end"),
        fetchWhileTheAddressChanges(AT_ONCE));
  }

  @Test
  void address_changedWithinItsTtl_isNotAskedAgain() throws Exception {
    ttlSeconds = 3600;
    assertEquals(
        List.of("200 [one] end", "200 [one] end", "200 [one] end"),
        fetchWhileTheAddressChanges(AT_ONCE));
    assertEquals(1, queries.get());
  }

  @Test
  void address_changed_doesNotEndAConnectionThatIsYoung() throws Exception {
    ttlSeconds = 0;
    assertEquals(
        List.of("200 [one] end", "200 [one] end", "200 [one] end"),
        fetchWhileTheAddressChanges(Duration.ofHours(1)));
    assertEquals(1, queries.get());
  }
}
