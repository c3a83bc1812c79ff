/** Tests of the operator's side, over sockets, and of its page in a browser. */
@NullMarked
package io.simplecache.server.admin;

import org.jspecify.annotations.NullMarked;
