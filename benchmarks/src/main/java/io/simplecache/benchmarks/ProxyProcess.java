package io.simplecache.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cache server in a process of its own, and what it takes as Linux (proc(5)) and its metrics
 * say. Its output is that of the load.
 */
final class ProxyProcess implements AutoCloseable {
  private final Process process;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * Starts it on free ports of the loopback interface and waits until it listens.
   *
   * @param jar that of the server
   * @param jvmOptions options of the JVM beside those that all loads need
   * @param memoryMib what the cache may take
   * @param settings further flags of the server
   */
  ProxyProcess(Path jar, int originPort, List<String> jvmOptions, int memoryMib, String... settings)
      throws IOException, InterruptedException {
    port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxDirectMemorySize=1g"));
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-jar",
            jar.toString(),
            "--host=127.0.0.1",
            "--port=" + port,
            "--origin=http://127.0.0.1:" + originPort,
            "--max-requests-per-connection=0",
            "--memory=" + memoryMib + "MiB"));
    command.addAll(List.of(settings));
    process = new ProcessBuilder(command).inheritIO().start();
    // However the load ends.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    for (int i = 0; i < 100; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    process.destroy();
    throw new IOException("the cache server did not start");
  }

  /** Returns a port that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns VmRSS in KiB, or 0 where there is no such thing. */
  long residentKib() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns how many descriptors are open. */
  long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return open.count();
    }
  }

  /** Collects all of its garbage, by {@code jcmd} of the JDK. */
  void collectGarbage() throws IOException, InterruptedException {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            String.valueOf(process.pid()),
            "GC.run")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Returns what its metrics say now, if it was started with that {@code --admin-port}. */
  Metrics metrics(int adminPort) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
    String text = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    return new Metrics(text.lines().filter(line -> !line.startsWith("#")).toList());
  }

  /** Metrics in the text format of Prometheus. */
  record Metrics(List<String> lines) {
    /** Returns the sum of all series whose line begins with this, and has that among its labels. */
    double sum(String name, String label) {
      return lines.stream()
          .filter(line -> line.startsWith(name) && line.contains(label))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** Ends it in good order. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
