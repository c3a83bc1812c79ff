/**
 * What happened to a request: one record, written once by its exchange, from which Cache-Status
 * (RFC 9211), the access log and all counters are formatted. Nothing is inferred afterwards. Any
 * thread; called by {@code exchange}.
 */
@NullMarked
package io.simplecache.observe;

import org.jspecify.annotations.NullMarked;
