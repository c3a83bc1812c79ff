package io.simplecache.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.simplecache.message.HeadFields;
import java.util.List;

/**
 * Decodes one response at a time, when it is told to expect one: 1xx responses, the final one, its
 * content. A head that leaves the {@link HeadGrammar} becomes a response whose decoder result is a
 * failure, and nothing follows it. Bytes that come when no response is expected are passed on as a
 * buffer, as they are: they must not become the head of the next response.
 *
 * <p>Thread: the channel's event loop.
 */
final class ResponseDecoder extends HttpResponseDecoder {
  private static final int MAX_CHUNK_BYTES = 64 * 1024;

  /** Of the status line, and of a chunk's size with its extensions. */
  private static final int MAX_LINE_BYTES = 8 * 1024;

  private final HeadGrammar grammar;
  private boolean expecting;
  private boolean toHead;
  private boolean broken;
  private boolean inHead;
  private boolean informational;

  /** How many of the bytes that Netty has not consumed were held against the grammar. */
  private int checkedBytes;

  ResponseDecoder(int maxHeadBytes, int maxFields) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(maxHeadBytes)
            .setMaxChunkSize(MAX_CHUNK_BYTES)
            .setStrictLineParsing(true)
            .setHeadersFactory(HeadFields.OF_DECODER)
            .setUseRfc9112TransferEncoding(true));
    grammar = new HeadGrammar(maxFields);
  }

  /**
   * A request is being sent.
   *
   * @param head whether it is HEAD, whose response has no content (RFC 9112 §6.3)
   */
  void expect(boolean head) {
    expecting = true;
    toHead = head;
    beginHead();
  }

  private void beginHead() {
    inHead = true;
    checkedBytes = 0;
    grammar.reset();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (broken) {
      buffer.skipBytes(buffer.readableBytes());
      return;
    }
    if (!expecting) {
      if (buffer.isReadable()) {
        out.add(buffer.readRetainedSlice(buffer.readableBytes()));
      }
      return;
    }
    if (inHead && !isGrammatical(buffer)) {
      broken = true;
      buffer.skipBytes(buffer.readableBytes());
      out.add(invalid(String.valueOf(grammar.defect())));
      return;
    }
    int readable = buffer.readableBytes();
    int size = out.size();
    super.decode(ctx, buffer, out);
    checkedBytes -= readable - buffer.readableBytes();
    for (int i = size; i < out.size(); i++) {
      onDecoded(out.get(i));
    }
  }

  private boolean isGrammatical(ByteBuf buffer) {
    if (!grammar.isAtEnd()) {
      int from = buffer.readerIndex() + checkedBytes;
      int end = buffer.forEachByte(from, buffer.readableBytes() - checkedBytes, grammar);
      checkedBytes = (end < 0 ? buffer.writerIndex() : end + 1) - buffer.readerIndex();
    }
    return grammar.defect() == null;
  }

  private static HttpResponse invalid(String defect) {
    HttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_0, HttpResponseStatus.BAD_GATEWAY);
    response.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(defect)));
    return response;
  }

  private void onDecoded(Object message) {
    if (message instanceof HttpResponse response) {
      inHead = false;
      informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
    if (message instanceof LastHttpContent) {
      if (informational) {
        beginHead();
      } else {
        expecting = false;
      }
    }
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage response) {
    return toHead || super.isContentAlwaysEmpty(response);
  }
}
