package io.simplecache.key;

import java.util.List;

/**
 * What of a request selects one of several responses to the same target (RFC 9111 §4.1): the fields
 * that a response named in Vary and their normalised values in the request; a value is empty where
 * the request had no such field.
 *
 * @param fields lower-case names, sorted, distinct
 * @param values one for each name
 */
public record VariantKey(List<String> fields, List<String> values) {
  /** The key of responses that do not vary. */
  public static final VariantKey NONE = new VariantKey(List.of(), List.of());

  /** Returns the heap that this key takes, in bytes. */
  public int weightBytes() {
    int weight = 0;
    for (int i = 0; i < fields.size(); i++) {
      weight += 96 + fields.get(i).length() + values.get(i).length();
    }
    return weight;
  }
}
