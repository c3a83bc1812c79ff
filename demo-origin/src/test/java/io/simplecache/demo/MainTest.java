package io.simplecache.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakGuard.class)
@Timeout(60)
final class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--port 65536            | --port: 65536 (expected: 0 to 65535)",
        "-- -1                   | --port: -1 (expected: 0 to 65535)",
        "8000 --port 8001        | --port: given twice, as 8001 and 8000 (expected: once)",
        "0 --root /no/such/place | --root: /no/such/place (expected: a directory that can be read)",
        "--max-age -1            | --max-age: -1 (expected: 0 or more)",
        "--port abc              | 'abc' is not an int",
        "--nonsense              | --nonsense",
        "1 2                     | '2'"
      })
  void badUsage_isOneLineAndCodeTwo(String args, String message) {
    assertEquals(2, run(args.split(" ", -1)));
    String printed = err.toString(UTF_8);
    assertTrue(printed.contains(message), printed);
    assertTrue(printed.startsWith("demo-origin: "), printed);
    assertEquals(1, printed.lines().count(), printed);
  }

  @Test
  void portInUse_isOneLineAndCodeTwo() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEquals(2, run(String.valueOf(other.getLocalPort())));
      String printed = err.toString(UTF_8);
      assertTrue(printed.contains("--port " + other.getLocalPort() + ": cannot listen: "), printed);
      assertEquals(1, printed.lines().count(), printed);
    }
  }

  @Test
  void helpAndVersion_arePrinted() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString(UTF_8).contains("--root=DIR"));
    assertEquals(0, run("--version"));
    assertTrue(out.toString(UTF_8).contains("demo-origin "));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void signal_endsTheProcessWithZero() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--port",
                "0",
                "--quiet")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      String first = lines.readLine();
      assertNotNull(first);
      assertTrue(first.startsWith("main server  http://127.0.0.1:"), first);
      process.destroy();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }
}
