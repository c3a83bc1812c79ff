package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Main.run(
        args,
        Map.of(),
        new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
        new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
  }

  private void assertOneLine(String... parts) {
    String text = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, text.lines().count(), text);
    for (String part : parts) {
      assertTrue(text.contains(part), text + " has no " + part);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --port=99999              | --port: 99999            | expected: 0 to 65535
          --port=http               | --port                   | http
          --memory=lots             | --memory: lots           | expected: a size such as
          --memory=900TiB           | --memory                 | expected
          --memory=4k               | --memory: 4k             | 1 MiB to 1024 GiB
          --memory=1000g            | --memory: 1000 GiB       | expected: at most
          --max-object=-1           | --max-object             | expected: a size
          --origin=ftp://x          | --origin: ftp://x        | expected: http://host[:port]
          --origin=localhost:8000   | --origin: localhost:8000 | expected: http://host[:port]
          --origin=http://h/path    | --origin: http://h/path  | expected: http://host[:port]
          --origin=http://a b       | --origin: http://a b     | expected: http://host[:port]
          --connect-timeout=5       | --connect-timeout        | expected: a time such as
          --connect-timeout=0s      | --connect-timeout: 0s    | 1ms to 24h
          --origin-max-fetches=0    | --origin-max-fetches: 0  | expected: 1 to 1000000
          --origin-max-back-off=5ms | --origin-max-back-off: 5ms | not less than --origin-min-back-off, which is 1s
          --origin-min-back-off=1m  | --origin-max-back-off: 30s | not less than --origin-min-back-off, which is 1m
          --health-path=up          | --health-path: up        | expected: a path that begins with /
          --transport=carrierpigeon | --transport: carrierpigeon | expected: auto, io_uring, epoll or nio
          --threads=-1              | --threads: -1            | expected: 0 to 1024
          --max-head=1              | --max-head: 1 (expected  | 1 KiB to 1 MiB
          --origin-ca=/nowhere.pem  | --origin-ca: /nowhere.pem | expected: a readable PEM file
          --bypass=x                | --bypass: x              | expected: a path with / or * first
          --default-lifetime=99=5s  | --default-lifetime: 99=5s | a status from 200 to 599
          --default-lifetime=404=5  | --default-lifetime       | a time such as
          --force-lifetime=/a=soon  | --force-lifetime         | a time such as
          --frobnicate              | --frobnicate             | Unknown option
          --prot=80                 | --prot                   | did you mean --port?
          --host=no.such.host.invalid | --host: no.such.host.invalid: not known here | expected: an address of this machine
          --access-log-file=/         | --access-log-file: /     | expected: a file that can be written
          """)
  void flag_thatCannotBeFollowed_isNamedInOneLineAndExits2(String flag, String name, String why) {
    int exitCode = run(flag);

    assertAll(() -> assertEquals(2, exitCode), () -> assertOneLine("simple-cache: ", name, why));
  }

  @Test
  void port_inUse_isSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int exitCode = run("--host=127.0.0.1", "--port=" + taken.getLocalPort());

      assertEquals(2, exitCode);
      assertOneLine("--port " + taken.getLocalPort(), "cannot listen", "in use");
    }
  }

  @Test
  void demoPort_inUse_isSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int exitCode = run("--demo", "--port=0", "--demo-port=" + taken.getLocalPort());

      assertEquals(2, exitCode);
      assertOneLine("--demo-port: " + taken.getLocalPort(), "expected: a free port");
    }
  }

  @Test
  void help_namesEveryFlag() {
    int exitCode = run("--help");

    String text = out.toString(StandardCharsets.UTF_8).replace("[no-]", "");
    assertEquals(0, exitCode);
    for (String flag :
        new String[] {"--port", "--origin", "--memory", "--demo", "--access-log", "--transport"}) {
      assertTrue(text.contains(flag), flag);
    }
    text.lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @Test
  void checkConfig_ofGoodSettings_printsOk() {
    assertEquals(0, run("--check-config", "--origin=http://a", "--origin=http://b"));
    assertEquals("ok\n", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void checkConfig_ofBadSettings_isSaid() {
    assertEquals(2, run("--check-config", "--admin-port=0", "--admin-host=0.0.0.0"));
    assertOneLine("--admin-host: 0.0.0.0", "expected: a loopback address, or --admin-token-file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --host=no.such.host.invalid | --host: no.such.host.invalid: not known here
          --access-log-file=/         | --access-log-file: / (expected: a file that can be written)
          --access-log-file=/no/where | --access-log-file: /no/where (expected: a file that can be written)
          --port=19001 --admin-port=19001 | --admin-port: 19001 is --port already (expected: one of its own)
          """)
  void checkConfig_findsWhatTheStartWould(String flags, String message) {
    String[] all = ("--check-config " + flags).split(" ");

    assertEquals(2, run(all));
    assertOneLine(message);
  }

  @Test
  void checkConfig_ofOnePortOnTwoAddresses_isGood() {
    assertEquals(
        0,
        run("--check-config", "--host=127.0.0.2", "--port=19001", "--admin-port=19001"),
        err.toString(StandardCharsets.UTF_8));
    assertEquals(0, run("--check-config", "--port=0", "--admin-port=0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --port 1 --port 2                   | --port
          --port=1 --port=1                   | --port
          --trace --no-trace                  | --trace
          --no-vary-search --no-vary-search   | --no-vary-search
          """)
  void flag_givenTwice_isRefused(String flags, String name) {
    assertEquals(2, run(("--check-config " + flags).split(" ")));
    assertOneLine("simple-cache: " + name + ": is there twice");
  }

  @Test
  void help_saysUsageOnce() {
    run("--help");

    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("Usage: simple-cache [--origin URL]"), text);
    assertEquals(1, text.split("Usage:", -1).length - 1, text);
  }

  /** In a process of its own, for logging is set up once for each. */
  @Test
  void explain_thatFails_printsOneLineOnly() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "explain",
                "http://h/",
                "--admin=http://localhost:1")
            .start();

    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertTrue(said.startsWith("simple-cache: http://localhost:1 cannot be asked"), said);
    assertEquals(1, said.lines().count(), said);
    assertEquals(1, process.waitFor());
  }

  @Test
  void schema_isPrinted() {
    assertEquals(0, run("--print-schema"));
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"stale-if-error\""));
  }

  @Test
  void version_isPrinted() {
    assertEquals(0, run("--version"));
    String said = out.toString(StandardCharsets.UTF_8);
    assertTrue(said.matches("(?s)simple-cache \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R.*"), said);
  }
}
