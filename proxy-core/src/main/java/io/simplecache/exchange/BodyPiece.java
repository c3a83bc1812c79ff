package io.simplecache.exchange;

import java.nio.charset.StandardCharsets;

/** A part of what is sent as content. */
sealed interface BodyPiece {
  /** Returns its length in bytes, -1 if it ends where the body ends. */
  long lengthBytes();

  /** Bytes of our own. */
  record Text(String latin1) implements BodyPiece {
    @Override
    public long lengthBytes() {
      return latin1.length();
    }

    byte[] bytes() {
      return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** A span of the body; {@link #REST} is all of it, wherever that ends. */
  record Span(long first, long lengthBytes) implements BodyPiece {
    static final Span REST = new Span(0, -1);
  }
}
