/** Tests of what is counted. */
@NullMarked
package io.simplecache.server.metrics;

import org.jspecify.annotations.NullMarked;
