package io.simplecache.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags, in the order and with the words of {@code --help}. */
final class ServerOptions {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8001",
      description = "Port to listen on; 0 for any free one. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "0.0.0.0",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}, all of this machine.")
  String host = "0.0.0.0";

  @Option(
      names = "--origin",
      paramLabel = "URL",
      description =
          "The main server: http://host[:port] or https://host[:port]."
              + " Default: http://localhost:8000.")
  @Nullable String origin;

  @Option(
      names = "--origin-ca",
      paramLabel = "FILE",
      description =
          "PEM file with the certificates that an https origin is verified by."
              + " Default: those that the JDK trusts.")
  @Nullable Path originCa;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "What stored and arriving responses may take together. Default: 256MiB, or what the JVM's"
              + " limit of direct memory allows if that is less.")
  @Nullable ByteSize memory;

  @Option(
      names = "--max-object",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "Responses with a larger body are relayed, not stored. Default: a quarter of --memory.")
  @Nullable ByteSize maxObject;

  @Option(
      names = "--ignore-reload",
      description =
          "Answer a browser's reload like any other request: Cache-Control and Pragma of requests"
              + " do not count. On in --demo.")
  boolean ignoreReload;

  @Option(
      names = "--access-log",
      description = "Print a line for each request to standard output. On in --demo.")
  boolean accessLog;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Number of event loops. Default: one for each processor.")
  int threads;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, io_uring, epoll or nio. Default: ${DEFAULT-VALUE}, the fastest that works here.")
  String transport = "auto";

  @Option(
      names = "--max-target",
      paramLabel = "SIZE",
      defaultValue = "8KiB",
      converter = ByteSize.Converter.class,
      description = "Longest request line; a longer one gets 414. Default: ${DEFAULT-VALUE}.")
  ByteSize maxTarget = new ByteSize(8 << 10);

  @Option(
      names = "--max-head",
      paramLabel = "SIZE",
      defaultValue = "32KiB",
      converter = ByteSize.Converter.class,
      description =
          "Largest header section of a request; a larger one gets 431. Default: ${DEFAULT-VALUE}.")
  ByteSize maxHead = new ByteSize(32 << 10);

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = TimeSpan.class,
      description = "To a connection to the origin, TLS included. Default: ${DEFAULT-VALUE}.")
  Duration connectTimeout = Duration.ofSeconds(5);

  @Option(
      names = "--origin-timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = TimeSpan.class,
      description =
          "To the head of the origin's response, and between two pieces of its body."
              + " Default: ${DEFAULT-VALUE}.")
  Duration originTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--keep-alive",
      paramLabel = "TIME",
      defaultValue = "75s",
      converter = TimeSpan.class,
      description =
          "How long a client's connection may wait for its next request."
              + " Default: ${DEFAULT-VALUE}.")
  Duration keepAlive = Duration.ofSeconds(75);

  @Option(
      names = "--client-timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = TimeSpan.class,
      description =
          "How long a client may pause while it sends a body, or take nothing of a response."
              + " Default: ${DEFAULT-VALUE}.")
  Duration clientTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = TimeSpan.class,
      description =
          "How long requests under way may go on after SIGTERM. Default: ${DEFAULT-VALUE}.")
  Duration drainTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--demo",
      description =
          "Start the demo main server inside this process, on --demo-port, and print what to try.")
  boolean demo;

  @Option(
      names = "--demo-port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "Port of the demo main server; 0 for any free one. Default: ${DEFAULT-VALUE}.")
  int demoPort;
}
