/**
 * What is kept: stored responses, by key, weighed in bytes, evicted when the memory is needed. The
 * only package that knows Caffeine. Any thread may call it; nothing blocks.
 *
 * <p>Stored bodies are reference-counted, because they are not on the heap. {@link
 * io.simplecache.store.StoredResponse#acquire} fails when the response was evicted meanwhile; that
 * is an ordinary miss.
 *
 * <h2>Purging</h2>
 *
 * What an operator purges, and what an unsafe request makes invalid, must not answer the next
 * request, whatever is under way just then.
 *
 * <ol>
 *   <li>Purges are numbered. Who asks the origin notes the number of the last one; every purge is
 *       noted with its own, in a log of fixed size, before anything is removed. What was asked for
 *       before a purge that concerns it is not stored, and its fetch cannot be joined any more: the
 *       response goes to those who asked for it before.
 *   <li>Keys, prefixes, hosts and everything are then removed key by key, or made stale. That the
 *       log is asked within the computation that stores, and keys are removed by computations too,
 *       leaves no gap between the two.
 *   <li>A tag is told its purge's number, and from then on nobody uses a member that was asked for
 *       before: who finds one removes it. So the purge of a tag of any size is in effect at once,
 *       also on an event loop; walking over the members only gives their memory back, and takes its
 *       time, so that hits keep theirs. A hit pays one comparison for this as long as no tag is
 *       purged.
 * </ol>
 */
@NullMarked
package io.simplecache.store;

import org.jspecify.annotations.NullMarked;
