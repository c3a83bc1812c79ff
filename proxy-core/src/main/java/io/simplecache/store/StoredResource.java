package io.simplecache.store;

import io.simplecache.key.VariantKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All stored responses of one key, the most recent first (RFC 9111 §4.1): one for each variant, and
 * only one where the resource does not vary. Unchangeable.
 *
 * @param responses at least one
 */
public record StoredResource(List<StoredResponse> responses) {
  /** Returns this resource with {@code response} in the place of what it replaces. */
  StoredResource with(StoredResponse response, int maxVariants) {
    List<StoredResponse> updated = new ArrayList<>(responses.size() + 1);
    updated.add(response);
    for (StoredResponse other : responses) {
      if (!response.replaces(other) && updated.size() < maxVariants) {
        updated.add(other);
      }
    }
    return new StoredResource(List.copyOf(updated));
  }

  /** Returns this resource with {@code freshened} in the place of {@code stored}. */
  StoredResource with(StoredResponse freshened, StoredResponse stored, int maxVariants) {
    StoredResource others = without(stored);
    return others == null
        ? new StoredResource(List.of(freshened))
        : others.with(freshened, maxVariants);
  }

  /** Returns this resource without {@code response}, or null if nothing is left. */
  @Nullable StoredResource without(StoredResponse response) {
    List<StoredResponse> left = new ArrayList<>(responses);
    left.remove(response);
    return left.isEmpty() ? null : new StoredResource(List.copyOf(left));
  }

  /** Returns whether any of them was asked for before {@code moment}. */
  boolean isOlderThan(long moment) {
    for (int i = 0; i < responses.size(); i++) {
      if (responses.get(i).moment() < moment) {
        return true;
      }
    }
    return false;
  }

  /** Returns what purges of tags have left of it, or null if that is nothing. */
  @Nullable StoredResource withoutPurgedTags() {
    List<StoredResponse> left = new ArrayList<>(responses.size());
    for (StoredResponse response : responses) {
      StoredResponse after = response.withoutPurgedTags();
      if (after != null) {
        left.add(after);
      }
    }
    return left.isEmpty() ? null : new StoredResource(List.copyOf(left));
  }

  /** Returns the response stored for {@code variant}, or null. */
  public @Nullable StoredResponse variant(VariantKey variant) {
    for (StoredResponse response : responses) {
      if (response.variant().equals(variant)) {
        return response;
      }
    }
    return null;
  }

  /** Returns what of its weight is on the heap. */
  long heapBytes() {
    long heap = 0;
    for (StoredResponse response : responses) {
      heap += response.heapBytes();
    }
    return heap;
  }

  long weightBytes() {
    long weight = 0;
    for (StoredResponse response : responses) {
      weight += response.weightBytes();
    }
    return weight;
  }
}
