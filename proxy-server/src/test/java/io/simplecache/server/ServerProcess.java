package io.simplecache.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, as an operator has it. */
final class ServerProcess implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("http://(?:localhost|\\[::1]):(\\d+)/ ");

  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final int port;

  /** Starts it with {@code flags}, on any free port, and waits until it listens. */
  ServerProcess(String... flags) throws IOException, InterruptedException {
    this(List.of(), flags);
  }

  /** Starts it by a command that takes its own as arguments. */
  ServerProcess(List<String> starter, String... flags) throws IOException, InterruptedException {
    this(starter, List.of(), flags);
  }

  /** Starts it so, with further options of the JVM. */
  ServerProcess(List<String> starter, List<String> jvmOptions, String... flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As in the manifest of the jar.
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.addAll(List.of("-Xmx256m", "-ea", "-cp", System.getProperty("java.class.path")));
    command.addAll(jvmOptions);
    command.add(Main.class.getName());
    if (List.of(flags).stream().noneMatch(flag -> flag.startsWith("--port="))) {
      command.add("--port=0");
    }
    command.addAll(List.of(flags));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread reader = new Thread(this::read, "server-output");
    reader.setDaemon(true);
    reader.start();
    Matcher listens = LISTENS.matcher(awaitLine("simple-cache "));
    if (!listens.find()) {
      throw new IOException("no port in " + seen);
    }
    port = Integer.parseInt(listens.group(1));
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
  }

  /** Returns the next line of output that contains {@code part}. */
  String awaitLine(String part) throws InterruptedException, IOException {
    while (true) {
      String line = lines.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        throw new IOException("no line with '" + part + "' in " + seen);
      }
      seen.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
  }

  /** Returns all lines of output so far. */
  List<String> output() {
    lines.drainTo(seen);
    return List.copyOf(seen);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int port() {
    return port;
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Sends a signal by its name, such as {@code HUP}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /** Returns the exit code. */
  int awaitExit() throws InterruptedException, IOException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IOException("still running; output: " + seen + lines);
    }
    return process.exitValue();
  }

  /** Sends SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }
}
