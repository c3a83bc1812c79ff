package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.Map;

/** One thing to measure, in rounds. */
interface Scenario {
  /** What it is called on the command line. */
  String name();

  /** What it is called in the report. */
  String title();

  /** The measure that contestants are compared by. */
  Measure headline();

  /** Whether more of the headline is better. */
  boolean moreIsBetter();

  /** Whether one round tells as much as several. */
  default boolean once() {
    return false;
  }

  /**
   * Measures one contestant once.
   *
   * @param round beginning with 0
   * @throws WrongAnswerException if it does not do what it should; it is left out from then on
   */
  Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException, InterruptedException, WrongAnswerException;
}
