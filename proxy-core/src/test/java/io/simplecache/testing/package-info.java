/** What all tests of this module share. */
@NullMarked
package io.simplecache.testing;

import org.jspecify.annotations.NullMarked;
