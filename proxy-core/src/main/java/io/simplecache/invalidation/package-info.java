/**
 * What becomes invalid by a request that changes something (RFC 9111 §4.4). Any thread; called by
 * {@code exchange}.
 */
@NullMarked
package io.simplecache.invalidation;

import org.jspecify.annotations.NullMarked;
