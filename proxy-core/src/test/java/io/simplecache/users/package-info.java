/**
 * Many users, one cache: whatever is asked, answered, joined, validated, cut off or purged, nobody
 * sees what was made for somebody else.
 */
@NullMarked
package io.simplecache.users;

import org.jspecify.annotations.NullMarked;
