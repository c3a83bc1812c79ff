/**
 * JMH benchmarks of the parts of a hit; {@code benchmarks/jmh} runs them, with what they allocate.
 * None opens a socket but to fill the store of {@link HitBenchmark}.
 */
@NullMarked
package io.simplecache.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
