package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.demo.DemoOrigin;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program stopped, killed and started again, under load. */
@Timeout(120)
class LifeCycleTest {
  private static final int CLIENTS = 8;

  private final DemoOrigin origin;

  LifeCycleTest() throws IOException {
    origin = DemoOrigin.builder().port(0).start();
  }

  @AfterEach
  void stopOrigin() {
    origin.close();
  }

  private ServerProcess start(String... more) throws Exception {
    List<String> flags = new ArrayList<>(List.of(more));
    flags.add("--origin=http://127.0.0.1:" + origin.port());
    return new ServerProcess(flags.toArray(String[]::new));
  }

  @Test
  void terminate_underLoad_noRequestFails() throws Exception {
    try (ServerProcess server = start();
        Load load = new Load(server.port())) {
      load.awaitAnswers(200);
      server.terminate();
      assertEquals(0, server.awaitExit());
      load.awaitEnd();
      assertEquals(List.of(), List.copyOf(load.failures));
      assertTrue(load.closes.get() > 0, "no client was told that its connection closes");
    }
  }

  @Test
  void terminate_thenStart_samePortAtOnce() throws Exception {
    try (ServerProcess server = start();
        Load load = new Load(server.port())) {
      load.awaitAnswers(50);
      server.terminate();
      assertEquals(0, server.awaitExit());
      try (ServerProcess next = start("--port=" + server.port())) {
        assertEquals(server.port(), next.port());
        assertEquals(200, ask(next.port(), "/demo/max-age/60"));
      }
    }
  }

  @Test
  void kill_thenStart_samePortAtOnce() throws Exception {
    try (ServerProcess server = start();
        Load load = new Load(server.port())) {
      load.awaitAnswers(50);
      server.kill();
      server.awaitExit();
      try (ServerProcess next = start("--port=" + server.port())) {
        assertEquals(200, ask(next.port(), "/demo/max-age/60"));
      }
    }
  }

  private static int ask(int port, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      send(socket, path);
      return receive(new BufferedInputStream(socket.getInputStream())).status();
    }
  }

  private static void send(Socket socket, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private record Answer(int status, boolean closes) {}

  /** Reads one response with a length; fails where it ends early. */
  private static Answer receive(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after '" + head + "'");
      }
      head.append((char) b);
    }
    String fields = head.toString().toLowerCase(Locale.ROOT);
    String name = "content-length: ";
    int from = fields.indexOf(name) + name.length();
    int length = Integer.parseInt(fields.substring(from, fields.indexOf('\r', from)));
    if (in.readNBytes(length).length < length) {
      throw new IOException("closed in the body after '" + head + "'");
    }
    return new Answer(
        Integer.parseInt(fields.substring(9, 12)), fields.contains("\r\nconnection: close"));
  }

  /**
   * Clients that ask for hits and misses, one request at a time, each over one connection until
   * that is closed by announcement. A connection that closes while it is idle fails no request; who
   * then finds no listener has no more to ask.
   */
  private static final class Load implements AutoCloseable {
    private final int port;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(CLIENTS);
    private volatile boolean stopped;

    Load(int port) {
      this.port = port;
      for (int i = 0; i < CLIENTS; i++) {
        Thread thread = new Thread(this::run, "client-" + i);
        thread.setDaemon(true);
        thread.start();
      }
    }

    private void run() {
      try {
        while (!stopped) {
          Socket socket;
          try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
          } catch (IOException e) {
            return;
          }
          try (socket) {
            useUntilClosed(socket);
          }
        }
      } catch (IOException e) {
        failures.add(e.toString());
      } finally {
        running.countDown();
      }
    }

    private void useUntilClosed(Socket socket) throws IOException {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; !stopped; i++) {
        send(socket, i % 2 == 0 ? "/demo/max-age/60" : "/demo/delay/20");
        in.mark(/* readlimit= */ 1);
        if (isClosedUnanswered(in)) {
          return;
        }
        in.reset();
        Answer answer = receive(in);
        if (answer.status() != 200) {
          throw new IOException("status " + answer.status());
        }
        answers.incrementAndGet();
        if (answer.closes()) {
          closes.incrementAndGet();
          return;
        }
      }
    }

    /** RFC 9112 §9.3.1: a server may close an idle connection as the next request is coming. */
    private static boolean isClosedUnanswered(InputStream in) {
      try {
        return in.read() < 0;
      } catch (IOException e) {
        return true;
      }
    }

    void awaitAnswers(int count) {
      while (answers.get() < count) {
        if (running.getCount() == 0) {
          throw new AssertionError("all clients ended: " + failures);
        }
        Thread.onSpinWait();
      }
    }

    void awaitEnd() throws InterruptedException {
      running.await();
    }

    @Override
    public void close() {
      stopped = true;
    }
  }
}
