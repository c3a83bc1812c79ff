package io.simplecache.origin;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** For tests of a connection that has been asked by GET, where time passes when it is told to. */
abstract class EmbeddedConnection {
  final OriginPool pool;
  final EmbeddedChannel channel = new EmbeddedChannel();
  final OriginConnection connection;
  private final Resolvers resolvers = new Resolvers();
  private final OriginClient client;

  EmbeddedConnection(OriginConfig config) {
    pool = new OriginPool(config);
    client = new OriginClient(config, resolvers, new Origins());
    ResponseDecoder decoder =
        new ResponseDecoder(config.maxHeadBytes(), config.settings().maxFields());
    connection = new OriginConnection(pool, config, decoder);
    channel.freezeTime();
    channel.pipeline().addLast(decoder, new HttpRequestEncoder(), connection);
  }

  @BeforeEach
  void send() {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    OriginFetch fetch =
        new OriginFetch(
            client,
            channel.eventLoop(),
            request,
            /* hasBody= */ false,
            /* retryable= */ false,
            new FetchRecorder());
    connection.send(request, /* hasBody= */ false, fetch);
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
    resolvers.close();
  }

  void receive(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
  }

  void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }
}
