package io.simplecache.server.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An origin that behaves badly and keeps an honest account of it: what a path begins with says what
 * happens. It never closes a connection unannounced but after it has read a request, so what was
 * sent to it, it has seen.
 */
final class HonestOrigin implements AutoCloseable {
  static final String BODY = "0123456789".repeat(20);
  private static final int HANGING_BYTES = 1000;

  /** Length of the body of what is big. */
  static final int BIG = 1 << 20;

  /** A request's field that tells one from another. */
  static final String ID = "x-id";

  private final ServerSocket listener =
      new ServerSocket(0, /* backlog= */ 256, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<String> seen;
  private final int unreliable;
  private volatile CountDownLatch herd = new CountDownLatch(0);

  /**
   * Starts.
   *
   * @param seen the ids of all requests to any of the origins
   * @param unreliable which third of the paths {@code /gone/} it answers, of 0 to 2
   */
  HonestOrigin(Set<String> seen, int unreliable) throws IOException {
    this.seen = seen;
    this.unreliable = unreliable;
    threads.execute(this::accept);
  }

  String uri() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Answers to paths {@code /herd/} wait until all of it is there. */
  void await(CountDownLatch all) {
    herd = all;
  }

  /** Returns what it has counted, named as the metrics are. */
  Map<String, Long> counts() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }

  private void count(String name, String label, String value) {
    count(
        "simple_cache_origin_%s_total{%s}"
            .formatted(
                name,
                label.compareTo("origin") < 0
                    ? "%s=\"%s\",origin=\"%s\"".formatted(label, value, uri())
                    : "origin=\"%s\",%s=\"%s\"".formatted(uri(), label, value)));
  }

  private void count(String sample) {
    counts.computeIfAbsent(sample, name -> new LongAdder()).increment();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean first = true;
      Head request = Head.read(in);
      while (request != null) {
        in.readNBytes(Integer.parseInt(request.field("content-length", "0")));
        if (!answer(request, first, in, socket.getOutputStream())) {
          return;
        }
        first = false;
        request = Head.read(in);
      }
    } catch (IOException | InterruptedException e) {
      // The proxy has closed.
    } finally {
      open.remove(socket);
    }
  }

  /** Returns whether the connection stays. */
  private boolean answer(Head request, boolean first, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String[] path = request.target().substring(1).split("/", -1);
    String id = request.field(ID);
    if (id == null) {
      count("requests", "kind", "check");
    } else {
      count("requests", "kind", seen.add(id) ? "request" : "retry");
    }
    int number = path.length < 2 ? 0 : Integer.parseInt(path[1]);
    switch (path[0]) {
      case "fresh" -> whole(request, out, "200 OK", "max-age=3600");
      case "big" -> {
        head(request, out, "200 OK", "max-age=3600", BIG);
        out.write(new byte[BIG]);
      }
      case "stale" -> validated(request, out, "max-age=0");
      case "swr" -> validated(request, out, "max-age=0, stale-while-revalidate=3600");
      case "missing" -> whole(request, out, "404 Not Found", "max-age=3600");
      case "error" -> whole(request, out, "500 Internal Server Error", "private");
      case "private" -> whole(request, out, "200 OK", "private");
      case "herd" -> {
        herd.await();
        whole(request, out, "200 OK", "max-age=3600");
      }
      case "gone" -> {
        if (number % 3 == unreliable) {
          whole(request, out, "200 OK", "private");
          return true;
        }
        // On a kept connection the request is sent once more, and nothing has failed.
        if (first) {
          count("failures", "failure", "closed-early");
        }
        return false;
      }
      case "garbage" -> {
        count("failures", "failure", "invalid-response");
        out.write("HTTP/1.1 what?\r\n\r\n".getBytes(ISO_8859_1));
        return false;
      }
      case "cut" -> {
        if (request.method().equals("HEAD")) {
          whole(request, out, "200 OK", "private");
          return true;
        }
        head(request, out, "200 OK", "private", 2 * BODY.length());
        count("failures", "failure", "truncated");
        out.write(BODY.getBytes(ISO_8859_1));
        return false;
      }
      case "hang" -> {
        head(request, out, "200 OK", "private", 10 << 20);
        out.write(new byte[HANGING_BYTES]);
        return in.read() >= 0;
      }
      default -> whole(request, out, "200 OK", "private");
    }
    return true;
  }

  private void validated(Head request, OutputStream out, String cacheControl) throws IOException {
    if (request.field("if-none-match") != null) {
      head(request, out, "304 Not Modified", cacheControl, /* length= */ -1);
    } else {
      whole(request, out, "200 OK", cacheControl);
    }
  }

  private void whole(Head request, OutputStream out, String status, String cacheControl)
      throws IOException {
    head(request, out, status, cacheControl, BODY.length());
    if (!request.method().equals("HEAD")) {
      out.write(BODY.getBytes(ISO_8859_1));
    }
  }

  private void head(Head request, OutputStream out, String status, String cacheControl, int length)
      throws IOException {
    count("responses", "status", status.charAt(0) + "xx");
    boolean check = request.field(ID) == null;
    if (cacheControl.equals("private") && request.method().equals("GET") && !check) {
      count("simple_cache_departures_total{cause=\"not-storable\"}");
    }
    String head =
        "HTTP/1.1 %s\r\nCache-Control: %s\r\nETag: \"e\"\r\n%s\r\n"
            .formatted(
                status, cacheControl, length < 0 ? "" : "Content-Length: " + length + "\r\n");
    out.write(head.getBytes(ISO_8859_1));
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
  }

  /** The head of a message. */
  record Head(String line, Map<String, String> fields) {
    /** Reads one; null at the end. */
    static @Nullable Head read(InputStream in) throws IOException {
      String first = line(in);
      if (first == null) {
        return null;
      }
      Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(':');
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
      return new Head(first, fields);
    }

    private static @Nullable String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          return null;
        }
        line.append((char) b);
      }
      return line.substring(0, line.length() - 1);
    }

    String method() {
      return line.substring(0, line.indexOf(' '));
    }

    String target() {
      return line.split(" ", -1)[1];
    }

    int status() {
      return Integer.parseInt(line.split(" ", -1)[1]);
    }

    @Nullable String field(String name) {
      return fields.get(name);
    }

    String field(String name, String otherwise) {
      return fields.getOrDefault(name, otherwise);
    }
  }
}
