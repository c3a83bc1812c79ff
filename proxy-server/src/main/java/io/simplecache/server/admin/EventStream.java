package io.simplecache.server.admin;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderValues.CHUNKED;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Server-sent events to those who look at the page. Thread: the event loop of the listener, where
 * nothing else is said. A client that does not keep up misses events; nothing is queued for it.
 */
final class EventStream {
  static final String TYPE = "text/event-stream; charset=utf-8";
  private static final int MAX_SUBSCRIBERS = 16;

  private final EventExecutor loop;
  private final ChannelGroup subscribers;
  private final Supplier<byte[]> greeting;

  /**
   * Makes one.
   *
   * @param loop of the listener
   * @param greeting the data of the event {@code history}, which every subscriber gets first
   */
  EventStream(EventExecutor loop, Supplier<byte[]> greeting) {
    this.loop = loop;
    this.subscribers = new DefaultChannelGroup(loop);
    this.greeting = greeting;
  }

  /** Starts to send events, if there are not too many subscribers already; returns whether. */
  boolean subscribe(ChannelHandlerContext ctx) {
    if (subscribers.size() >= MAX_SUBSCRIBERS) {
      Responses.sendAndClose(
          ctx,
          Reply.problem(
              SERVICE_UNAVAILABLE,
              "too many streams (expected: at most %d)".formatted(MAX_SUBSCRIBERS),
              Map.of("retry-after", "10")));
      return false;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, OK);
    Responses.addCommon(head.headers(), TYPE);
    head.headers().set(TRANSFER_ENCODING, CHUNKED).set(CONNECTION, CLOSE);
    Channel channel = ctx.channel();
    ctx.write(head);
    ctx.writeAndFlush(new DefaultHttpContent(event(channel, "history", greeting.get())));
    subscribers.add(channel);
    return true;
  }

  boolean isEmpty() {
    return subscribers.isEmpty();
  }

  /** Sends {@code data}, one line of JSON, to everybody who keeps up. */
  void publish(String name, byte[] data) {
    for (Channel channel : subscribers) {
      if (channel.isWritable()) {
        channel.writeAndFlush(new DefaultHttpContent(event(channel, name, data)));
      }
    }
  }

  /** Ends all streams, those too that are just being let in. Any thread. */
  void closeAll() {
    // A call that was let in subscribes in a task of its own, which stands before the second one.
    loop.execute(() -> loop.execute(subscribers::close));
  }

  private static ByteBuf event(Channel channel, String name, byte[] data) {
    ByteBuf event = channel.alloc().buffer(data.length + 64);
    event.writeCharSequence("event: " + name + "\ndata: ", StandardCharsets.US_ASCII);
    event.writeBytes(data);
    event.writeShort('\n' << 8 | '\n');
    return event;
  }
}
