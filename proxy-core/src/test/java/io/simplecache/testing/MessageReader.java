package io.simplecache.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 messages out of bytes that come in any pieces, strictly and with none of the code
 * under test: a line ends with CRLF, a chunk is as long as it says, no message has two framings.
 * For one thread.
 *
 * <p>What a recipient takes though no good sender writes it is malformed but for {@link #tolerant}.
 */
public final class MessageReader {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-9][0-9][0-9] [^\r\n]*");
  private static final Pattern REQUEST_LINE = Pattern.compile("[!-~]+ [!-~]+ HTTP/1\\.[01]");
  private static final Pattern LATER_REQUEST_LINE = Pattern.compile("[!-~]+ [!-~]+ HTTP/1\\.[2-9]");
  private static final Pattern LENGTH = Pattern.compile("[0-9]+");
  private static final Pattern CHUNK_LINE =
      Pattern.compile("(?<size>[0-9A-Fa-f]+)(?<extensions>[ \t]*;[^\r\n]*)?");
  private static final Pattern FIELD_LINE =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*");

  private final boolean tolerant;
  private byte[] bytes = new byte[4096];
  private int from;
  private int end;
  private @Nullable Head head;

  /** Creates one that has read nothing. */
  public MessageReader() {
    this(/* tolerant= */ false);
  }

  private MessageReader(boolean tolerant) {
    this.tolerant = tolerant;
  }

  /**
   * Returns one that reads as well what RFC 9112 tells a recipient to take: an empty line before a
   * request (§2.2), a later minor version (§2.3), chunk extensions (§7.1.1).
   */
  public static MessageReader tolerant() {
    return new MessageReader(/* tolerant= */ true);
  }

  /** A message with all of its content. */
  public static final class Message {
    private final Head head;
    private final byte[] body;
    private final List<String> trailers;

    private Message(Head head, byte[] body, List<String> trailers) {
      this.head = head;
      this.body = body;
      this.trailers = trailers;
    }

    public Head head() {
      return head;
    }

    /** Returns its content, which is the caller's. */
    public byte[] body() {
      return body;
    }

    /** Returns the lines of its trailer section. */
    public List<String> trailers() {
      return trailers;
    }
  }

  /** The start line and the field lines of a message. */
  public record Head(String startLine, List<String> lines) {
    /** Returns the status code of a response. */
    public int status() {
      return Integer.parseInt(startLine.substring(9, 12));
    }

    /** Returns the first value of this name, or null. */
    public @Nullable String field(String name) {
      for (String line : lines) {
        if (line.length() > name.length()
            && line.charAt(name.length()) == ':'
            && line.regionMatches(/* ignoreCase= */ true, 0, name, 0, name.length())) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return null;
    }
  }

  /** What came is no HTTP/1.1. */
  public static final class Malformed extends RuntimeException {
    private Malformed(String message) {
      super(message);
    }
  }

  /** Adds what has come; borrows it. */
  public void append(ByteBuf more) {
    int count = more.readableBytes();
    if (bytes.length - end < count) {
      int kept = end - from;
      byte[] larger = kept + count > bytes.length ? new byte[2 * (kept + count)] : bytes;
      System.arraycopy(bytes, from, larger, 0, kept);
      bytes = larger;
      from = 0;
      end = kept;
    }
    more.getBytes(more.readerIndex(), bytes, end, count);
    end += count;
  }

  /** Returns whether nothing is left that was not part of a message. */
  public boolean isEmpty() {
    return from == end && head == null;
  }

  /** Returns the next request, or null if it is not complete. */
  public @Nullable Message nextRequest() {
    if (tolerant
        && head == null
        && from + 1 < end
        && bytes[from] == '\r'
        && bytes[from + 1] == '\n') {
      from += 2;
    }
    Head current = nextHead();
    return current == null ? null : withBody(current, /* untilClosed= */ false, /* none= */ false);
  }

  /**
   * Returns the next final response, or null if it is not complete. One that only the connection's
   * end completes never is; see {@link #untilClosed}.
   *
   * @param toHead whether it answers HEAD
   */
  public @Nullable Message nextResponse(boolean toHead) {
    Head current = nextHead();
    while (current != null && current.status() < 200) {
      head = null;
      current = nextHead();
    }
    if (current == null) {
      return null;
    }
    boolean none = toHead || current.status() == 204 || current.status() == 304;
    return withBody(current, /* untilClosed= */ true, none);
  }

  /** Returns a response whose end is that of the connection, now that this has come, or null. */
  public @Nullable Message untilClosed(boolean toHead) {
    Head current = nextHead();
    if (current == null || toHead || !isUntilClosed(current)) {
      return null;
    }
    Message message = new Message(current, Arrays.copyOfRange(bytes, from, end), List.of());
    from = end;
    head = null;
    return message;
  }

  /** Returns everything that has come and was not taken: what is there of an unfinished message. */
  public byte[] rest() {
    return Arrays.copyOfRange(bytes, from, end);
  }

  private static boolean isUntilClosed(Head head) {
    return head.field("Content-Length") == null && head.field("Transfer-Encoding") == null;
  }

  private @Nullable Head nextHead() {
    if (head == null) {
      int headEnd = endOfHead();
      if (headEnd < 0) {
        return null;
      }
      String text = new String(bytes, from, headEnd - from, ISO_8859_1);
      String[] lines = text.split("\r\n", -1);
      head = new Head(lines[0], List.of(lines).subList(1, lines.length));
      check(head);
      from = headEnd + 4;
    }
    return head;
  }

  private void check(Head head) {
    String start = head.startLine();
    boolean known =
        STATUS_LINE.matcher(start).matches()
            || REQUEST_LINE.matcher(start).matches()
            || (tolerant && LATER_REQUEST_LINE.matcher(start).matches());
    if (!known) {
      throw new Malformed("start line: " + head.startLine());
    }
    for (String line : head.lines()) {
      if (!FIELD_LINE.matcher(line).matches()) {
        throw new Malformed("field line: " + line);
      }
    }
    if (head.field("Content-Length") != null && head.field("Transfer-Encoding") != null) {
      throw new Malformed("two framings: " + head);
    }
  }

  private @Nullable Message withBody(Head current, boolean untilClosed, boolean none) {
    String length = current.field("Content-Length");
    if (none) {
      return taken(new Message(current, new byte[0], List.of()), from);
    }
    if (current.field("Transfer-Encoding") != null) {
      return chunked(current);
    }
    if (length == null) {
      return untilClosed ? null : taken(new Message(current, new byte[0], List.of()), from);
    }
    if (!LENGTH.matcher(length).matches()) {
      throw new Malformed("Content-Length: " + length);
    }
    int size = size(length, /* radix= */ 10);
    if (size > end - from) {
      return null;
    }
    int bodyEnd = from + size;
    return taken(
        new Message(current, Arrays.copyOfRange(bytes, from, bodyEnd), List.of()), bodyEnd);
  }

  private Message taken(Message message, int messageEnd) {
    from = messageEnd;
    head = null;
    return message;
  }

  private @Nullable Message chunked(Head current) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = from;
    while (true) {
      int lineEnd = endOfLine(at);
      if (lineEnd < 0) {
        return null;
      }
      int size = chunkSize(new String(bytes, at, lineEnd - at, ISO_8859_1));
      at = lineEnd + 2;
      if (size == 0) {
        return trailers(current, body.toByteArray(), at);
      }
      if (end - at - 2 < size) {
        return null;
      }
      if (bytes[at + size] != '\r' || bytes[at + size + 1] != '\n') {
        throw new Malformed("a chunk that is longer than it says");
      }
      body.write(bytes, at, size);
      at += size + 2;
    }
  }

  private int chunkSize(String line) {
    Matcher parts = CHUNK_LINE.matcher(line);
    if (!parts.matches() || (!tolerant && parts.group("extensions") != null)) {
      throw new Malformed("chunk size: " + line);
    }
    return size(parts.group("size"), /* radix= */ 16);
  }

  /** Returns a length in bytes; of more than an int holds, never all has come. */
  private static int size(String digits, int radix) {
    return new BigInteger(digits, radix).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
  }

  private @Nullable Message trailers(Head current, byte[] body, int trailersFrom) {
    List<String> lines = new ArrayList<>();
    int at = trailersFrom;
    while (true) {
      int lineEnd = endOfLine(at);
      if (lineEnd < 0) {
        return null;
      }
      if (lineEnd == at) {
        return taken(new Message(current, body, lines), lineEnd + 2);
      }
      lines.add(new String(bytes, at, lineEnd - at, ISO_8859_1));
      at = lineEnd + 2;
    }
  }

  private int endOfHead() {
    for (int i = endOfLine(from); i >= 0; i = endOfLine(i + 2)) {
      if (i + 3 < end && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private int endOfLine(int start) {
    for (int i = start; i + 1 < end; i++) {
      if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
