package io.simplecache.benchmarks.compare;

/** A contestant did not do what the scenario asks; its figures would mean nothing. */
final class WrongAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  WrongAnswerException(String message) {
    super(message);
  }
}
