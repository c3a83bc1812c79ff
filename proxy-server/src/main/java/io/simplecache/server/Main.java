package io.simplecache.server;

import io.simplecache.server.admin.ExplainCommand;
import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.Flags;
import io.simplecache.server.config.Manual;
import io.simplecache.server.config.NearestName;
import io.simplecache.server.config.Values;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: settings in, one running cache server out, until a signal ends it. */
public final class Main implements Callable<Integer> {
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  /**
   * Has Netty count its direct memory itself, where the JVM opens {@code java.nio} to it (the jar's
   * manifest does). The JDK's own way blocks the event loop for half a second each time when the
   * limit is reached.
   */
  private static final String OWN_DIRECT_MEMORY = "io.netty.tryReflectionSetAccessible";

  private static final String CHECK_CONFIG = "--check-config";
  private static final String PRINT_SCHEMA = "--print-schema";

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final Map<String, String> environment;

  private Main(Map<String, String> environment) {
    this.environment = environment;
    spec.name("simple-cache")
        .mixinStandardHelpOptions(true)
        .versionProvider(new Version())
        .addOption(
            OptionSpec.builder(CHECK_CONFIG)
                .arity("0")
                .type(boolean.class)
                .description("Check all settings, print ok and end.")
                .build())
        .addOption(
            OptionSpec.builder(PRINT_SCHEMA)
                .arity("0")
                .type(boolean.class)
                .description("Print the JSON Schema of the file for --config and end.")
                .build());
    spec.usageMessage()
        .header("A caching reverse proxy: answers from memory, asks the main server once.")
        .customSynopsis(
            "simple-cache [--origin URL] [--port PORT] [--memory SIZE] [--config FILE]"
                + " [SETTINGS]")
        .sortOptions(false)
        .autoWidth(true)
        .footer(
            "",
            "Each can be set by flag, else in the environment (SIMPLE_CACHE_MAX_OBJECT for"
                + " --max-object, several values separated by commas), else in the file for"
                + " --config.",
            "",
            "Try it: java -jar proxy-server.jar --demo",
            "",
            "SIGTERM and SIGINT end it in good order: no new connections, requests under way are"
                + " answered, exit code 0; a second one ends it at once. SIGHUP reads the settings"
                + " again. Exit code 2: a setting cannot be followed.");
    Flags.addTo(spec);
  }

  /** Runs the server until a signal. */
  public static void main(String[] args) {
    Signals.prepare();
    if (System.getProperty(LEAK_DETECTION) == null) {
      // It costs up to a microsecond a hit; the tests run with it.
      System.setProperty(LEAK_DETECTION, "disabled");
    }
    if (System.getProperty(OWN_DIRECT_MEMORY) == null) {
      System.setProperty(OWN_DIRECT_MEMORY, "true");
    }
    LastResort.prepare();
    Thread.setDefaultUncaughtExceptionHandler(Main::onUncaught);
    System.exit(run(args, System.getenv(), System.out, System.err));
  }

  /** Without memory for its own threads the process is better gone, and started again. */
  private static void onUncaught(Thread thread, Throwable problem) {
    if (problem instanceof OutOfMemoryError) {
      LastResort.outOfMemory();
    }
    problem.printStackTrace();
  }

  /**
   * Runs the server until a signal or an interrupt of the calling thread.
   *
   * @return the exit code: 0 when all went well, 2 when a setting cannot be followed; then one line
   *     on {@code err} says which
   */
  static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    return new CommandLine(new Main(environment).spec)
        .addSubcommand(new ExplainCommand())
        .setExecutionStrategy(Main::runLogging)
        .setOut(new PrintWriter(out, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, /* autoFlush= */ true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(Main::printBadUsage)
        .setExecutionExceptionHandler(Main::printBadSetting)
        .execute(args);
  }

  /** Of every command: Netty logs in each, and without a set-up on standard output. */
  private static int runLogging(ParseResult line) {
    Logging.start();
    try {
      return new CommandLine.RunLast().execute(line);
    } finally {
      Logging.stop();
    }
  }

  private static int printBadUsage(ParameterException e, String[] args) {
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      String flag = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
      List<String> known =
          e.getCommandLine().getCommandSpec().options().stream()
              .map(OptionSpec::longestName)
              .toList();
      hint = NearestName.hint(flag, known);
    }
    e.getCommandLine().getErr().println("simple-cache: " + e.getMessage() + hint);
    return CommandLine.ExitCode.USAGE;
  }

  private static int printBadSetting(Exception e, CommandLine command, ParseResult line)
      throws Exception {
    if (e instanceof BadSetting) {
      command.getErr().println("simple-cache: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    throw e;
  }

  @Override
  public Integer call() {
    CommandLine command = spec.commandLine();
    ParseResult line = command.getParseResult();
    if (line.hasMatchedOption(PRINT_SCHEMA)) {
      command.getOut().println(Manual.schema());
      return CommandLine.ExitCode.OK;
    }
    Values flags = Flags.given(line);
    Configuration configuration = Configuration.read(flags, environment);
    Program program = new Program(configuration, () -> Configuration.read(flags, environment));
    if (line.hasMatchedOption(CHECK_CONFIG)) {
      command.getOut().println("ok");
    } else {
      program.run();
    }
    return CommandLine.ExitCode.OK;
  }
}
