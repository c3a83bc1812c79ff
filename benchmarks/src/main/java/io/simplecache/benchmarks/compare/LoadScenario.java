package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * As many requests as go through.
 *
 * <p>Before the first round every answer is held against the origin's, after it the counts of bytes
 * and failures must fit, and in each round the origin must have been asked as often as the kind
 * says.
 */
final class LoadScenario implements Scenario {
  /** How often the origin is asked. */
  enum Kind {
    /** Never: all is answered from what is stored. */
    HIT,
    /** For each request. */
    MISS
  }

  /** Parts of a warm-up of the length that is set, and how many there are at most. */
  private static final int LEAST_WINDOWS = 3;

  private static final int MOST_WINDOWS = 24;

  /** A window that takes more than so much of the best one before is no faster. */
  private static final double SETTLED = 0.97;

  private static final int MOST_HEAD_BYTES = 1024;

  private final String name;
  private final String title;
  private final Kind kind;
  private final Call call;
  private int connections = 64;
  private boolean byWrk = true;
  private String script = "same";
  private List<String> arguments = List.of();
  private List<Call> checked;
  private Measure headline = Measure.CPU_MICROS;

  LoadScenario(String name, String title, Kind kind, Call call) {
    this.name = name;
    this.title = title;
    this.kind = kind;
    this.call = call;
    this.checked = List.of(call);
  }

  LoadScenario connections(int number) {
    this.connections = number;
    return this;
  }

  /** The Lua script of wrk; {@code @RUN@} in an argument stands for a name that is used once. */
  LoadScenario script(String file, String... arguments) {
    this.script = file;
    this.arguments = List.of(arguments);
    return this;
  }

  /** Not by wrk but by {@link LoadGenerator}, which knows that a 304 has no content. */
  LoadScenario ownGenerator() {
    this.byWrk = false;
    return this;
  }

  /** What is asked for beforehand, instead of the one call. */
  LoadScenario checking(List<Call> calls) {
    this.checked = calls;
    return this;
  }

  LoadScenario headline(Measure measure) {
    this.headline = measure;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Measure headline() {
    return headline;
  }

  @Override
  public boolean moreIsBetter() {
    return headline != Measure.CPU_MICROS;
  }

  @Override
  public Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException, InterruptedException, WrongAnswerException {
    boolean first = !stage.runs(contestant);
    Running target = stage.running(contestant);
    Call sent = filled(stage, call);
    int bodyBytes = check(stage, target, first ? checked : checked.subList(0, 1));
    if (first) {
      warmUp(stage, target, sent);
    } else {
      load(stage, target, /* seconds= */ 1, sent, round + "w");
    }

    stage.origin().forget();
    long cpuBefore = target.cpuMicros();
    LoadResult load = load(stage, target, stage.settings().seconds(), sent, round + "m");
    long cpu = target.cpuMicros() - cpuBefore;
    checkLoad(load, bodyBytes, stage.origin().asked());

    Map<Measure, Double> figures = new EnumMap<>(Measure.class);
    figures.put(Measure.REQUESTS_PER_SECOND, load.requestsPerSecond());
    figures.put(Measure.CPU_MICROS, (double) cpu / load.requests());
    if (headline == Measure.MIB_PER_CPU_SECOND) {
      double mib = (double) load.requests() * bodyBytes / (1 << 20);
      figures.put(Measure.MIB_PER_CPU_SECOND, mib * 1e6 / cpu);
    }
    figures.put(Measure.P50_MICROS, load.p50());
    figures.put(Measure.P99_MICROS, load.p99());
    figures.put(Measure.P999_MICROS, load.p999());
    return figures;
  }

  /**
   * Loads it in windows until it has settled: two in a row in which a request took no less of the
   * processor than before. A JVM compiles for a minute where it has one core for everything.
   */
  private void warmUp(Stage stage, Running target, Call sent)
      throws IOException, InterruptedException {
    int seconds = Math.max(1, stage.settings().warmUpSeconds() / LEAST_WINDOWS);
    double least = Double.MAX_VALUE;
    int settled = 0;
    for (int window = 0; window < MOST_WINDOWS; window++) {
      long cpuBefore = target.cpuMicros();
      long requests = load(stage, target, seconds, sent, "w" + window).requests();
      double micros = (double) (target.cpuMicros() - cpuBefore) / Math.max(1, requests);
      settled = micros < least * SETTLED ? 0 : settled + 1;
      least = Math.min(least, micros);
      if (settled >= 2 && window + 1 >= LEAST_WINDOWS) {
        return;
      }
    }
  }

  private static Call filled(Stage stage, Call call) throws IOException, InterruptedException {
    return call.needsEntityTag()
        ? call.withEntityTag(stage.answers().entityTag(call.path()))
        : call;
  }

  private int check(Stage stage, Running target, List<Call> calls)
      throws IOException, InterruptedException, WrongAnswerException {
    int bodyBytes = 0;
    for (Call each : calls) {
      if (!each.fields().isEmpty()) {
        // the whole first: a cache may pass a condition or a range on while it has nothing
        stage.answers().check(target.port(), Call.of(each.path()));
      }
      bodyBytes = stage.answers().check(target.port(), filled(stage, each));
    }
    return bodyBytes;
  }

  /**
   * Sends the load.
   *
   * @param run part of a name that no other run of this contestant has
   */
  private LoadResult load(Stage stage, Running target, int seconds, Call sent, String run)
      throws IOException, InterruptedException {
    if (!byWrk) {
      return stage.generate(target, connections, seconds, sent, /* ratePerSecond= */ 0);
    }
    List<String> filled = new ArrayList<>();
    for (String argument : arguments) {
      filled.add(argument.replace("@RUN@", target.contestant().name() + "-" + run + "-"));
    }
    return stage.wrk(target, connections, seconds, sent, script, filled);
  }

  private void checkLoad(LoadResult load, int bodyBytes, long originAsked)
      throws WrongAnswerException {
    if (load.requests() == 0 || load.failed() > 0 || load.badStatus() > 0) {
      throw new WrongAnswerException(
          "%d requests, %d failed, %d answered by an error"
              .formatted(load.requests(), load.failed(), load.badStatus()));
    }
    long least = load.requests() * bodyBytes;
    long most = (load.requests() + connections) * (bodyBytes + MOST_HEAD_BYTES);
    if (load.bytes() < least || load.bytes() > most) {
      throw new WrongAnswerException(
          "%d bytes in %d answers (expected: %d to %d)"
              .formatted(load.bytes(), load.requests(), least, most));
    }
    boolean right =
        switch (kind) {
          case HIT -> originAsked <= 1 + load.requests() / 10_000;
          case MISS -> originAsked >= load.requests();
        };
    if (!right) {
      throw new WrongAnswerException(
          "the origin was asked %d times for %d requests".formatted(originAsked, load.requests()));
    }
  }
}
