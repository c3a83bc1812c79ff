/**
 * Everything goes wrong at once: the origin breaks off, stalls and talks nonsense, clients leave
 * and dawdle, memory is short, and somebody purges. What ends well must be right, and nothing may
 * be left behind.
 */
@NullMarked
package io.simplecache.chaos;

import org.jspecify.annotations.NullMarked;
