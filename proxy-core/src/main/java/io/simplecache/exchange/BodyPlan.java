package io.simplecache.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.simplecache.body.BodyReader;
import io.simplecache.observe.ExchangeRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of a body goes to a client, in order: all of it, a part, or several parts with something in
 * between. Sends as much as the client takes now and remembers where it is. Thread: the client's
 * loop. Owns its reader.
 */
final class BodyPlan {
  /** How far the sending came. */
  enum Progress {
    /** The client is not writable, or there is nothing to read yet. */
    WAITING,
    COMPLETE,
    /** What should follow will never come. */
    BROKEN
  }

  private static final int WRITE_BYTES = 64 * 1024;

  /** Bytes of our own, or, where there are none, a span of the body. */
  private record Piece(@Nullable String literal, long first, long length) {}

  private final ArrayDeque<Piece> pieces = new ArrayDeque<>(1);
  private final @Nullable Supplier<BodyReader> newReader;
  private BodyReader reader;
  private long position;
  private long sentOfPiece;

  /**
   * Creates an empty plan.
   *
   * @param reader at the start of the body; taken
   * @param newReader makes another one, for spans that lie behind; null if they never do
   */
  BodyPlan(BodyReader reader, @Nullable Supplier<BodyReader> newReader) {
    this.reader = reader;
    this.newReader = newReader;
  }

  /** Adds everything to the end of the body, wherever that is. */
  BodyPlan rest() {
    pieces.add(new Piece(null, /* first= */ 0, /* length= */ -1));
    return this;
  }

  BodyPlan span(long first, long length) {
    pieces.add(new Piece(null, first, length));
    return this;
  }

  BodyPlan literal(String latin1) {
    pieces.add(new Piece(latin1, 0, latin1.length()));
    return this;
  }

  /** Sends what can be sent now. */
  Progress send(Client client, ExchangeRecord record) {
    while (!pieces.isEmpty()) {
      if (!client.isWritable()) {
        return Progress.WAITING;
      }
      Piece piece = pieces.peek();
      ByteBuf bytes = piece.literal() == null ? next(piece) : bytesOf(piece.literal());
      if (bytes == null) {
        if (piece.length() < 0 && reader.atEnd()) {
          pieces.remove();
          continue;
        }
        // At the end means here that the body is shorter than it was said to be.
        return reader.failed() || reader.atEnd() ? Progress.BROKEN : Progress.WAITING;
      }
      sentOfPiece += bytes.readableBytes();
      record.sent(bytes.readableBytes());
      client.write(new DefaultHttpContent(bytes));
      if (sentOfPiece == piece.length()) {
        pieces.remove();
        sentOfPiece = 0;
      }
    }
    return Progress.COMPLETE;
  }

  private static ByteBuf bytesOf(String latin1) {
    return Unpooled.wrappedBuffer(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  private @Nullable ByteBuf next(Piece piece) {
    long wanted = piece.first() + sentOfPiece;
    if (wanted < position && newReader != null) {
      reader.close();
      reader = newReader.get();
      position = 0;
    }
    if (wanted > position) {
      position += reader.skip(wanted - position);
      if (wanted > position) {
        return null;
      }
    }
    long left = piece.length() < 0 ? WRITE_BYTES : piece.length() - sentOfPiece;
    ByteBuf bytes = reader.read((int) Math.min(WRITE_BYTES, left));
    if (bytes != null) {
      position += bytes.readableBytes();
    }
    return bytes;
  }

  void close() {
    reader.close();
  }
}
