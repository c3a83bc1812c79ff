/** How bytes reach the kernel: io_uring, epoll or NIO. Thread: any. Called by {@code origin}. */
@NullMarked
package io.simplecache.transport;

import org.jspecify.annotations.NullMarked;
