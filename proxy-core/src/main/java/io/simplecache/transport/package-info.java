/**
 * How bytes reach the kernel (io_uring, epoll or NIO), by when, and how fast. Called by {@code
 * front} and {@code origin}.
 */
@NullMarked
package io.simplecache.transport;

import org.jspecify.annotations.NullMarked;
