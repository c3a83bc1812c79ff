package io.simplecache.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.FastThreadLocal;
import io.simplecache.message.HeadFields;
import io.simplecache.message.Octets;
import io.simplecache.message.OverridingFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests the way RFC 9112 writes them, and no other way. Two recipients that read the same
 * bytes as different requests are what request smuggling lives on (§11.2), so nothing here is
 * lenient: a line ends with CRLF, a request line has two spaces, a field line is not folded, a
 * chunk is as long as it says. The one exception is the RFC's own: an empty line before a request
 * is skipped (§2.2).
 *
 * <p>Yields what Netty's decoder does: {@link HttpRequest}, then {@link HttpContent} up to a {@link
 * LastHttpContent}. What may not come in is one more of these, with a {@link RefusedException} as
 * the cause in its {@code decoderResult()}; whatever follows is thrown away unread.
 *
 * <p>A head is read line by line as it comes, so that what is wrong is known at once and no byte is
 * looked at twice. When a read ends within a head, {@link FrontEvent#HEAD_BEGUN} is fired.
 *
 * <p>Thread: the channel's event loop. Buffers: content is retained slices of what was read, given
 * to the next handler.
 */
final class RequestDecoder extends ByteToMessageDecoder {
  private enum State {
    REQUEST_LINE,
    FIELD_LINES,
    CONTENT,
    CHUNK_LINE,
    CHUNK,
    CHUNK_END,
    TRAILER_LINES,
    REFUSED
  }

  /** The most that one piece of content holds. */
  private static final int MAX_PIECE_BYTES = 64 * 1024;

  /** Chunk extensions mean nothing to us (RFC 9112 §7.1.1): so much is skipped, of all chunks. */
  private static final int MAX_EXTENSION_BYTES = 4 * 1024;

  /** Chunks are at most 2 GiB - 1; zeros before the size count. */
  private static final int MAX_SIZE_DIGITS = 16;

  private static final int VERSION_LENGTH = "HTTP/1.1".length();

  /** What is read of the line at hand. No decoder keeps anything in it between two calls. */
  private static final FastThreadLocal<byte[]> LINES =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[1024];
        }
      };

  /**
   * What no trailer section may say (RFC 9110 §6.5.1), because it was acted upon already: framing,
   * routing, modifiers, authentication, content format.
   */
  private static final Set<String> NOT_IN_TRAILERS =
      Set.of(
          "authorization",
          "cache-control",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "expect",
          "forwarded",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "keep-alive",
          "max-forwards",
          "pragma",
          "proxy-authorization",
          "proxy-connection",
          "range",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto");

  private final ClientLimits limits;
  private final FieldLines fieldLines = new FieldLines();

  private State state = State.REQUEST_LINE;
  private @Nullable HttpRequest request;
  private @Nullable HeadFields trailers;

  /** How much of the unfinished line was searched for its end already. */
  private int searchedBytes;

  private int sectionBytes;
  private int fieldCount;
  private int extensionBytes;
  private boolean emptyLineSkipped;
  private boolean announced;

  /** What is left of the content, or of the chunk. */
  private long leftBytes;

  RequestDecoder(ClientLimits limits) {
    this.limits = limits;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      switch (state) {
        case REQUEST_LINE, FIELD_LINES -> readHead(ctx, in, out);
        case CONTENT -> readContent(in, out);
        case CHUNK_LINE -> readChunkLine(in);
        case CHUNK -> readChunk(in, out);
        case CHUNK_END -> readChunkEnd(in);
        case TRAILER_LINES -> readTrailers(in, out);
        case REFUSED -> in.skipBytes(in.readableBytes());
      }
    } catch (RefusedException e) {
      refuse(in, out, e);
    }
  }

  /** What has been read so far may have been a good request, or the beginning of one. */
  private void refuse(ByteBuf in, List<Object> out, RefusedException cause) {
    boolean inHead = state == State.REQUEST_LINE || state == State.FIELD_LINES;
    HttpContent refused;
    if (inHead) {
      HttpRequest begun = request;
      refused =
          begun == null
              ? new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/")
              : new DefaultFullHttpRequest(
                  begun.protocolVersion(), begun.method(), begun.uri(), Unpooled.EMPTY_BUFFER);
    } else {
      refused = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    }
    refused.setDecoderResult(DecoderResult.failure(cause));
    out.add(refused);
    state = State.REFUSED;
    request = null;
    trailers = null;
    in.skipBytes(in.readableBytes());
  }

  // ---- lines

  /**
   * Reads the next line into {@link #LINES}.
   *
   * @param maxBytes the longest that is good, without CRLF
   * @return its length without CRLF, or -1 if its end has not come
   */
  private int readLine(ByteBuf in, int maxBytes, HttpResponseStatus tooLong)
      throws RefusedException {
    int start = in.readerIndex();
    int lineFeed = in.indexOf(start + searchedBytes, in.writerIndex(), (byte) '\n');
    int bytes = (lineFeed < 0 ? in.writerIndex() : lineFeed) - start;
    // The last of these bytes may be the CR.
    if (bytes - 1 > maxBytes) {
      throw new RefusedException(tooLong, "line of more than " + maxBytes + " bytes");
    }
    if (lineFeed < 0) {
      searchedBytes = bytes;
      return -1;
    }
    searchedBytes = 0;
    if (bytes == 0 || in.getByte(lineFeed - 1) != '\r') {
      throw RefusedException.badRequest("line that does not end with CRLF");
    }
    int length = bytes - 1;
    byte[] line = LINES.get();
    if (line.length < length) {
      line = new byte[Math.max(length, 2 * line.length)];
      LINES.set(line);
    }
    in.readBytes(line, 0, length);
    in.skipBytes(2);
    return length;
  }

  // ---- the head

  private void readHead(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws RefusedException {
    boolean complete = (state == State.FIELD_LINES || readRequestLine(in)) && readFields(in);
    if (complete) {
      endHead(out);
    } else if (!announced && (state == State.FIELD_LINES || in.isReadable())) {
      announced = true;
      ctx.fireUserEventTriggered(FrontEvent.HEAD_BEGUN);
    }
  }

  private boolean readRequestLine(ByteBuf in) throws RefusedException {
    while (true) {
      byte first = in.isReadable() ? in.getByte(in.readerIndex()) : (byte) '\r';
      if (first != '\r' && !Octets.isToken(first)) {
        // TLS to a port without, or worse: no need to wait for the end of a line.
        throw RefusedException.badRequest("no request line");
      }
      int length =
          readLine(in, limits.maxRequestLineBytes(), HttpResponseStatus.REQUEST_URI_TOO_LONG);
      if (length < 0) {
        return false;
      }
      if (length > 0) {
        parseRequestLine(LINES.get(), length);
        state = State.FIELD_LINES;
        return true;
      }
      if (emptyLineSkipped) {
        throw RefusedException.badRequest("empty lines instead of a request");
      }
      emptyLineSkipped = true;
    }
  }

  /** RFC 9112 §3: method SP request-target SP HTTP-version. */
  private void parseRequestLine(byte[] line, int length) throws RefusedException {
    int methodEnd = 0;
    while (methodEnd < length && Octets.isToken(line[methodEnd])) {
      methodEnd++;
    }
    int target = methodEnd + 1;
    int targetEnd = target;
    while (targetEnd < length && FieldLines.isTarget(line[targetEnd])) {
      targetEnd++;
    }
    boolean wellFormed =
        methodEnd > 0
            && targetEnd > target
            && length == targetEnd + 1 + VERSION_LENGTH
            && line[methodEnd] == ' '
            && line[targetEnd] == ' ';
    if (!wellFormed) {
      throw RefusedException.badRequest("request line that is none");
    }
    HttpVersion version = version(line, targetEnd + 1);
    request =
        new DefaultHttpRequest(
            version,
            method(line, methodEnd),
            new String(line, target, targetEnd - target, StandardCharsets.ISO_8859_1),
            new HeadFields(),
            /* validateRequestLine= */ false);
  }

  private static HttpMethod method(byte[] line, int length) {
    if (length == 3 && line[0] == 'G' && line[1] == 'E' && line[2] == 'T') {
      return HttpMethod.GET;
    }
    return HttpMethod.valueOf(new String(line, 0, length, StandardCharsets.ISO_8859_1));
  }

  /** RFC 9112 §2.3; what is no 1.x is not read any further (RFC 9110 §15.6.6). */
  private static HttpVersion version(byte[] line, int from) throws RefusedException {
    int major = line[from + 5] - '0';
    int minor = line[from + 7] - '0';
    boolean wellFormed =
        line[from] == 'H'
            && line[from + 1] == 'T'
            && line[from + 2] == 'T'
            && line[from + 3] == 'P'
            && line[from + 4] == '/'
            && line[from + 6] == '.'
            && (major >= 0 && major <= 9)
            && (minor >= 0 && minor <= 9);
    if (!wellFormed) {
      throw RefusedException.badRequest("HTTP version that is none");
    }
    if (major != 1) {
      throw new RefusedException(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version " + major + "." + minor);
    }
    return switch (minor) {
      case 0 -> HttpVersion.HTTP_1_0;
      case 1 -> HttpVersion.HTTP_1_1;
      default -> new HttpVersion("HTTP", major, minor, /* keepAliveDefault= */ true);
    };
  }

  private boolean readFields(ByteBuf in) throws RefusedException {
    HttpRequest begun = request;
    assert begun != null;
    return readFields(in, (HeadFields) begun.headers());
  }

  /** Returns whether the section is complete; the same limits hold for head and trailers. */
  private boolean readFields(ByteBuf in, HeadFields fields) throws RefusedException {
    while (true) {
      int length =
          readLine(
              in,
              limits.maxHeadBytes() - sectionBytes,
              HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
      if (length <= 0) {
        return length == 0;
      }
      sectionBytes += length + 2;
      fieldCount++;
      if (fieldCount > limits.maxFields() || sectionBytes > limits.maxHeadBytes()) {
        throw new RefusedException(
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too many fields");
      }
      fieldLines.add(fields, LINES.get(), length);
    }
  }

  private void endHead(List<Object> out) throws RefusedException {
    HttpRequest complete = request;
    assert complete != null;
    long length = Framing.of(complete);
    forgetSection();
    request = null;
    out.add(complete);
    if (length == 0) {
      endRequest(out, LastHttpContent.EMPTY_LAST_CONTENT);
    } else if (length == Framing.CHUNKED) {
      state = State.CHUNK_LINE;
    } else {
      // Zeros before the number might make it another one to others.
      complete.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
      leftBytes = length;
      state = State.CONTENT;
    }
  }

  private void forgetSection() {
    sectionBytes = 0;
    fieldCount = 0;
    emptyLineSkipped = false;
    announced = false;
  }

  private void endRequest(List<Object> out, LastHttpContent end) {
    out.add(end);
    state = State.REQUEST_LINE;
  }

  // ---- content

  private void readContent(ByteBuf in, List<Object> out) {
    ByteBuf piece = readPiece(in);
    if (leftBytes == 0) {
      endRequest(out, new DefaultLastHttpContent(piece));
    } else {
      out.add(new DefaultHttpContent(piece));
    }
  }

  private ByteBuf readPiece(ByteBuf in) {
    int bytes = (int) Math.min(leftBytes, Math.min(in.readableBytes(), MAX_PIECE_BYTES));
    leftBytes -= bytes;
    return in.readRetainedSlice(bytes);
  }

  private void readChunkLine(ByteBuf in) throws RefusedException {
    int maxBytes = MAX_SIZE_DIGITS + MAX_EXTENSION_BYTES - extensionBytes;
    int length = readLine(in, maxBytes, HttpResponseStatus.BAD_REQUEST);
    if (length < 0) {
      return;
    }
    leftBytes = chunkSize(LINES.get(), length);
    state = leftBytes == 0 ? State.TRAILER_LINES : State.CHUNK;
  }

  /** RFC 9112 §7.1: the size, and extensions that are looked at only to see where they end. */
  private long chunkSize(byte[] line, int length) throws RefusedException {
    long size = 0;
    int digits = 0;
    while (digits < length && Character.digit(line[digits], 16) >= 0) {
      if (size > Integer.MAX_VALUE >> 4 || digits >= MAX_SIZE_DIGITS) {
        throw RefusedException.badRequest("chunk size that is too large");
      }
      size = size << 4 | Character.digit(line[digits], 16);
      digits++;
    }
    if (digits == 0) {
      throw RefusedException.badRequest("chunk without a size");
    }
    checkExtensions(line, digits, length);
    extensionBytes += length - digits;
    return size;
  }

  private static void checkExtensions(byte[] line, int from, int to) throws RefusedException {
    int i = from;
    while (i < to && (line[i] == ' ' || line[i] == '\t')) {
      i++;
    }
    if (from < to && (i == to || line[i] != ';')) {
      throw RefusedException.badRequest("chunk size that is none");
    }
    for (; i < to; i++) {
      if (!Octets.isText(line[i])) {
        throw RefusedException.badRequest("control character in a chunk extension");
      }
    }
  }

  private void readChunk(ByteBuf in, List<Object> out) {
    out.add(new DefaultHttpContent(readPiece(in)));
    if (leftBytes == 0) {
      state = State.CHUNK_END;
    }
  }

  private void readChunkEnd(ByteBuf in) throws RefusedException {
    int at = in.readerIndex();
    boolean hasLineFeed = in.readableBytes() > 1;
    if (in.getByte(at) != '\r' || (hasLineFeed && in.getByte(at + 1) != '\n')) {
      throw RefusedException.badRequest("chunk that is longer than it says");
    }
    if (hasLineFeed) {
      in.skipBytes(2);
      state = State.CHUNK_LINE;
    }
  }

  private void readTrailers(ByteBuf in, List<Object> out) throws RefusedException {
    HeadFields fields = trailers;
    if (fields == null) {
      fields = new HeadFields();
      trailers = fields;
    }
    if (!readFields(in, fields)) {
      return;
    }
    trailers = null;
    forgetSection();
    extensionBytes = 0;
    for (String name : Set.copyOf(fields.names())) {
      if (NOT_IN_TRAILERS.contains(name.toLowerCase(Locale.ROOT))
          || OverridingFields.isOverriding(name)) {
        fields.remove(name);
      }
    }
    endRequest(
        out,
        fields.isEmpty()
            ? LastHttpContent.EMPTY_LAST_CONTENT
            : new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, fields));
  }
}
