/**
 * The rules of HTTP caching as pure functions: values in, a decision with its {@link
 * io.simplecache.policy.Reason} out. Nothing here has a clock, a channel, a store or a thread, and
 * no field that a client or an origin can send makes a rule throw. Called by the request path, the
 * fetching and the invalidation on whatever thread they run.
 *
 * <p>One class per question: {@link io.simplecache.policy.Storability} (may it be stored?), {@link
 * io.simplecache.policy.Selection} (which stored response?), {@link
 * io.simplecache.policy.ReuseTerms} (how old, how long fresh?), {@link io.simplecache.policy.Reuse}
 * (may it be used now?), {@link io.simplecache.policy.Validation} (how is it validated?), {@link
 * io.simplecache.policy.Preconditions} and {@link io.simplecache.policy.ByteRanges} (what did the
 * client ask of it?), {@link io.simplecache.policy.Invalidation} and {@link
 * io.simplecache.policy.CacheGroups} (what else becomes invalid?).
 */
@NullMarked
package io.simplecache.policy;

import org.jspecify.annotations.NullMarked;
