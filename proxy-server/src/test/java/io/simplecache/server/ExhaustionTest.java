package io.simplecache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The program runs out of descriptors, of direct memory, of heap: it goes on when there is enough
 * again, or ends and says why; it never just hangs.
 */
@Timeout(90)
@EnabledOnOs(OS.LINUX)
class ExhaustionTest {
  /** What the program and the JVM exit with. */
  private static final int OUT_OF_MEMORY = 3;

  private static final int MAX_LINES = 10;

  private final Origin origin;

  ExhaustionTest() throws IOException {
    origin = new Origin();
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  private ServerProcess server(List<String> starter, String... jvmOptions)
      throws IOException, InterruptedException {
    return new ServerProcess(
        starter, List.of(jvmOptions), "--origin=http://127.0.0.1:" + origin.port());
  }

  @Test
  void descriptors_usedUp_thoseThereAreServed_othersWhenSomeEnd() throws Exception {
    List<String> few = List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh");
    try (ServerProcess server = server(few);
        Connection early = new Connection(server.port())) {
      assertEquals(200, early.get("/small"));
      try (Crowd crowd = new Crowd(server.port())) {
        crowd.join(150, client -> "");
        server.awaitLine("no more connections: Too many open files");
        for (int i = 0; i < 100; i++) {
          assertEquals(200, early.get("/small"));
        }
      }
      try (Connection late = new Connection(server.port())) {
        assertEquals(200, late.get("/small"));
      }
      List<String> said =
          server.output().stream().filter(line -> line.contains("connections")).toList();
      assertTrue(said.size() <= 3, () -> String.join("\n", said));
    }
  }

  @Test
  void directMemory_usedUpByUnfinishedLines_goesOnAfterwards() throws Exception {
    try (ServerProcess server = server(List.of(), "-XX:MaxDirectMemorySize=36m")) {
      try (Crowd crowd = new Crowd(server.port())) {
        String line = "X: " + "x".repeat(31 << 10);
        crowd.join(2000, client -> "GET /" + client + " HTTP/1.1\r\nHost: a\r\n" + line);
        crowd.push();
      }
      assertGoesOnOrHasEnded(server);
      assertSaidBriefly(server);
    }
  }

  @Test
  void heap_usedUpByHeads_goesOnAfterwardsOrEnds() throws Exception {
    try (ServerProcess server = server(List.of(), "-Xmx20m", "-XX:MaxDirectMemorySize=64m")) {
      sendManyHeads(server);
      assertGoesOnOrHasEnded(server);
      assertSaidBriefly(server);
    }
  }

  /** As the start script has it. */
  @Test
  void heap_usedUpByHeads_endsWhereTheJvmIsToldTo() throws Exception {
    try (ServerProcess server =
        server(
            List.of(),
            "-Xmx20m",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:+UseParallelGC",
            "-XX:+ExitOnOutOfMemoryError")) {
      sendManyHeads(server);
      assertEquals(OUT_OF_MEMORY, server.awaitExit());
      assertSaidBriefly(server);
    }
  }

  private static void sendManyHeads(ServerProcess server) throws Exception {
    StringBuilder head = new StringBuilder(" HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 120; i++) {
      head.append("X-").append(i).append(": ").append("x".repeat(240)).append("\r\n");
    }
    try (Crowd crowd = new Crowd(server.port())) {
      crowd.join(1500, client -> "GET /" + client + head);
      crowd.push();
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Memory may come back a moment after those who had it have gone. */
  private static void assertGoesOnOrHasEnded(ServerProcess server) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (server.isAlive() && !isServedBy(server)) {
      assertTrue(System.nanoTime() < end, () -> "hangs: " + String.join("\n", server.output()));
      Thread.sleep(100);
    }
    if (!server.isAlive()) {
      assertEquals(OUT_OF_MEMORY, server.awaitExit(), () -> String.join("\n", server.output()));
    }
  }

  private static boolean isServedBy(ServerProcess server) {
    try (Connection late = new Connection(server.port())) {
      return late.get("/small") == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** One line says it, not one for each connection, and none of them is a stack's. */
  private static void assertSaidBriefly(ServerProcess server) {
    List<String> said = server.output();
    assertTrue(
        said.stream()
                .anyMatch(line -> line.contains("out of memory") || line.contains("OutOfMemory"))
            && said.size() <= MAX_LINES,
        () -> String.join("\n", said.subList(0, Math.min(30, said.size()))));
  }

  /** Clients that send what they can, and read nothing. */
  private static final class Crowd implements AutoCloseable {
    private static final int SEND_BUFFER_BYTES = 64 << 10;

    /** Fewer than one address may have. */
    private static final int PER_ADDRESS = 1000;

    private final InetSocketAddress server;
    private final List<SocketChannel> clients = new ArrayList<>();
    private final List<ByteBuffer> requests = new ArrayList<>();

    Crowd(int port) {
      server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    interface Request {
      String of(int client);
    }

    void join(int count, Request request) throws IOException {
      for (int i = 0; i < count; i++) {
        SocketChannel client = SocketChannel.open();
        clients.add(client);
        client.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        client.bind(new InetSocketAddress("127.0.0." + (1 + i / PER_ADDRESS), 0));
        client.connect(server);
        client.configureBlocking(false);
        requests.add(ByteBuffer.wrap(request.of(i).getBytes(ISO_8859_1)));
      }
    }

    /** Sends until for a second nobody can send any more. */
    void push() throws InterruptedException {
      for (int idle = 0; idle < 20; idle++) {
        long sent = 0;
        for (int i = 0; i < clients.size(); i++) {
          sent += push(clients.get(i), requests.get(i));
        }
        if (sent > 0) {
          idle = 0;
        }
        Thread.sleep(50);
      }
    }

    private static int push(SocketChannel client, ByteBuffer request) {
      try {
        return client.isOpen() ? client.write(request) : 0;
      } catch (IOException e) {
        // Cut off.
        request.position(request.limit());
        return 0;
      }
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
  }

  /** One client's connection. */
  private static final class Connection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5_000;

    private final Socket socket;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Returns the status of a response without content, or with one byte. */
    int get(String path) throws IOException {
      socket
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1));
      String head = Origin.readHead(socket.getInputStream());
      if (head.isEmpty()) {
        throw new EOFException();
      }
      socket.getInputStream().readNBytes(1);
      return Integer.parseInt(head.substring(9, 12));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Answers GET with one storable byte; does not read what is sent it by POST. */
  private static final class Origin {
    private final ConcurrentLinkedQueue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final ServerSocket listener;

    Origin() throws IOException {
      listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
      new Thread(this::accept, "origin").start();
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket connection = listener.accept();
          connections.add(connection);
          new Thread(() -> serve(connection), "origin-connection").start();
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private static void serve(Socket connection) {
      try {
        String head = readHead(connection.getInputStream());
        while (head.startsWith("GET")) {
          String response =
              "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 1\r\n\r\na";
          connection.getOutputStream().write(response.getBytes(ISO_8859_1));
          head = readHead(connection.getInputStream());
        }
      } catch (IOException closed) {
        // Likewise.
      }
    }

    /** Returns a head, or nothing at the end. */
    static String readHead(InputStream input) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
        int next = input.read();
        if (next < 0) {
          return "";
        }
        head.append((char) next);
      }
      return head.toString();
    }

    void close() throws IOException {
      listener.close();
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }
}
