package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.SettingsBench;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes with the jar is in step with it, as far as any machine can tell. */
@Timeout(60)
class PackagesTest {
  private static final Path DIST = Path.of("src", "main", "dist").toAbsolutePath();
  private static final Path SCRIPT = DIST.resolve("simple-cache");

  private final Path directory;

  PackagesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** The JVM's options by the start script, in the place of a JVM a script that prints them. */
  private String optionsOf(List<String> arguments, Map<String, String> environment)
      throws Exception {
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
    assertTrue(java.toFile().setExecutable(true));
    Path script = Files.copy(SCRIPT, directory.resolve("simple-cache"));
    Files.writeString(directory.resolve("proxy-server.jar"), "");
    List<String> command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(arguments);
    Map<String, String> all = new HashMap<>(environment);
    all.put("JAVA_HOME", directory.toString());
    return run(command, all, /* exitCode= */ 0);
  }

  private static String run(List<String> command, Map<String, String> environment, int exitCode)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("SIMPLE_CACHE_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exitCode, process.waitFor(), output);
    return output;
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 368",
    "--memory 1GiB, '', 1328",
    "--memory=64m, '', 128",
    "'', 512MiB, 688",
    "--memory=64m, 512MiB, 128",
  })
  void script_givesDirectMemoryByTheSetting(String flags, String variable, int mib)
      throws Exception {
    String options =
        optionsOf(
            flags.isEmpty() ? List.of() : List.of(flags.split(" ")),
            variable.isEmpty() ? Map.of() : Map.of("SIMPLE_CACHE_MEMORY", variable));

    assertTrue(options.contains(" -XX:MaxDirectMemorySize=" + mib + "m "), options);
    assertTrue(options.strip().endsWith(("proxy-server.jar " + flags).strip()), options);
  }

  @Test
  void script_readsTheFile() throws Exception {
    Path file = Files.writeString(directory.resolve("cache.yaml"), "port: 1\nmemory: 1GiB\n");

    String options = optionsOf(List.of("--config", file.toString()), Map.of());

    assertTrue(options.contains(" -XX:MaxDirectMemorySize=1328m "), options);
  }

  @Test
  void script_pleasesShellcheck() throws Exception {
    assumeTrue(isThere("shellcheck"), "shellcheck is not installed");
    run(List.of("shellcheck", SCRIPT.toString()), Map.of(), /* exitCode= */ 0);
  }

  @Test
  void unit_pleasesSystemd() throws Exception {
    assumeTrue(isThere("systemd-analyze"), "systemd is not installed");
    String unit = Files.readString(DIST.resolve("simple-cache.service"));
    // The program need not be installed here.
    Path copy =
        Files.writeString(
            directory.resolve("simple-cache.service"),
            unit.replace("ExecStart=/usr/bin/simple-cache", "ExecStart=/bin/sh"));

    assertEquals(
        "",
        run(List.of("systemd-analyze", "verify", copy.toString()), Map.of(), /* exitCode= */ 0));
  }

  /** The start script reckons the heap from the memory; a fixed one would be wrong with another. */
  @Test
  void unit_leavesTheHeapToTheScript() throws Exception {
    String unit = Files.readString(DIST.resolve("simple-cache.service"));

    assertFalse(unit.contains("HEAP="), unit);
  }

  /** What the image starts with, what compose says, and what the script would give are the same. */
  @Test
  void compose_setsWhatTheServerKnows() throws Exception {
    JsonNode compose = new YAMLMapper().readTree(DIST.resolve("compose.yaml").toFile());
    Map<String, String> environment = new HashMap<>();
    JsonNode cache = compose.path("services").path("cache");
    cache
        .path("environment")
        .properties()
        .forEach(each -> environment.put(each.getKey(), each.getValue().asText()));
    String options = environment.remove("JDK_JAVA_OPTIONS");
    assertNotNull(options);

    Configuration.read(SettingsBench.flags(), environment);

    assertTrue(Files.readString(Path.of("pom.xml")).contains(">" + options + "<"), options);
    String memory = String.valueOf(environment.get("SIMPLE_CACHE_MEMORY"));
    Matcher direct = Pattern.compile("-XX:MaxDirectMemorySize=\\d+m").matcher(options);
    assertTrue(direct.find(), options);
    String byScript = optionsOf(List.of(), Map.of("SIMPLE_CACHE_MEMORY", memory));
    assertTrue(byScript.contains(" " + direct.group() + " "), byScript);
    assertTrue(compose.path("services").has("origin"));
  }
}
