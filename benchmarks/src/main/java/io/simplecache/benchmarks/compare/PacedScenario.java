package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Latency at 70 % of what a contestant can do itself, requests coming at a steady rate. */
final class PacedScenario implements Scenario {
  private static final double SHARE = 0.7;
  private static final int CONNECTIONS = 64;

  @Override
  public String name() {
    return "hit-paced";
  }

  @Override
  public String title() {
    return "Hit, 1 KiB, at 70 % of its own capacity";
  }

  @Override
  public Measure headline() {
    return Measure.P99_MICROS;
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException, InterruptedException, WrongAnswerException {
    boolean first = !stage.runs(contestant);
    Running target = stage.running(contestant);
    Call call = Call.of(Site.SMALL);
    stage.answers().check(target.port(), call);
    int seconds = stage.settings().seconds();
    int capacitySeconds = first ? stage.settings().warmUpSeconds() : 2;
    stage.wrk(target, CONNECTIONS, capacitySeconds, call, "same", List.of());
    double capacity =
        stage.wrk(target, CONNECTIONS, 2, call, "same", List.of()).requestsPerSecond();
    LoadResult load = stage.generate(target, CONNECTIONS, seconds, call, capacity * SHARE);
    if (load.failed() > 0 || load.badStatus() > 0) {
      throw new WrongAnswerException(load.failed() + " failed");
    }
    Map<Measure, Double> figures = new EnumMap<>(Measure.class);
    figures.put(Measure.OFFERED_PER_SECOND, capacity * SHARE);
    figures.put(Measure.REQUESTS_PER_SECOND, load.requestsPerSecond());
    figures.put(Measure.P50_MICROS, load.p50());
    figures.put(Measure.P99_MICROS, load.p99());
    figures.put(Measure.P999_MICROS, load.p999());
    return figures;
  }
}
