/**
 * Numbers: what {@link io.simplecache.ProxyListener} and {@link io.simplecache.ProxyStatistics}
 * tell, counted and given to Micrometer, which formats them for Prometheus. The hit path adds to
 * counters that were resolved before, in arrays by the ordinals of enums; everything else happens
 * when somebody asks. Called on all event loops; asked by the admin listener.
 */
@NullMarked
package io.simplecache.server.metrics;

import org.jspecify.annotations.NullMarked;
