package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a scenario is played: the origin, the load generators, and the contestants, each started
 * when it is first asked for. Closing it ends the contestants, not the origin.
 */
final class Stage implements AutoCloseable {
  private final Settings settings;
  private final Origin origin;
  private final Answers answers;
  private final Map<Contestant, Running> running = new LinkedHashMap<>();

  Stage(Settings settings, Origin origin) {
    this.settings = settings;
    this.origin = origin;
    this.answers = new Answers(origin.port());
  }

  Settings settings() {
    return settings;
  }

  Origin origin() {
    return origin;
  }

  Answers answers() {
    return answers;
  }

  /** Whether a contestant runs already, and so has had its warm-up. */
  boolean runs(Contestant contestant) {
    return running.containsKey(contestant);
  }

  /** Returns the contestant, pinned to its one core. */
  Running running(Contestant contestant) throws IOException {
    Running known = running.get(contestant);
    if (known != null) {
      return known;
    }
    Running started = start(contestant, settings.cpu());
    running.put(contestant, started);
    return started;
  }

  /** Starts a contestant that the caller closes. */
  Running start(Contestant contestant, String cpus) throws IOException {
    int port = settings.port() + 1 + running.size();
    return Running.start(
        contestant, cpus, port, origin.port(), settings.directory(), settings.accessLog());
  }

  /**
   * Loads a contestant with wrk.
   *
   * @param script one of the Lua scripts, without its ending
   */
  LoadResult wrk(
      Running target,
      int connections,
      int seconds,
      Call call,
      String script,
      List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", settings.loadCpu(), "wrk"));
    command.addAll(
        List.of("-t1", "-c" + connections, "-d" + seconds + "s", "--latency", "--timeout", "20s"));
    command.add("-s" + settings.home().resolve("src/main/wrk/" + script + ".lua"));
    for (String field : call.fields()) {
      command.addAll(List.of("-H", field));
    }
    command.add("http://127.0.0.1:" + target.port() + call.path());
    command.add("--");
    command.addAll(arguments);
    return LoadResult.parse(output(command));
  }

  /**
   * Loads a contestant with the generator of this module.
   *
   * @param ratePerSecond 0 for as many as go through
   */
  LoadResult generate(Running target, int connections, int seconds, Call call, double ratePerSecond)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "taskset",
                "-c",
                settings.loadCpu(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LoadGenerator.class.getName(),
                Integer.toString(target.port()),
                call.path(),
                Integer.toString(connections),
                Long.toString(Math.round(ratePerSecond)),
                Integer.toString(seconds)));
    command.addAll(call.fields());
    return LoadResult.parse(output(command));
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + printed);
    }
    return printed;
  }

  @Override
  public void close() {
    running.values().forEach(Running::close);
    running.clear();
  }
}
