package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Plays every scenario with every contestant, round after round, and writes {@code results.md},
 * {@code results.svg} and {@code results.tsv}.
 *
 * <p>Within a scenario all contestants stay up; in each round each has its turn, the order turned
 * by one from round to round, and none is loaded while another is measured. Between scenarios they
 * are started anew.
 */
@Command(
    name = "benchmarks/run",
    description =
        "Measures the caches that are installed here side by side, one core for each in its turn.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Compare implements Callable<Integer> {
  @Option(
      names = "--home",
      required = true,
      hidden = true,
      description = "The directory of this module.")
  private Path home = Path.of(".");

  @Option(
      names = "--scenario",
      split = ",",
      paramLabel = "NAME",
      description = "What to measure, of those that --list names (default: all).")
  private List<String> scenarioNames = List.of();

  @Option(
      names = "--contestants",
      split = ",",
      paramLabel = "NAME",
      description = "Whom to measure, of those that --list names (default: all installed).")
  private List<String> contestantNames = List.of();

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "How often each is measured (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "How long each time (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description =
          "Load before the first round of each, at least (default: ${DEFAULT-VALUE}); it goes on"
              + " until a request takes no less of the processor than before.")
  private int warmUpSeconds;

  @Option(names = "--quick", description = "Two rounds of two seconds after a warm-up of three.")
  private boolean quick;

  @Option(names = "--access-log", description = "Every contestant writes its access log.")
  private boolean accessLog;

  @Option(
      names = "--port",
      defaultValue = "18100",
      description = "The origin's; contestants take those that follow (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--cpu",
      defaultValue = "0",
      description = "The core of the contestant (default: ${DEFAULT-VALUE}).")
  private String cpu = "0";

  @Option(
      names = "--load-cpu",
      defaultValue = "1",
      description = "The core of the load generator (default: ${DEFAULT-VALUE}).")
  private String loadCpu = "1";

  @Option(
      names = "--origin-cpu",
      paramLabel = "CPU",
      description = "The core of the origin (default: that of the load generator).")
  private @Nullable String originCpu;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where the contestants keep files (default: /dev/shm, or else /tmp).")
  private @Nullable Path directory;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the results go (default: target/compare in the module).")
  private @Nullable Path out;

  @Option(names = "--list", description = "Name the scenarios and the contestants found here.")
  private boolean list;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the comparison; exit code 0 even where a contestant failed a scenario. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Compare())
            .setParameterExceptionHandler(Compare::printBadUsage)
            .execute(args));
  }

  private static int printBadUsage(ParameterException e, String[] args) {
    e.getCommandLine().getErr().println("benchmarks/run: " + e.getMessage());
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Contestant> installed = Contestant.find(home.resolve("src/main/peers"));
    if (list) {
      printList(installed);
      return CommandLine.ExitCode.OK;
    }
    List<Scenario> scenarios = chosen("--scenario", scenarioNames, Scenarios.ALL, Scenario::name);
    List<Contestant> contestants =
        chosen("--contestants", contestantNames, installed, Contestant::name);
    Path work = Files.createTempDirectory(directory(), "simple-cache-benchmarks-");
    try {
      Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
      Results results = measure(settings(work), scenarios, contestants);
      write(results, scenarios, contestants);
    } finally {
      delete(work);
    }
    return CommandLine.ExitCode.OK;
  }

  private static void printList(List<Contestant> installed) {
    for (Scenario scenario : Scenarios.ALL) {
      System.out.printf("%-18s %s%n", scenario.name(), scenario.title());
    }
    System.out.println();
    for (Contestant contestant : installed) {
      System.out.printf("%-18s %s%n", contestant.name(), contestant.version());
    }
  }

  private <T> List<T> chosen(
      String option, List<String> names, List<T> all, Function<T, String> nameOf) {
    for (String name : names) {
      if (all.stream().noneMatch(each -> nameOf.apply(each).equals(name))) {
        throw new ParameterException(
            Objects.requireNonNull(spec, "spec").commandLine(),
            "%s: %s (expected: of %s)".formatted(option, name, all.stream().map(nameOf).toList()));
      }
    }
    return names.isEmpty()
        ? all
        : all.stream().filter(each -> names.contains(nameOf.apply(each))).toList();
  }

  private Path directory() {
    Path shared = Path.of("/dev/shm");
    return Optional.ofNullable(directory)
        .orElse(Files.isWritable(shared) ? shared : Path.of("/tmp"));
  }

  private Settings settings(Path work) {
    return new Settings(
        home,
        work,
        port,
        cpu,
        loadCpu,
        Optional.ofNullable(originCpu).orElse(loadCpu),
        quick ? 2 : rounds,
        quick ? 2 : seconds,
        quick ? 3 : warmUpSeconds,
        accessLog);
  }

  private static Results measure(
      Settings settings, List<Scenario> scenarios, List<Contestant> contestants)
      throws IOException, InterruptedException {
    Path root = Files.createDirectory(settings.directory().resolve("site"));
    Site.create(root);
    Path jar = settings.home().resolve("../demo-origin/target/demo-origin.jar");
    Results results = new Results();
    try (Origin origin = Origin.start(jar, root, settings.port(), settings.originCpu())) {
      Runtime.getRuntime().addShutdownHook(new Thread(origin::close, "end-of-origin"));
      for (Scenario scenario : scenarios) {
        System.out.println("== " + scenario.title());
        try (Stage stage = new Stage(settings, origin)) {
          Thread ending = new Thread(stage::close, "end-of-stage");
          Runtime.getRuntime().addShutdownHook(ending);
          play(scenario, stage, contestants, results);
          Runtime.getRuntime().removeShutdownHook(ending);
        }
      }
    }
    return results;
  }

  private static void play(
      Scenario scenario, Stage stage, List<Contestant> contestants, Results results)
      throws IOException, InterruptedException {
    int turns = scenario.once() ? 1 : stage.settings().rounds();
    for (int round = 0; round < turns; round++) {
      for (int i = 0; i < contestants.size(); i++) {
        Contestant contestant = contestants.get((i + round) % contestants.size());
        if (!results.failed(scenario, contestant)) {
          measureOne(scenario, stage, contestant, round, results);
        }
      }
    }
  }

  private static void measureOne(
      Scenario scenario, Stage stage, Contestant contestant, int round, Results results)
      throws InterruptedException {
    try {
      Map<Measure, Double> measured = scenario.measure(stage, contestant, round);
      results.add(scenario, contestant, round, measured);
      StringBuilder line = new StringBuilder();
      measured.forEach(
          (measure, value) ->
              line.append("  ").append(measure.show(value)).append(' ').append(measure.title()));
      System.out.printf("%d  %-18s%s%n", round + 1, contestant.name(), line);
    } catch (WrongAnswerException | IOException e) {
      String why = String.valueOf(e.getMessage()).strip();
      results.fail(scenario, contestant, why);
      System.out.printf("%d  %-18s  left out: %s%n", round + 1, contestant.name(), why);
    }
  }

  private void write(Results results, List<Scenario> scenarios, List<Contestant> contestants)
      throws IOException {
    Path target =
        Files.createDirectories(Optional.ofNullable(out).orElse(home.resolve("target/compare")));
    String command =
        "benchmarks/run "
            + String.join(
                " ",
                Objects.requireNonNull(spec, "spec")
                    .commandLine()
                    .getParseResult()
                    .originalArgs()
                    .stream()
                    .filter(each -> !each.startsWith("--home"))
                    .toList());
    String report = new Report(results, scenarios, contestants, command.strip()).toMarkdown();
    Files.writeString(target.resolve("results.md"), report);
    Files.writeString(target.resolve("results.tsv"), results.toTable());
    Picture.draw(results, scenarios, contestants, target.resolve("results.svg"));
    System.out.println();
    System.out.println(report);
    System.out.println("written to " + target.toAbsolutePath().normalize());
  }

  private static void delete(Path work) throws IOException {
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
