package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The results as Markdown: the machine, the versions, a table for each scenario. */
final class Report {
  private final Results results;
  private final List<Scenario> scenarios;
  private final List<Contestant> contestants;
  private final List<Contestant> baselines;
  private final String command;

  Report(Results results, List<Scenario> scenarios, List<Contestant> contestants, String command) {
    this.results = results;
    this.scenarios = scenarios;
    this.contestants = contestants;
    this.baselines = contestants.stream().filter(Contestant::isNginx).toList();
    this.command = command;
  }

  String toMarkdown() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(machine()).append("\n\n```sh\n").append(command).append("\n```\n\n");
    text.append("| | |\n|---|---|\n");
    for (Contestant contestant : contestants) {
      text.append("| ").append(contestant.name()).append(" | ").append(contestant.version());
      text.append(" |\n");
    }
    text.append("\nMedian of the rounds (least to most). Ratios are within one round.\n");
    for (Scenario scenario : scenarios) {
      append(text, scenario);
    }
    return text.toString();
  }

  private static String machine() throws IOException {
    return "%s, %d cores, %s MiB of memory, Linux %s, %s"
        .formatted(
            firstValue("/proc/cpuinfo", "model name"),
            Runtime.getRuntime().availableProcessors(),
            Long.parseLong(firstValue("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
            System.getProperty("os.version"),
            LocalDate.now(ZoneOffset.UTC));
  }

  private static String firstValue(String file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }

  private void append(StringBuilder text, Scenario scenario) {
    Set<Measure> measures = results.measures(scenario);
    List<String> head = new ArrayList<>(List.of(""));
    measures.forEach(measure -> head.add(measure.title()));
    baselines.forEach(baseline -> head.add(ratioTitle(scenario, baseline)));
    text.append("\n### ").append(scenario.title()).append(" (`").append(scenario.name());
    text.append("`)\n\n").append(row(head));
    text.append("|---|").append("--:|".repeat(head.size() - 1)).append('\n');
    for (Contestant contestant : bestFirst(scenario)) {
      List<String> cells = new ArrayList<>(List.of(contestant.name()));
      for (Measure measure : measures) {
        cells.add(show(measure, results.spread(scenario, contestant, measure)));
      }
      for (Contestant baseline : baselines) {
        cells.add(showRatio(results.ratio(scenario, contestant, baseline, scenario.headline())));
      }
      text.append(row(cells));
    }
    results
        .failures(scenario)
        .forEach(
            (name, why) -> text.append("\n").append(name).append(": ").append(why).append("\n"));
  }

  private static String ratioTitle(Scenario scenario, Contestant baseline) {
    return scenario.headline().title() + " / " + baseline.name();
  }

  private List<Contestant> bestFirst(Scenario scenario) {
    Comparator<Contestant> byHeadline =
        Comparator.comparingDouble(contestant -> headline(scenario, contestant));
    return contestants.stream()
        .filter(each -> results.spread(scenario, each, scenario.headline()) != null)
        .sorted(scenario.moreIsBetter() ? byHeadline.reversed() : byHeadline)
        .toList();
  }

  private double headline(Scenario scenario, Contestant contestant) {
    Spread spread = results.spread(scenario, contestant, scenario.headline());
    return spread == null ? Double.NaN : spread.median();
  }

  private static String show(Measure measure, @Nullable Spread spread) {
    if (spread == null) {
      return "";
    }
    return spread.least() == spread.most()
        ? measure.show(spread.median())
        : "%s (%s–%s)"
            .formatted(
                measure.show(spread.median()),
                measure.show(spread.least()),
                measure.show(spread.most()));
  }

  private static String showRatio(@Nullable Spread ratio) {
    return ratio == null
        ? ""
        : String.format(
            Locale.ROOT, "%.2f (%.2f–%.2f)", ratio.median(), ratio.least(), ratio.most());
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
