/**
 * The front door: what stands between a client's connection and an exchange. Limits and framing,
 * one exchange after another on a connection, writing with backpressure, keep-alive. Thread: the
 * connection's event loop.
 */
@NullMarked
package io.simplecache.front;

import org.jspecify.annotations.NullMarked;
