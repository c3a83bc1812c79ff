/** Measurements, each a program of its own; see the README's section on them. Loopback only. */
@NullMarked
package io.simplecache.benchmarks;

import org.jspecify.annotations.NullMarked;
