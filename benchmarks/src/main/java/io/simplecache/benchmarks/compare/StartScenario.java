package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** From the command line to the first answer, with the whole machine at hand. */
final class StartScenario implements Scenario {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "Start to the first answer, not pinned";
  }

  @Override
  public Measure headline() {
    return Measure.START_MILLIS;
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException {
    Settings settings = stage.settings();
    try (Running started = stage.start(contestant, settings.cpu() + "," + settings.loadCpu())) {
      Map<Measure, Double> figures = new EnumMap<>(Measure.class);
      figures.put(Measure.START_MILLIS, started.startNanos() / 1e6);
      return figures;
    }
  }
}
