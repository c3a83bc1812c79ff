package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A cache that can be measured: a directory with its configuration and a script {@code start}.
 *
 * @param name that of the directory
 * @param version the line that {@code start --version} prints
 */
record Contestant(String name, String version, Path start) {

  /** Returns those below a directory whose program is installed, by name. */
  static List<Contestant> find(Path peers) throws IOException, InterruptedException {
    List<Path> starts;
    try (Stream<Path> directories = Files.list(peers)) {
      starts =
          directories.map(each -> each.resolve("start")).filter(Files::exists).sorted().toList();
    }
    List<Contestant> found = new ArrayList<>();
    for (Path start : starts) {
      String version = versionOf(start);
      if (!version.isEmpty()) {
        String name = String.valueOf(start.getName(start.getNameCount() - 2));
        found.add(new Contestant(name, version, start));
      }
    }
    return found;
  }

  /** Returns an empty string for a program that is not there. */
  private static String versionOf(Path start) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(start.toString(), "--version")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? printed.strip() : "";
  }

  boolean isNginx() {
    return name.startsWith("nginx");
  }
}
