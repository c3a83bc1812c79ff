package io.simplecache.demo;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command line of the {@link DemoOrigin}: flags in, one running origin out, until a signal ends
 * it.
 */
@Command(
    name = "demo-origin",
    description =
        "The main server: serves a directory, or its own small site, to the cache server.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8000;

  private final PrintStream out;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PORT",
      description = "The port to listen on, 0 for any free one (default: " + DEFAULT_PORT + ").")
  private @Nullable Integer positionalPort;

  @Option(names = "--port", paramLabel = "PORT", description = "The same, as a flag.")
  private @Nullable Integer flagPort;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "The name or address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "The directory to serve (default: the bundled site).")
  private @Nullable Path root;

  @Option(
      names = "--max-age",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long the directory's files are fresh (default: ${DEFAULT-VALUE}).")
  private int maxAgeSeconds;

  @Option(names = "--quiet", description = "Print no line per request.")
  private boolean quiet;

  private Main(PrintStream out) {
    this.out = out;
  }

  /** Runs the origin until SIGTERM or SIGINT, which end the process with exit code 0. */
  public static void main(String[] args) {
    // Without a logging back-end Netty logs by java.util.logging; SLF4J need not warn of its
    // absence.
    if (System.getProperty("slf4j.internal.verbosity") == null) {
      System.setProperty("slf4j.internal.verbosity", "ERROR");
    }
    System.exit(run(args, System.out, System.err));
  }

  /**
   * Runs the origin until it is closed by a signal or the calling thread is interrupted.
   *
   * @return the exit code: 0 when all went well, 2 when the flags could not be followed; then
   *     {@code err} says why
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return new CommandLine(new Main(out))
        .setOut(new PrintWriter(out, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(Main::printBadUsage)
        .execute(args);
  }

  private static int printBadUsage(ParameterException e, String[] args) {
    e.getCommandLine().getErr().println("demo-origin: " + e.getMessage());
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (DemoOrigin origin = start()) {
      closeOnSignal(origin);
      out.println(
          "main server  http://" + host + ":" + origin.port() + "/  serves " + whatIsServed());
      origin.awaitClosed();
    }
    return CommandLine.ExitCode.OK;
  }

  private DemoOrigin start() {
    int port = port();
    try {
      return DemoOrigin.builder()
          .host(host)
          .port(port)
          .root(checkedRoot())
          .maxAge(maxAge())
          .log(quiet ? line -> {} : out::println)
          .start();
    } catch (IOException e) {
      throw badUsage(
          "--host %s --port %d: cannot listen: %s (expected: an address of this machine and a free port)"
              .formatted(host, port, reason(e)),
          e);
    }
  }

  private int port() {
    if (flagPort != null && positionalPort != null) {
      throw badUsage(
          "--port: given twice, as %d and %d (expected: once)".formatted(flagPort, positionalPort),
          null);
    }
    Integer given = flagPort != null ? flagPort : positionalPort;
    int port = given != null ? given : DEFAULT_PORT;
    if (port < 0 || port > 65_535) {
      throw badUsage("--port: %d (expected: 0 to 65535)".formatted(port), null);
    }
    return port;
  }

  private @Nullable Path checkedRoot() {
    if (root != null && !(Files.isDirectory(root) && Files.isReadable(root))) {
      throw badUsage("--root: %s (expected: a directory that can be read)".formatted(root), null);
    }
    return root;
  }

  private Duration maxAge() {
    if (maxAgeSeconds < 0) {
      throw badUsage("--max-age: %d (expected: 0 or more)".formatted(maxAgeSeconds), null);
    }
    return Duration.ofSeconds(maxAgeSeconds);
  }

  private String whatIsServed() {
    return root == null ? "its bundled site" : root.toString();
  }

  private static String reason(IOException e) {
    Throwable cause = e.getCause() != null ? e.getCause() : e;
    return cause instanceof UnresolvedAddressException
        ? "unknown host"
        : String.valueOf(cause.getMessage());
  }

  private ParameterException badUsage(String message, @Nullable Throwable cause) {
    CommandSpec command = requireNonNull(spec, "spec");
    return new ParameterException(command.commandLine(), message, cause);
  }

  /**
   * Ends the process with 0 after a clean close; the JVM by itself would report the signal's
   * number.
   */
  private void closeOnSignal(DemoOrigin origin) {
    Thread closer =
        new Thread(
            () -> {
              origin.close();
              out.flush();
              Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
            },
            "demo-origin-close");
    Runtime.getRuntime().addShutdownHook(closer);
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"demo-origin " + (version != null ? version : "(not packaged)")};
    }
  }
}
