/**
 * What is kept: stored responses, by key, weighed in bytes, evicted when the memory is needed. The
 * only package that knows Caffeine. Any thread may call it; nothing blocks.
 *
 * <p>Stored bodies are reference-counted, because they are not on the heap. {@link
 * io.simplecache.store.StoredResponse#acquire} fails when the response was evicted meanwhile; that
 * is an ordinary miss.
 */
@NullMarked
package io.simplecache.store;

import org.jspecify.annotations.NullMarked;
