package io.simplecache.server;

import io.netty.channel.unix.Errors;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.internal.PlatformDependent;
import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import io.simplecache.policy.SiteRules;
import io.simplecache.transport.Transport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: flags in, one running cache server out, until a signal ends it. */
@Command(
    name = "simple-cache",
    header = "A caching reverse proxy: answers from memory, asks the main server once.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Try it: java -jar proxy-server.jar --demo",
      "",
      "SIGTERM and SIGINT end it in good order: no new connections, requests under way are"
          + " answered, exit code 0. Exit code 2: a flag cannot be followed."
    })
public final class Main implements Callable<Integer> {
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
  private static final long DEFAULT_MEMORY_BYTES = 256L << 20;

  /** What connections need beside the cache. */
  private static final long BUFFERS_BYTES = 32L << 20;

  private static final String DEFAULT_ORIGIN = "http://localhost:8000";

  @Mixin private ServerOptions options = new ServerOptions();

  @Mixin private RuleOptions rules = new RuleOptions();

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  /** Runs the server until a signal. */
  public static void main(String[] args) {
    if (System.getProperty(LEAK_DETECTION) == null) {
      // It costs up to a microsecond a hit; the tests run with it.
      System.setProperty(LEAK_DETECTION, "disabled");
    }
    System.exit(run(args, System.out, System.err));
  }

  /**
   * Runs the server until a signal or an interrupt of the calling thread.
   *
   * @return the exit code: 0 when all went well, 2 when a flag cannot be followed; then one line on
   *     {@code err} says which
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(out, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(Main::printBadUsage)
        .execute(args);
  }

  private static int printBadUsage(ParameterException e, String[] args) {
    e.getCommandLine().getErr().println("simple-cache: " + e.getMessage());
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws InterruptedException {
    checkBounds();
    Logging.start(options.accessLog || options.demo);
    ByteSize memory = memory();
    try (DemoOrigin demo = startDemo()) {
      URI origin = originUri(demo);
      ProxyServer server = startServer(origin, memory);
      CountDownLatch ended = new CountDownLatch(1);
      Thread hook = new Thread(() -> end(server, ended), "shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      announce(server, origin, memory, demo);
      try {
        ended.await();
      } catch (InterruptedException e) {
        Runtime.getRuntime().removeShutdownHook(hook);
        server.stop(options.drainTimeout);
      }
    } finally {
      Logging.stop();
    }
    return CommandLine.ExitCode.OK;
  }

  /**
   * In the shutdown hook: a second signal is not seen by Java, so the limit of time is the guard.
   */
  private void end(ProxyServer server, CountDownLatch ended) {
    server.stop(options.drainTimeout);
    ended.countDown();
    Logging.stop();
    // What was asked for has been done: not the 143 that the JVM would make of a signal.
    Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
  }

  private void checkBounds() {
    checkPort("--port", options.port);
    checkPort("--demo-port", options.demoPort);
    if (options.threads < 0 || options.threads > 1024) {
      throw badUsage("--threads: %d (expected: 0 to 1024)".formatted(options.threads), null);
    }
    checkLimit("--max-target", options.maxTarget);
    checkLimit("--max-head", options.maxHead);
    if (options.demo && options.origin != null) {
      throw badUsage("--origin: not together with --demo, which brings its own", null);
    }
  }

  private void checkPort(String flag, int port) {
    if (port < 0 || port > 65_535) {
      throw badUsage("%s: %d (expected: 0 to 65535)".formatted(flag, port), null);
    }
  }

  private void checkLimit(String flag, ByteSize size) {
    if (size.bytes() < 256 || size.bytes() > 1 << 20) {
      throw badUsage("%s: %s (expected: 256 bytes to 1 MiB)".formatted(flag, size), null);
    }
  }

  /** What is not on the heap has a limit of its own, by default as large as the heap's. */
  private ByteSize memory() {
    long limit = PlatformDependent.maxDirectMemory();
    long most = Math.max(0, (limit - BUFFERS_BYTES) / 5 * 4) >> 20 << 20;
    if (options.memory == null) {
      return new ByteSize(Math.min(DEFAULT_MEMORY_BYTES, most));
    }
    if (options.memory.bytes() > most) {
      throw badUsage(
          "--memory: %s (expected: at most %s, for the JVM's direct memory is limited to %d MiB; raise it by java -XX:MaxDirectMemorySize)"
              .formatted(options.memory, new ByteSize(most), limit >> 20),
          null);
    }
    return options.memory;
  }

  private @Nullable DemoOrigin startDemo() {
    if (!options.demo) {
      return null;
    }
    try {
      return DemoOrigin.builder().port(options.demoPort).log(Logging::print).start();
    } catch (IOException e) {
      throw badUsage(
          "--demo-port: %d cannot be listened on: %s (expected: a free port)"
              .formatted(options.demoPort, reason(e)),
          e);
    }
  }

