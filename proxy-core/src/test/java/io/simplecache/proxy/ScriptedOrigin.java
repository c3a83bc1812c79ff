package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An origin that does what a test says: for each path an {@link Answer}, which runs on the
 * connection's own thread and may block as it likes. Remembers every request it saw.
 */
final class ScriptedOrigin implements AutoCloseable {
  /** What happens when a request has come. */
  @FunctionalInterface
  interface Answer {
    void give(Request request, Connection connection) throws Exception;

    /** Returns the same, once the gate is open. */
    default Answer after(Gate gate) {
      return (request, connection) -> {
        gate.await();
        give(request, connection);
      };
    }
  }

  /**
   * A request as it came.
   *
   * @param text its content, a character for each byte
   */
  record Request(String line, Fields fields, String text) {
    String method() {
      return line.substring(0, line.indexOf(' '));
    }

    String target() {
      return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
    }

    @Nullable String field(String name) {
      return fields.get(name);
    }
  }

  private final ServerSocket listener;
  private final FakeClock clock;
  private final ExecutorService threads;
  private final Future<?> accepting;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Set<String> unreadBodies = ConcurrentHashMap.newKeySet();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();

  ScriptedOrigin(FakeClock clock) throws IOException {
    this(clock, ServerSocketFactory.getDefault());
  }

  /** Starts an origin whose connections are what the factory makes them. */
  ScriptedOrigin(FakeClock clock, ServerSocketFactory sockets) throws IOException {
    this.clock = clock;
    listener = sockets.createServerSocket(0, /* backlog= */ 2048, InetAddress.getLoopbackAddress());
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "scripted-origin");
              thread.setDaemon(true);
              return thread;
            });
    accepting = threads.submit(this::accept);
  }

  String uri() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Sets what happens when a request for {@code path} has come with all of its content. */
  ScriptedOrigin on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  /** Sets what happens when the head of a request for {@code path} has come. */
  ScriptedOrigin onHead(String path, Answer answer) {
    unreadBodies.add(path);
    return on(path, answer);
  }

  /** Sets a 200 for {@code path}, with Date and Content-Length. */
  ScriptedOrigin ok(String path, String body, String... fields) {
    return on(path, answer("200 OK", body, fields));
  }

  /** Returns an answer with Date and Content-Length. */
  Answer answer(String status, String body, String... fields) {
    return (request, connection) -> {
      connection.send(head(status, with("Content-Length: " + body.length(), fields)));
      if (!request.method().equals("HEAD")) {
        connection.send(body);
      }
    };
  }

  /** Returns a head with Date and the empty line. */
  String head(String status, String... fields) {
    boolean hasDate = List.of(fields).stream().anyMatch(field -> field.startsWith("Date:"));
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
    if (!hasDate) {
      text.append("Date: ").append(clock.httpDate()).append("\r\n");
    }
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  private static String[] with(String first, String[] others) {
    String[] all = new String[others.length + 1];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  /** Returns every request so far, in the order of their heads. */
  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Returns the requests for {@code path} so far. */
  List<Request> requests(String path) {
    return requests.stream().filter(request -> request.target().equals(path)).toList();
  }

  /** Returns the last request so far. */
  Request lastRequest() {
    return requests.get(requests.size() - 1);
  }

  /** Returns how many connections were made to it. */
  int accepted() {
    return accepted.get();
  }

  /** Returns how many connections are open. */
  int open() {
    return open.size();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Connection connection = new Connection(listener.accept());
        accepted.incrementAndGet();
        open.add(connection);
        threads.execute(connection::run);
      } catch (IOException e) {
        if (!listener.isClosed()) {
          failures.add(e);
        }
      }
    }
  }

  /** Refuses connections from now on; those there are stay. */
  void refuseConnections() throws Exception {
    listener.close();
    // The kernel goes on listening until the one who accepts has seen it.
    accepting.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Connection connection : open) {
      connection.close();
    }
    threads.shutdownNow();
    for (Throwable failure : failures) {
      throw new AssertionError("the origin's script failed", failure);
    }
  }

  /** One connection, for use by its answers only. */
  final class Connection {
    private final Socket socket;
    private final OutputStream out;
    private final Wire in;
    private InputStream body = InputStream.nullInputStream();

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      out = socket.getOutputStream();
      in = new Wire(socket.getInputStream());
    }

    private void run() {
      try {
        boolean another = true;
        while (another) {
          another = serveOne();
        }
      } catch (IOException | InterruptedException e) {
        // The proxy closed, which is for the test to judge.
      } catch (Exception | AssertionError e) {
        failures.add(e);
      } finally {
        close();
      }
    }

    private boolean serveOne() throws Exception {
      String line = in.line();
      if (line == null || socket.isClosed()) {
        return false;
      }
      Fields fields = in.fields();
      body = in.contentOfRequest(fields);
      String target = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
      String content =
          unreadBodies.contains(target) ? "" : new String(body.readAllBytes(), ISO_8859_1);
      Request request = new Request(line, fields, content);
      requests.add(request);
      Answer answer = answers.get(target);
      if (answer == null) {
        answer = answer("404 Not Found", "nothing at " + target);
      }
      answer.give(request, this);
      return !socket.isClosed();
    }

    /** Returns the content of a request that came by {@link #onHead}. */
    InputStream body() {
      return body;
    }

    Connection send(String latin1) throws IOException {
      return send(latin1.getBytes(ISO_8859_1));
    }

    Connection send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return this;
    }

    /** Sends one chunk. */
    Connection chunk(String latin1) throws IOException {
      return send(
          Integer.toHexString(latin1.length()).toLowerCase(Locale.ROOT) + "\r\n" + latin1 + "\r\n");
    }

    /** Limits what the kernel holds of what is sent, so that a proxy that pauses is felt. */
    void setSendBuffer(int bytes) throws IOException {
      socket.setSendBufferSize(bytes);
    }

    /** Waits until the proxy closes this connection; fails if it sends something. */
    void awaitClosed() throws IOException {
      try {
        if (in.line() != null) {
          throw new AssertionError("a request instead of the end");
        }
      } catch (SocketException e) {
        // A reset is an end, too.
      }
    }

    /** Reads what still comes of the request until the proxy closes this connection. */
    void awaitClosedWhileReading() throws IOException {
      try {
        body.transferTo(OutputStream.nullOutputStream());
        awaitClosed();
      } catch (EOFException | SocketException e) {
        // That is the end.
      }
    }

    /** Closes with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      close();
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        failures.add(e);
      }
      open.remove(this);
    }
  }
}
