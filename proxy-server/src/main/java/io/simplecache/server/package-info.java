/**
 * The program: turns flags into a {@link io.simplecache.CachingProxy}, listens, logs, waits for a
 * signal, and goes in good order.
 */
@NullMarked
package io.simplecache.server;

import org.jspecify.annotations.NullMarked;
