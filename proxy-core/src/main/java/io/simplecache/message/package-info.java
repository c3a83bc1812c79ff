/**
 * The words that all other packages speak: message heads, field names, dates and lists. Depends on
 * no other package of this project. Nothing here has a thread, a clock or a socket.
 */
@NullMarked
package io.simplecache.message;

import org.jspecify.annotations.NullMarked;
