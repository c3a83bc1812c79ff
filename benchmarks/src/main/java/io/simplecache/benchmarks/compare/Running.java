package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A contestant that runs, pinned, with a fresh directory that goes when it is closed. */
final class Running implements AutoCloseable {
  private static final long START_NANOS = 30_000_000_000L;

  private final Contestant contestant;
  private final Process process;
  private final ProcessTree tree;
  private final int port;
  private final Path directory;
  private final long startNanos;

  private Running(Contestant contestant, Process process, int port, Path directory, long began)
      throws IOException {
    this.contestant = contestant;
    this.process = process;
    this.tree = new ProcessTree(process.toHandle());
    this.port = port;
    this.directory = directory;
    this.startNanos = awaitFirstAnswer() - began;
  }

  /**
   * Starts a contestant and waits until it has answered a request.
   *
   * @param cpus those it is pinned to, as {@code taskset -c} wants them
   * @param parent where its directory is made
   * @throws IOException if it has not answered with 200 within 30 seconds
   */
  static Running start(
      Contestant contestant, String cpus, int port, int originPort, Path parent, boolean withLog)
      throws IOException {
    Path directory = Files.createTempDirectory(parent, contestant.name() + "-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "taskset",
                "-c",
                cpus,
                contestant.start().toString(),
                Integer.toString(port),
                Integer.toString(originPort),
                directory.toString()));
    if (withLog) {
      command.add(directory.resolve("access.log").toString());
    }
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    return new Running(contestant, process, port, directory, began);
  }

  /** Returns when the first answer had come, by {@code nanoTime}. */
  private long awaitFirstAnswer() throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (answers()) {
        return System.nanoTime();
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    String output = Files.readString(directory.resolve("output"));
    close();
    throw new IOException(contestant.name() + " did not start: " + output);
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + Site.SMALL + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false; // not yet
    }
  }

  Contestant contestant() {
    return contestant;
  }

  int port() {
    return port;
  }

  /** Returns the time from the call that started the process to the first answer. */
  long startNanos() {
    return startNanos;
  }

  long cpuMicros() throws IOException {
    return tree.cpuMicros();
  }

  long residentBytes() throws IOException {
    return tree.residentBytes();
  }

  /** Returns the bytes of its files in {@code cache}, where some keep what they hold. */
  long cacheFileBytes() throws IOException {
    Path cache = directory.resolve("cache");
    if (!Files.exists(cache)) {
      return 0;
    }
    Process du = new ProcessBuilder("du", "-sk", cache.toString()).start();
    String printed = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(printed.split("\\s", -1)[0]) * 1024;
  }

  @Override
  public void close() {
    tree.end();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println(directory + ": " + e);
    }
  }
}
