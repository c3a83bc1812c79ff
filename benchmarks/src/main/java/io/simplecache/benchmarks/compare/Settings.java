package io.simplecache.benchmarks.compare;

import java.nio.file.Path;

/**
 * How to measure.
 *
 * @param home the directory of the module
 * @param directory where the contestants keep their files
 * @param port of the origin; the contestants take those that follow
 * @param cpu the one of the contestants; {@code loadCpu} and {@code originCpu} for the rest
 * @param seconds of each measured run; {@code warmUpSeconds} before the first of a contestant
 */
record Settings(
    Path home,
    Path directory,
    int port,
    String cpu,
    String loadCpu,
    String originCpu,
    int rounds,
    int seconds,
    int warmUpSeconds,
    boolean accessLog) {}
