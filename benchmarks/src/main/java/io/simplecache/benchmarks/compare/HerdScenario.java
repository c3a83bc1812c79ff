package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A thousand clients ask at once for what nobody has asked for, and what takes the origin long. */
final class HerdScenario implements Scenario {
  private static final int CLIENTS = 1000;

  @Override
  public String name() {
    return "herd";
  }

  @Override
  public String title() {
    return "1,000 clients at once on a key that takes the origin 0.5 s";
  }

  @Override
  public Measure headline() {
    return Measure.ORIGIN_REQUESTS;
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException, InterruptedException, WrongAnswerException {
    Running target = stage.running(contestant);
    stage.origin().forget();
    Call call = Call.of("/demo/size/1k?delay=500&herd=" + contestant.name() + round);
    LoadResult load = stage.wrk(target, CLIENTS, /* seconds= */ 2, call, "same", List.of());
    long asked = stage.origin().asked();
    if (load.requests() < CLIENTS || load.failed() > 0 || load.badStatus() > 0) {
      throw new WrongAnswerException(
          "%d answers, %d failed, %d with an error; the origin was asked %d times"
              .formatted(load.requests(), load.failed(), load.badStatus(), asked));
    }
    Map<Measure, Double> figures = new EnumMap<>(Measure.class);
    figures.put(Measure.ORIGIN_REQUESTS, (double) asked);
    return figures;
  }
}
