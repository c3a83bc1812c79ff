/**
 * The client side: connections to the main server, kept alive in a pool of each event loop, their
 * timeouts, and what may be tried again. A fetch lives on one event loop, that of whoever started
 * it. Called by {@code fetch}.
 */
@NullMarked
package io.simplecache.origin;

import org.jspecify.annotations.NullMarked;
