package io.simplecache.origin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An origin that answers each request head with given bytes, whatever they are. Connections come
 * one after the other, each with its own answers; when they are used up it closes.
 */
final class RawOrigin implements AutoCloseable {
  /** Answers nothing, and waits for the other side to close. */
  static final String SILENCE = "";

  private final ServerSocket server;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  @SafeVarargs
  @SuppressWarnings("varargs") // Copied, not written to.
  RawOrigin(List<String>... connections) throws IOException {
    this(InetAddress.getLoopbackAddress(), /* port= */ 0, connections);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // Copied, not written to.
  RawOrigin(InetAddress address, int port, List<String>... connections) throws IOException {
    server = new ServerSocket(port, /* backlog= */ 10, address);
    List<List<String>> scripts = List.of(connections);
    new Thread(() -> serve(scripts), "origin").start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** Returns the request lines that came, each with the number of its connection. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void serve(List<List<String>> connections) {
    for (int i = 0; i < connections.size(); i++) {
      try (Socket socket = server.accept()) {
        answer(socket, i, connections.get(i));
      } catch (IOException e) {
        // The other side went away, or the test is over: either is for the test to judge.
      }
    }
  }

  private void answer(Socket socket, int connection, List<String> answers) throws IOException {
    for (String answer : answers) {
      String head = readHead(socket.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      requests.add(connection + " " + head.substring(0, head.indexOf("\r\n")));
      if (answer.equals(SILENCE)) {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        return;
      }
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    }
    socket.shutdownOutput();
  }

  /** Returns a request's head, or nothing if the connection ends before. */
  static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
