package io.simplecache.store;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which stored responses are in which group (RFC 9875). A response is entered before it is stored
 * and taken out after it has left the store, so nothing that is stored is ever missing here. Any
 * thread.
 */
final class GroupIndex {
  /** Groups are names within one origin. */
  private record Group(String scheme, String authority, String name) {}

  private final ConcurrentHashMap<Group, Set<StoredResponse>> members = new ConcurrentHashMap<>();

  void enter(StoredResponse response) {
    for (String name : response.groups()) {
      members.compute(
          groupOf(response, name),
          (group, before) -> {
            Set<StoredResponse> after = before == null ? ConcurrentHashMap.newKeySet() : before;
            after.add(response);
            return after;
          });
    }
  }

  void takeOut(StoredResponse response) {
    for (String name : response.groups()) {
      members.computeIfPresent(
          groupOf(response, name),
          (group, before) -> {
            before.remove(response);
            return before.isEmpty() ? null : before;
          });
    }
  }

  List<StoredResponse> members(String scheme, String authority, String name) {
    Set<StoredResponse> found = members.get(new Group(scheme, authority, name));
    return found == null ? List.of() : List.copyOf(found);
  }

  private static Group groupOf(StoredResponse response, String name) {
    return new Group(response.key().scheme(), response.key().authority(), name);
  }
}
