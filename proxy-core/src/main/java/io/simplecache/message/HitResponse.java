package io.simplecache.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A stored 200, or the 304 that stands for it, as it goes out: stored fields, and the two that are
 * new each time, Age (RFC 9111 §5.1) and Cache-Status (RFC 9211). To handlers it is a whole
 * response like any other, whose fields they may read and change. An encoder that knows it writes
 * the stored bytes as they are and the two numbers behind them, and no field is ever made: see
 * {@link #isAsStored}.
 *
 * <p>Thread: one. Buffers: the content is taken, as in any whole response.
 */
public final class HitResponse extends DefaultFullHttpResponse {
  private static final byte[] OK = bytes("HTTP/1.1 200 OK\r\n");
  private static final byte[] NOT_MODIFIED = bytes("HTTP/1.1 304 Not Modified\r\n");
  private static final byte[] AGE = bytes("age: ");
  private static final byte[] CACHE_STATUS = bytes("\r\ncache-status: ");
  private static final byte[] HIT = bytes("; hit; ttl=");
  private static final byte[] END = bytes("\r\n\r\n");

  /** The longest number, with its sign. */
  private static final int MAX_DIGITS = 20;

  private final byte[] statusLine;
  private final AsciiString cacheName;
  private final StoredFields stored;
  private final long ageSeconds;
  private final long ttlSeconds;
  private @Nullable HttpHeaders fields;

  /**
   * Creates a 200.
   *
   * @param cacheName how this cache calls itself in Cache-Status; a token
   * @param stored without Age, with Content-Length
   * @param content taken
   * @param ageSeconds the current age
   * @param ttlSeconds what is left of the lifetime
   */
  public HitResponse(
      AsciiString cacheName,
      StoredFields stored,
      ByteBuf content,
      long ageSeconds,
      long ttlSeconds) {
    this(HttpResponseStatus.OK, OK, cacheName, stored, content, ageSeconds, ttlSeconds);
  }

  private HitResponse(
      HttpResponseStatus status,
      byte[] statusLine,
      AsciiString cacheName,
      StoredFields stored,
      ByteBuf content,
      long ageSeconds,
      long ttlSeconds) {
    super(
        HttpVersion.HTTP_1_1,
        status,
        content,
        EmptyHttpHeaders.INSTANCE,
        EmptyHttpHeaders.INSTANCE);
    this.statusLine = statusLine;
    this.cacheName = cacheName;
    this.stored = stored;
    this.ageSeconds = ageSeconds;
    this.ttlSeconds = ttlSeconds;
  }

  /** Returns a 304 with the fields that it takes of the stored response, and the two. */
  public static HitResponse notModified(
      AsciiString cacheName, StoredFields fields, long ageSeconds, long ttlSeconds) {
    return new HitResponse(
        HttpResponseStatus.NOT_MODIFIED,
        NOT_MODIFIED,
        cacheName,
        fields,
        Unpooled.EMPTY_BUFFER,
        ageSeconds,
        ttlSeconds);
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns whether nobody has asked for its fields, so that {@link #writeHead} says all. */
  public boolean isAsStored() {
    return fields == null;
  }

  /** Returns how many bytes {@link #writeHead} writes at most. */
  public int maxHeadBytes() {
    return statusLine.length
        + stored.sizeBytes()
        + AGE.length
        + CACHE_STATUS.length
        + cacheName.length()
        + HIT.length
        + END.length
        + 2 * MAX_DIGITS;
  }

  /** Writes the head in the form of HTTP/1.1, its end included, to {@code out}. */
  public void writeHead(ByteBuf out) {
    out.writeBytes(statusLine);
    stored.writeTo(out);
    out.writeBytes(AGE);
    writeNumber(out, ageSeconds);
    out.writeBytes(CACHE_STATUS);
    out.writeBytes(cacheName.array(), cacheName.arrayOffset(), cacheName.length());
    out.writeBytes(HIT);
    writeNumber(out, ttlSeconds);
    out.writeBytes(END);
  }

  private static void writeNumber(ByteBuf out, long number) {
    if (number < 0) {
      out.writeByte('-');
      // Of the least number there is only the negative.
      writeNumber(out, number == Long.MIN_VALUE ? Long.MAX_VALUE : -number);
      return;
    }
    long unit = 1;
    while (number / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      out.writeByte('0' + (int) (number / unit % 10));
    }
  }

  @Override
  public HttpHeaders headers() {
    HttpHeaders made = fields;
    if (made == null) {
      made = HeadFields.copyOf(stored);
      made.set(HttpHeaderNames.AGE, ageSeconds);
      made.add(FieldNames.CACHE_STATUS, cacheName + "; hit; ttl=" + ttlSeconds);
      fields = made;
    }
    return made;
  }
}
