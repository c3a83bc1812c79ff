package io.simplecache.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.simplecache.body.BodyReader;
import io.simplecache.observe.ExchangeRecord;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the pieces of an answer, as much as the client takes now, and remembers how far it came.
 * Thread: the client's loop. Owns its reader.
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

  private final ArrayDeque<BodyPiece> pieces = new ArrayDeque<>();
  private final @Nullable Supplier<BodyReader> newReader;
  private BodyReader reader;
  private long position;
  private long sentOfPiece;

  /**
   * Plans to send nothing yet.
   *
   * @param reader at the start of the body; taken
   * @param newReader makes another one, for spans that lie behind; null if they never do
   */
  BodyPlan(BodyReader reader, @Nullable Supplier<BodyReader> newReader) {
    this.reader = reader;
    this.newReader = newReader;
  }

  void add(List<BodyPiece> more) {
    pieces.addAll(more);
  }

  /** Sends what can be sent now. */
  Progress send(Client client, ExchangeRecord record) {
    while (!pieces.isEmpty()) {
      if (!client.isWritable()) {
        return Progress.WAITING;
      }
      BodyPiece piece = pieces.peek();
      boolean toTheEnd = piece.lengthBytes() < 0;
      ByteBuf bytes = next(piece);
      if (bytes != null) {
        sentOfPiece += bytes.readableBytes();
        record.sent(bytes.readableBytes());
        client.write(new DefaultHttpContent(bytes));
      } else if (!toTheEnd || !reader.atEnd()) {
        // At the end means here that the body is shorter than it was said to be.
        return reader.failed() || reader.atEnd() ? Progress.BROKEN : Progress.WAITING;
      }
      if (toTheEnd ? bytes == null : sentOfPiece == piece.lengthBytes()) {
        pieces.remove();
        sentOfPiece = 0;
      }
    }
    return Progress.COMPLETE;
  }

  /** Returns the next bytes of a piece, or null if there are none now. */
  private @Nullable ByteBuf next(BodyPiece piece) {
    if (piece instanceof BodyPiece.Text text) {
      return Unpooled.wrappedBuffer(text.bytes());
    }
    BodyPiece.Span span = (BodyPiece.Span) piece;
    if (!moveTo(span.first() + sentOfPiece)) {
      return null;
    }
    long left = span.lengthBytes() < 0 ? WRITE_BYTES : span.lengthBytes() - sentOfPiece;
    ByteBuf bytes = reader.read((int) Math.min(WRITE_BYTES, left));
    if (bytes != null) {
      position += bytes.readableBytes();
    }
    return bytes;
  }

  private boolean moveTo(long wanted) {
    if (wanted < position && newReader != null) {
      reader.close();
      reader = newReader.get();
      position = 0;
    }
    if (wanted > position) {
      position += reader.skip(wanted - position);
    }
    return wanted == position;
  }

  void close() {
    reader.close();
  }
}
