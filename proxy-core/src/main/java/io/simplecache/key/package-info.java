/**
 * Which stored response is meant: the key of a request (RFC 9111 §2) and, where a response varies,
 * what of the request selects it (§4.1). Pure functions of values; any thread. Called by {@code
 * exchange} and {@code fetch}.
 */
@NullMarked
package io.simplecache.key;

import org.jspecify.annotations.NullMarked;
