package io.simplecache.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All figures of a run, and which contestants did not get through which scenario. */
final class Results {
  /** One figure. */
  record Figure(String scenario, String contestant, int round, Measure measure, double value) {}

  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, Map<String, String>> failures = new LinkedHashMap<>();

  void add(Scenario scenario, Contestant contestant, int round, Map<Measure, Double> measured) {
    measured.forEach(
        (measure, value) ->
            figures.add(new Figure(scenario.name(), contestant.name(), round, measure, value)));
  }

  void fail(Scenario scenario, Contestant contestant, String why) {
    failures
        .computeIfAbsent(scenario.name(), name -> new LinkedHashMap<>())
        .put(contestant.name(), why);
  }

  boolean failed(Scenario scenario, Contestant contestant) {
    return failures(scenario).containsKey(contestant.name());
  }

  /** Returns the reasons by contestant. */
  Map<String, String> failures(Scenario scenario) {
    return failures.getOrDefault(scenario.name(), Map.of());
  }

  /** Returns the measures of a scenario, in the order of their columns. */
  Set<Measure> measures(Scenario scenario) {
    Set<Measure> measures = new TreeSet<>();
    for (Figure figure : figures) {
      if (figure.scenario().equals(scenario.name())) {
        measures.add(figure.measure());
      }
    }
    return measures;
  }

  /** Returns null where nothing was measured. */
  @Nullable Spread spread(Scenario scenario, Contestant contestant, Measure measure) {
    double[] values =
        byRound(scenario, contestant, measure).values().stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    return values.length == 0 ? null : Spread.of(values);
  }

  /**
   * Returns the ratios within each round, or null where there is no round that both have been in.
   */
  @Nullable Spread ratio(
      Scenario scenario, Contestant contestant, Contestant baseline, Measure measure) {
    Map<Integer, Double> of = byRound(scenario, contestant, measure);
    Map<Integer, Double> to = byRound(scenario, baseline, measure);
    double[] ratios =
        of.entrySet().stream()
            .filter(each -> to.containsKey(each.getKey()))
            .mapToDouble(each -> each.getValue() / to.getOrDefault(each.getKey(), Double.NaN))
            .toArray();
    return ratios.length == 0 ? null : Spread.of(ratios);
  }

  private Map<Integer, Double> byRound(Scenario scenario, Contestant contestant, Measure measure) {
    Map<Integer, Double> values = new LinkedHashMap<>();
    for (Figure figure : figures) {
      if (figure.scenario().equals(scenario.name())
          && figure.contestant().equals(contestant.name())
          && figure.measure() == measure) {
        values.put(figure.round(), figure.value());
      }
    }
    return values;
  }

  /** Returns a table with a line for each figure, its columns parted by tabs. */
  String toTable() {
    StringBuilder table = new StringBuilder("scenario\tcontestant\tround\tmeasure\tvalue\n");
    for (Figure figure : figures) {
      table.append(
          String.format(
              Locale.ROOT,
              "%s\t%s\t%d\t%s\t%.3f%n",
              figure.scenario(),
              figure.contestant(),
              figure.round(),
              figure.measure().title(),
              figure.value()));
    }
    return table.toString();
  }
}
