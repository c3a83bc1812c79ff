/**
 * Bytes of a response that one writer appends and any number of readers follow, each at its own
 * pace on its own event loop; and the memory they take. The one way a body travels through the
 * cache, whether it is a hit, a miss that is being stored, a coalesced one or a relay.
 *
 * <p>Called by {@code fetch} (the writer), {@code exchange} (readers) and {@code store} (which
 * keeps completed bodies). Knows nothing of HTTP.
 */
@NullMarked
package io.simplecache.body;

import org.jspecify.annotations.NullMarked;
