package io.simplecache.benchmarks.compare;

import io.simplecache.benchmarks.compare.LoadScenario.Kind;
import java.util.List;
import java.util.stream.IntStream;

/** All that is measured, in the order of the report. */
final class Scenarios {
  static final List<Scenario> ALL =
      List.of(
          hit("hit-1k", "Hit, 1 KiB", Site.SMALL),
          hit("hit-16k", "Hit, 16 KiB", Site.MEDIUM),
          hit("hit-256k", "Hit, 256 KiB", Site.LARGE)
              .connections(16)
              .headline(Measure.MIB_PER_CPU_SECOND),
          hit("hit-10m", "Hit, 10 MiB", Site.HUGE)
              .connections(8)
              .headline(Measure.MIB_PER_CPU_SECOND),
          new LoadScenario(
                  "hit-zipf",
                  "Hits over 10,000 keys of 4 KiB, by Zipf",
                  Kind.HIT,
                  Call.of(Site.key(0)))
              .script("zipf", "/z/", Integer.toString(Site.KEYS), ".bin")
              .checking(IntStream.range(0, Site.KEYS).mapToObj(i -> Call.of(Site.key(i))).toList()),
          new LoadScenario(
                  "not-modified",
                  "304 to If-None-Match",
                  Kind.HIT,
                  new Call(Site.MEDIUM, List.of("If-None-Match: " + Call.ENTITY_TAG)))
              .ownGenerator(),
          new LoadScenario(
              "range",
              "206, 1 KiB in the middle of 256 KiB",
              Kind.HIT,
              new Call(Site.LARGE, List.of("Range: bytes=100000-101023"))),
          hit("hit-1000c", "Hit, 1 KiB, 1,000 connections", Site.SMALL).connections(1000),
          hit("hit-pipelined", "Hit, 1 KiB, 16 requests pipelined", Site.SMALL)
              .script("pipeline", "16"),
          new LoadScenario(
              "relay", "Relay, 1 KiB, no-store", Kind.MISS, Call.of("/demo/no-store/1k")),
          new LoadScenario(
                  "miss", "Miss that is stored, 1 KiB", Kind.MISS, Call.of("/demo/size/1k"))
              .script("unique", "/demo/size/1k?n=@RUN@"),
          new PacedScenario(),
          new HerdScenario(),
          new StartScenario(),
          new MemoryScenario());

  private Scenarios() {}

  private static LoadScenario hit(String name, String title, String path) {
    return new LoadScenario(name, title, Kind.HIT, Call.of(path));
  }
}
