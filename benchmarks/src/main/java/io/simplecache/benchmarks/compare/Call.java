package io.simplecache.benchmarks.compare;

import java.util.List;

/**
 * A GET request that is sent again and again.
 *
 * @param path path and query
 * @param fields such as {@code Range: bytes=0-9}; {@value #ENTITY_TAG} stands for the entity tag
 *     that the origin gives
 */
record Call(String path, List<String> fields) {
  static final String ENTITY_TAG = "@ETAG@";

  static Call of(String path) {
    return new Call(path, List.of());
  }

  boolean needsEntityTag() {
    return fields.stream().anyMatch(field -> field.contains(ENTITY_TAG));
  }

  Call withEntityTag(String entityTag) {
    return new Call(
        path, fields.stream().map(field -> field.replace(ENTITY_TAG, entityTag)).toList());
  }
}
