package io.simplecache.store;

import java.util.concurrent.atomic.LongAdder;

/** What stored responses weigh, by what it consists of; in bytes. Any thread. */
public final class StoreWeights {
  private final LongAdder bodies = new LongAdder();
  private final LongAdder heads = new LongAdder();
  private final LongAdder index = new LongAdder();
  private final LongAdder memberships = new LongAdder();

  StoreWeights() {}

  void add(StoredResponse response) {
    bodies.add(response.bodyWeightBytes());
    heads.add(response.headWeightBytes());
    index.add(response.indexWeightBytes());
    memberships.add(response.tagWeightBytes());
  }

  void subtract(StoredResponse response) {
    bodies.add(-response.bodyWeightBytes());
    heads.add(-response.headWeightBytes());
    index.add(-response.indexWeightBytes());
    memberships.add(-response.tagWeightBytes());
  }

  /** Returns the sum of all that follows. */
  public long totalBytes() {
    return bodyBytes() + headBytes() + indexBytes() + membershipBytes();
  }

  /** Returns what the segments of bodies weigh. */
  public long bodyBytes() {
    return bodies.sum();
  }

  /** Returns what heads weigh, and what has been understood of them. */
  public long headBytes() {
    return heads.sum();
  }

  /** Returns what keys weigh, and the places of the responses in the store. */
  public long indexBytes() {
    return index.sum();
  }

  /** Returns what it weighs that responses have tags; the tags themselves come on top. */
  public long membershipBytes() {
    return memberships.sum();
  }
}