  private URI originUri(@Nullable DemoOrigin demo) {
    if (demo != null) {
      return URI.create("http://localhost:" + demo.port());
    }
    String origin = options.origin == null ? DEFAULT_ORIGIN : options.origin;
    try {
      return URI.create(origin);
    } catch (IllegalArgumentException e) {
      throw badUsage(
          "--origin: %s (expected: http://host[:port] or https://host[:port])".formatted(origin),
          e);
    }
  }

  private ProxyServer startServer(URI origin, ByteSize memory) {
    Transport transport = transport();
    CachingProxy.Builder proxy =
        CachingProxy.builder()
            .origin(origin)
            .maxMemory(memory.bytes())
            .rules(siteRules())
            .keys(rules.keyRules())
            .noVarySearch(rules.noVarySearch)
            .honourRequestDirectives(!(options.ignoreReload || options.demo))
            .originConnectTimeout(options.connectTimeout)
            .originHeadTimeout(options.originTimeout)
            .originIdleTimeout(options.originTimeout)
            .clientLimits(
                limits ->
                    limits
                        .maxRequestLine((int) options.maxTarget.bytes())
                        .maxHead((int) options.maxHead.bytes())
                        .keepAliveTimeout(options.keepAlive)
                        .bodyTimeout(options.clientTimeout)
                        .writeTimeout(options.clientTimeout));
    if (options.maxObject != null) {
      proxy.maxStoredBody(options.maxObject.bytes());
    }
    if (options.originCa != null) {
      proxy.originSsl(originSsl(options.originCa));
    }
    if (options.accessLog || options.demo) {
      proxy.listener(new AccessLog(Logging::print));
    }
    try {
      return ProxyServer.start(
          proxy.build(),
          new ProxyServer.Listener(
              options.host,
              options.port,
              options.threads == 0 ? Runtime.getRuntime().availableProcessors() : options.threads,
              transport));
    } catch (IllegalArgumentException e) {
      throw badUsage(flagOf(e.getMessage()), e);
    } catch (IOException e) {
      throw badUsage(
          "--host %s --port %d: cannot listen: %s (expected: an address of this machine and a free port)"
              .formatted(options.host, options.port, reason(e)),
          e);
    }
  }

  /** The library speaks of settings, the operator of flags. */
  private static String flagOf(@Nullable String message) {
    return "--"
        + String.valueOf(message)
            .replace("maxMemory:", "memory:")
            .replace("maxStoredBody:", "max-object:")
            .replace("originConnectTimeout:", "connect-timeout:")
            .replace("originHeadTimeout:", "origin-timeout:")
            .replace("clientKeepAliveTimeout:", "keep-alive:")
            .replace("clientBodyTimeout:", "client-timeout:");
  }

  private SiteRules siteRules() {
    try {
      return rules.siteRules();
    } catch (IllegalArgumentException e) {
      throw badUsage("--" + e.getMessage(), e);
    }
  }

  private Transport transport() {
    try {
      return Transports.choose(options.transport);
    } catch (IllegalArgumentException e) {
      throw badUsage("--transport: " + e.getMessage(), e);
    }
  }

  private SslContext originSsl(Path authorities) {
    if (!Files.isReadable(authorities)) {
      throw badUsage(
          "--origin-ca: %s (expected: a readable PEM file)".formatted(authorities), null);
    }
    try {
      return SslContextBuilder.forClient()
          .trustManager(authorities.toFile())
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw badUsage(
          "--origin-ca: %s (expected: PEM certificates; %s)".formatted(authorities, e.getMessage()),
          e);
    }
  }

  private void announce(
      ProxyServer server, URI origin, ByteSize memory, @Nullable DemoOrigin demo) {
    Logging.print(
        "simple-cache %s  http://%s:%d/  origin %s  memory %s  %d event loops, %s"
            .formatted(
                Version.number(),
                options.host.equals("0.0.0.0") ? "localhost" : options.host,
                server.port(),
                origin,
                memory,
                server.threads(),
                server.transportDescription()));
    if (demo != null) {
      Logging.print(
"""

Open  http://localhost:%1$d/  in a browser, then reload: the second time the cache answers.
Or    curl -i http://localhost:%1$d/demo/max-age/60     (twice; look at Age and Cache-Status)
The main server itself is at http://localhost:%2$d/ and says whenever it is asked.
"""
              .formatted(server.port(), demo.port()));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof Errors.NativeIoException && e.getMessage() != null) {
      // Netty's message names the system call, people want what comes after it.
      return e.getMessage().replaceFirst("^.*failed with error\\(.*\\): ", "");
    }
    return String.valueOf(e.getMessage());
  }

  private ParameterException badUsage(String message, @Nullable Throwable cause) {
    assert spec != null;
    return new ParameterException(spec.commandLine(), message, cause);
  }
}
