/**
 * The main server of the story: the origin that stands behind the cache server and shows one path
 * per caching behaviour.
 *
 * <p>{@link io.simplecache.demo.DemoOrigin} listens; each connection has one {@code OriginHandler},
 * on the event loop of that connection; it asks the {@code Router} for an {@code Answer} and writes
 * it. Files are looked up and read by a small pool of threads, never on an event loop. {@link
 * io.simplecache.demo.Main} is the command line.
 */
@NullMarked
package io.simplecache.demo;

import org.jspecify.annotations.NullMarked;
