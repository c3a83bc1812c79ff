package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 from a socket, strictly and with none of the code under test: a line ends with
 * CRLF, a chunk is as long as it says.
 */
final class Wire {
  private final InputStream in;

  Wire(InputStream in) {
    this.in = new BufferedInputStream(in, 16 * 1024);
  }

  /** Returns the next line without its end, or null if the peer closed before its first byte. */
  @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int b = in.read(); ; b = in.read()) {
      if (b < 0) {
        if (line.size() == 0) {
          return null;
        }
        throw new EOFException("closed in mid-line: " + line.toString(ISO_8859_1));
      }
      if (b == '\n') {
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r")) {
          throw new IOException("line without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
      }
      line.write(b);
    }
  }

  private String requiredLine() throws IOException {
    String line = line();
    if (line == null) {
      throw new EOFException("closed before a line");
    }
    return line;
  }

  /** Returns the field lines up to the empty line. */
  Fields fields() throws IOException {
    List<Fields.Line> lines = new ArrayList<>();
    for (String line = requiredLine(); !line.isEmpty(); line = requiredLine()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("no field line: " + line);
      }
      lines.add(new Fields.Line(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new Fields(lines);
  }

  /** How the end of some content is known. */
  private enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    CLOSE
  }

  /** Returns the content of a request. */
  Content contentOfRequest(Fields fields) throws IOException {
    return new Content(framing(fields, Framing.NONE), lengthOf(fields));
  }

  /** Returns the content of a response to a request with this method. */
  Content contentOfResponse(Fields fields, String method, int status) throws IOException {
    boolean none = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
    return none
        ? new Content(Framing.NONE, 0)
        : new Content(framing(fields, Framing.CLOSE), lengthOf(fields));
  }

  private static Framing framing(Fields fields, Framing otherwise) throws IOException {
    boolean chunked = "chunked".equals(fields.get("Transfer-Encoding"));
    if (chunked && fields.contains("Content-Length")) {
      throw new IOException("two framings: " + fields);
    }
    if (chunked) {
      return Framing.CHUNKED;
    }
    return fields.contains("Content-Length") ? Framing.LENGTH : otherwise;
  }

  private static long lengthOf(Fields fields) {
    String length = fields.get("Content-Length");
    return length == null ? 0 : Long.parseLong(length);
  }

  /**
   * The content of one message. Reading ends with -1 where its framing says so, and with an
   * exception where the connection ends before.
   */
  final class Content extends InputStream {
    private final Framing framing;
    private long left;
    private boolean ended;
    private Fields trailers = new Fields(List.of());

    private Content(Framing framing, long length) {
      this.framing = framing;
      this.left = length;
      this.ended = framing == Framing.NONE || (framing == Framing.LENGTH && length == 0);
    }

    /** Returns the trailer fields; none before the end. */
    Fields trailers() {
      return trailers;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (framing == Framing.CHUNKED && left == 0 && !ended) {
        startChunk();
      }
      if (ended) {
        return -1;
      }
      int wanted = framing == Framing.CLOSE ? length : (int) Math.min(length, left);
      int count = in.read(bytes, offset, wanted);
      if (count < 0) {
        ended = true;
        if (framing != Framing.CLOSE) {
          throw new EOFException("closed " + left + " bytes before the end");
        }
        return -1;
      }
      if (framing != Framing.CLOSE) {
        left -= count;
        endPiece();
      }
      return count;
    }

    private void startChunk() throws IOException {
      left = Long.parseLong(requiredLine(), 16);
      if (left == 0) {
        trailers = fields();
        ended = true;
      }
    }

    private void endPiece() throws IOException {
      if (left > 0) {
        return;
      }
      if (framing == Framing.LENGTH) {
        ended = true;
      } else if (!requiredLine().isEmpty()) {
        throw new IOException("chunk is longer than it says");
      }
    }
  }
}
