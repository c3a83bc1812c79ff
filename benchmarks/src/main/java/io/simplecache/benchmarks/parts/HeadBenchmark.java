package io.simplecache.benchmarks.parts;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing the head of a request and writing that of a response, by the codec in use. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class HeadBenchmark {
  private final EmbeddedChannel decoder = new EmbeddedChannel(new HttpRequestDecoder());
  private final EmbeddedChannel encoder = new EmbeddedChannel(new HttpResponseEncoder());
  private ByteBuf request = Unpooled.EMPTY_BUFFER;
  private final ByteBuf body =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeZero(Sample.BODY_BYTES));
  private final HttpHeaders fields = readOnly(Sample.response().fields());

  /** Who sends the request. */
  @Param({"wrk", "browser"})
  String client = "";

  /** Renders the request. */
  @Setup
  public void render() {
    byte[] bytes = Sample.requestBytes(client, "/articles/42");
    request = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(bytes).asReadOnly());
  }

  private static HttpHeaders readOnly(HttpHeaders fields) {
    CharSequence[] namesAndValues = new CharSequence[fields.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> field : fields) {
      namesAndValues[i++] = AsciiString.of(field.getKey());
      namesAndValues[i++] = AsciiString.of(field.getValue());
    }
    return new ReadOnlyHttpHeaders(/* validateHeaders= */ false, namesAndValues);
  }

  /** Releases what the channels hold. */
  @TearDown
  public void close() {
    decoder.finishAndReleaseAll();
    encoder.finishAndReleaseAll();
  }

  @Benchmark
  public int parse() {
    decoder.writeInbound(request.duplicate());
    return drain(decoder.inboundMessages());
  }

  @Benchmark
  public int write() {
    encoder.writeOutbound(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            body.duplicate(),
            fields,
            EmptyHttpHeaders.INSTANCE));
    return drain(encoder.outboundMessages());
  }

  private static int drain(Queue<Object> messages) {
    int drained = 0;
    for (Object message = messages.poll(); message != null; message = messages.poll()) {
      ReferenceCountUtil.release(message);
      drained++;
    }
    return drained;
  }
}
