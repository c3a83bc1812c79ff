package io.simplecache.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The demo origin in a process of its own, with files that are fresh for a day. */
final class Origin implements AutoCloseable {
  private static final Pattern TOTAL = Pattern.compile("\"total\": (\\d+)");

  private final Process process;
  private final URI counts;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private Origin(Process process, int port) {
    this.process = process;
    this.port = port;
    this.counts = URI.create("http://127.0.0.1:" + port + "/_counts");
  }

  /** Starts it and waits until it listens. */
  static Origin start(Path jar, Path root, int port, String cpus) throws IOException {
    Process process =
        new ProcessBuilder(
                "taskset",
                "-c",
                cpus,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx256m",
                "-jar",
                jar.toString(),
                Integer.toString(port),
                "--root",
                root.toString(),
                "--max-age",
                "86400",
                "--quiet")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    if (lines.readLine() == null) {
      throw new IOException(jar + " did not start");
    }
    return new Origin(process, port);
  }

  int port() {
    return port;
  }

  /** Returns how many requests it has had since {@link #forget}. */
  long asked() throws IOException, InterruptedException {
    String json =
        client.send(HttpRequest.newBuilder(counts).build(), BodyHandlers.ofString()).body();
    Matcher total = TOTAL.matcher(json);
    if (!total.find()) {
      throw new IOException(counts + ": " + json);
    }
    return Long.parseLong(total.group(1));
  }

  /** Begins to count anew. */
  void forget() throws IOException, InterruptedException {
    client.send(HttpRequest.newBuilder(counts).DELETE().build(), BodyHandlers.discarding());
  }

  @Override
  public void close() {
    new ProcessTree(process.toHandle()).end();
  }
}
