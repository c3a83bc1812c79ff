/**
 * The whole proxy over loopback: between clients that send exact bytes and an origin that does what
 * a test says, byte by byte. Nothing here sleeps to let something happen: gates, and a clock of our
 * own.
 */
@NullMarked
package io.simplecache.proxy;

import org.jspecify.annotations.NullMarked;
