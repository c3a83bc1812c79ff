/**
 * The client side: which of the main servers is asked, how much at once, and what may be tried
 * again; connections to them, kept alive in a pool of each event loop; what they send, held against
 * the grammar; their timeouts. A fetch lives on one event loop, that of whoever started it; what is
 * known of an origin is shared by all loops, without locks. Called by {@code fetch}.
 */
@NullMarked
package io.simplecache.origin;

import org.jspecify.annotations.NullMarked;
