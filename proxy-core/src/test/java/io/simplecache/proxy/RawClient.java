package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that sends exact bytes over one connection and reads what comes back. */
final class RawClient implements AutoCloseable {
  static final String HOST = "www.example.com";
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Socket socket;
  private final OutputStream out;
  private final Wire in;

  /** A response's head. */
  record Head(String version, int status, Fields fields) {
    @Nullable String field(String name) {
      return fields.get(name);
    }

    @Nullable String cacheStatus() {
      return fields.get("Cache-Status");
    }
  }

  /**
   * A response with all that came of its content.
   *
   * @param text its content, a character for each byte
   * @param defect why the content is not complete, or null if it is
   */
  record Response(Head head, String text, Fields trailers, @Nullable IOException defect) {
    int status() {
      return head.status();
    }

    byte[] body() {
      return text.getBytes(ISO_8859_1);
    }

    @Nullable String field(String name) {
      return head.field(name);
    }

    @Nullable String cacheStatus() {
      return head.cacheStatus();
    }

    /** Returns whether the content ended where its framing says. */
    boolean isComplete() {
      return defect == null;
    }
  }

  RawClient(int port) throws IOException {
    this(port, /* receiveBufferBytes= */ 0);
  }

  /** Connects; a small receive buffer makes a slow reader felt early. */
  RawClient(int port, int receiveBufferBytes) throws IOException {
    socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    out = socket.getOutputStream();
    in = new Wire(socket.getInputStream());
  }

  /** Returns the text of a request without content: lines with CRLF, and the empty line. */
  static String request(String method, String target, String... fields) {
    boolean hasHost = List.of(fields).stream().anyMatch(field -> field.startsWith("Host:"));
    StringBuilder text =
        new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (!hasHost) {
      text.append("Host: " + HOST + "\r\n");
    }
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  /** Sends text as it is. */
  RawClient send(String latin1) throws IOException {
    return send(latin1.getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Sends GET and returns the whole response. */
  Response get(String target, String... fields) throws IOException {
    return send(request("GET", target, fields)).receive("GET");
  }

  /** Sends HEAD and returns the response. */
  Response head(String target, String... fields) throws IOException {
    return send(request("HEAD", target, fields)).receive("HEAD");
  }

  /** Sends POST with content and returns the whole response. */
  Response post(String target, String content, String... fields) throws IOException {
    String[] all = List.of(fields).toArray(new String[fields.length + 1]);
    all[fields.length] = "Content-Length: " + content.length();
    return send(request("POST", target, all) + content).receive("POST");
  }

  /** Returns the next head; 1xx included. */
  Head receiveHead() throws IOException {
    String line = in.line();
    if (line == null) {
      throw new IOException("closed instead of a response");
    }
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("no status line: " + line);
    }
    return new Head(line.substring(0, 8), Integer.parseInt(line.substring(9, 12)), in.fields());
  }

  /** Returns the content that follows a head, as it comes. */
  Wire.Content content(Head head, String method) throws IOException {
    return in.contentOfResponse(head.fields(), method, head.status());
  }

  /** Returns the next response to GET, as far as it comes. */
  Response receive() throws IOException {
    return receive("GET");
  }

  /** Returns the next response to a request with this method, as far as it comes. */
  Response receive(String method) throws IOException {
    Head head = receiveHead();
    return rest(head, content(head, method));
  }

  /** Reads the rest of some content, as far as it comes. */
  static Response rest(Head head, Wire.Content content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      content.transferTo(body);
      return new Response(head, body.toString(ISO_8859_1), content.trailers(), null);
    } catch (IOException e) {
      return new Response(head, body.toString(ISO_8859_1), content.trailers(), e);
    }
  }

  /** Says whether the server closes the connection, with nothing more sent. */
  boolean isClosedByServer() throws IOException {
    try {
      return in.line() == null;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  /** Says that nothing more will be sent. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes with a reset: the server learns of it at once. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Reads exactly {@code count} bytes. */
  static byte[] exactly(InputStream content, int count) throws IOException {
    byte[] bytes = content.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("ended after " + bytes.length + " bytes (expected: " + count + ")");
    }
    return bytes;
  }
}
