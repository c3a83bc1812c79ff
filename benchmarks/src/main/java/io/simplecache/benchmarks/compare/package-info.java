/**
 * Runs this cache and its peers side by side, on one core each in turn, and reports what a request
 * costs them; {@code benchmarks/run} starts it. {@link Compare} is the page to open first.
 *
 * <p>Thread: one; the programs it measures and the load generators are processes of their own.
 * Linux only: it reads {@code /proc} and pins by {@code taskset}.
 */
@NullMarked
package io.simplecache.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
