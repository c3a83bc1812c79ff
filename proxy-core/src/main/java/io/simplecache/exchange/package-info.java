/**
 * One request's path, from its head to the end of its response, as a flat state machine. The page
 * to open first. Knows no HTTP rule (it asks {@code policy}) and no socket (it writes to a {@link
 * io.simplecache.exchange.Client}). Thread: the client's event loop. Called by {@code front}.
 */
@NullMarked
package io.simplecache.exchange;

import org.jspecify.annotations.NullMarked;
