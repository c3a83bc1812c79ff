package io.simplecache.origin;

import io.netty.handler.codec.http.HttpConstants;
import io.netty.util.ByteProcessor;
import io.simplecache.message.Octets;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of a response's head (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9112#section-4">RFC 9112 §4, §5</a>), held against
 * each byte once, as they come. It stops at the end of the head, or where the head leaves the
 * grammar. Two things are let pass that a server must not send: no space behind a status code
 * without a reason, and white space before a colon, which a proxy is told to remove (§5.1).
 *
 * <p>Netty's decoder reads the same bytes afterwards. It is more lenient: it joins folded lines,
 * takes any white space for a space, and drops what stands between a name and the colon.
 */
final class HeadGrammar implements ByteProcessor {
  private enum State {
    STATUS_LINE,
    REASON,
    LINE_START,
    NAME,
    BEFORE_COLON,
    VALUE,
    LINE_FEED,
    LAST_LINE_FEED,
    END
  }

  /** What a status line begins with: 0 stands for a digit. */
  private static final String STATUS_LINE = "HTTP/1.0 000";

  private final int maxFields;
  private State state = State.STATUS_LINE;
  private int column;
  private int fields;
  private @Nullable String defect;

  HeadGrammar(int maxFields) {
    this.maxFields = maxFields;
  }

  /** Begins with the next head. */
  void reset() {
    state = State.STATUS_LINE;
    column = 0;
    fields = 0;
  }

  /** Returns where the head leaves the grammar, or null. */
  @Nullable String defect() {
    return defect;
  }

  boolean isAtEnd() {
    return state == State.END;
  }

  /** Takes the next byte; false if none is wanted after it. */
  @Override
  public boolean process(byte next) {
    int b = next & 0xFF;
    switch (state) {
      case STATUS_LINE -> statusLine(b);
      case REASON, VALUE -> text(b);
      case LINE_START -> lineStart(b);
      case NAME -> name(b);
      case BEFORE_COLON -> beforeColon(b);
      case LINE_FEED -> lineFeed(b, State.LINE_START);
      case LAST_LINE_FEED -> lineFeed(b, State.END);
      case END -> throw new IllegalStateException("the head is over");
    }
    return state != State.END && defect == null;
  }

  private void statusLine(int b) {
    if (column == STATUS_LINE.length()) {
      if (b == HttpConstants.SP) {
        state = State.REASON;
      } else {
        carriageReturn(b, "status line");
      }
      return;
    }
    char expected = STATUS_LINE.charAt(column++);
    if (expected == '0' ? !isDigit(b) : b != expected) {
      defect = "status line";
    }
  }

  private void text(int b) {
    if (!Octets.isText(b)) {
      carriageReturn(b, "control character");
    }
  }

  private void lineStart(int b) {
    if (b == HttpConstants.CR) {
      state = State.LAST_LINE_FEED;
    } else if (isWhiteSpace(b)) {
      defect = "folded line";
    } else if (++fields > maxFields) {
      defect = "more than " + maxFields + " fields";
    } else {
      state = State.NAME;
      defect = Octets.isToken(b) ? null : "field name";
    }
  }

  private void name(int b) {
    if (!Octets.isToken(b)) {
      state = State.BEFORE_COLON;
      beforeColon(b);
    }
  }

  private void beforeColon(int b) {
    if (b == HttpConstants.COLON) {
      state = State.VALUE;
    } else if (!isWhiteSpace(b)) {
      defect = "field name";
    }
  }

  private void carriageReturn(int b, String otherwise) {
    if (b == HttpConstants.CR) {
      state = State.LINE_FEED;
    } else {
      defect = b == HttpConstants.LF ? "line feed alone" : otherwise;
    }
  }

  private void lineFeed(int b, State after) {
    state = after;
    if (b != HttpConstants.LF) {
      defect = "carriage return alone";
    }
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isWhiteSpace(int b) {
    return b == HttpConstants.SP || b == HttpConstants.HT;
  }
}
