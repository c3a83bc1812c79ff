/**
 * Asking the origin once for however many want to know: flights, their leaders and followers, the
 * body they share while it arrives, validation in the foreground and behind a stale answer, and
 * what becomes of a response when it is there (stored, freshened, or neither).
 *
 * <p>A flight lives on the event loop of its leader. Who takes part may live on any other; messages
 * between them are tasks with unchangeable or owned values. Called by {@code exchange}.
 */
@NullMarked
package io.simplecache.fetch;

import org.jspecify.annotations.NullMarked;
