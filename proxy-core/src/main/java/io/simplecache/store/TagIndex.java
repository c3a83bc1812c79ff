package io.simplecache.store;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.key.CacheKey;
import io.simplecache.policy.CacheGroups;
import io.simplecache.policy.CacheTags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which stored responses have which tag. A response is entered before it is stored and taken out
 * after it has left the store, so nothing that is stored is ever missing here.
 *
 * <p>The names of Surrogate-Key and Cache-Tag are everybody's. The groups of RFC 9875 are names
 * within one origin; they are tags for the operator, too, and therefore entered under both.
 *
 * <p>The members of a tag are a list of their own links, 32 bytes each, because most tags have
 * either very few members or very many; the longest there come first. It is changed by who computes
 * the tag's place in the map, which is one thread at a time. Any thread.
 */
final class TagIndex {
  /** A tag and its place in the map, without the characters of its name. */
  private static final int TAG_BYTES = 48 + 40 + 40;

  /** A link and its place in the response's array. */
  static final int MEMBERSHIP_BYTES = 32 + 4;

  /** A tag of at least one response; equal to every other of that name. */
  static final class Tag {
    /** The scope of tags that are not bound to an origin. */
    static final String EVERYWHERE = "";

    final String scope;
    final String name;
    private @Nullable Membership first;
    private @Nullable Membership last;
    private volatile int members;
    private volatile long removedAt;
    private volatile long staleAt;

    /** The number of the last member, of all that there ever were. */
    private int lastNumber;

    /** Members up to this number are purged, and so many of them have not been taken out yet. */
    private int purgedNumber;

    private int purgedMembers;

    Tag(String scope, String name) {
      this.scope = scope;
      this.name = name;
    }

    /** Returns the tag that a group of an origin is. */
    static Tag ofGroup(String scheme, String authority, String group) {
      return new Tag(scheme + "://" + authority, group);
    }

    boolean isGroup() {
      return !scope.isEmpty();
    }

    /**
     * Notes that all who were asked for before {@code moment} are purged; returns how many that
     * are, without those whom an earlier purge had removed.
     */
    private int purgedAt(long moment, boolean soft) {
      int concerned = members - purgedMembers;
      if (soft) {
        staleAt = Math.max(staleAt, moment);
      } else {
        removedAt = Math.max(removedAt, moment);
        purgedNumber = lastNumber;
        purgedMembers = members;
      }
      return concerned;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread at a time, others look.
    private void link(Membership member) {
      member.tag = this;
      member.number = ++lastNumber;
      member.previous = last;
      if (last != null) {
        last.next = member;
      } else {
        first = member;
      }
      last = member;
      members++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void unlink(Membership member) {
      if (member.previous != null) {
        member.previous.next = member.next;
      } else {
        first = member.next;
      }
      if (member.next != null) {
        member.next.previous = member.previous;
      } else {
        last = member.previous;
      }
      member.previous = null;
      member.next = null;
      members--;
      // The numbers may have passed the largest.
      if (purgedMembers > 0 && member.number - purgedNumber <= 0) {
        purgedMembers--;
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tag that && name.equals(that.name) && scope.equals(that.scope);
    }

    @Override
    public int hashCode() {
      return name.hashCode() * 31 + scope.hashCode();
    }
  }

  /** That a response has a tag. */
  static final class Membership {
    final StoredResponse response;
    Tag tag;
    private int number;
    private @Nullable Membership previous;
    private @Nullable Membership next;

    Membership(StoredResponse response, Tag tag) {
      this.response = response;
      this.tag = tag;
    }

    long removedAt() {
      return tag.removedAt;
    }

    long staleAt() {
      return tag.staleAt;
    }
  }

  private static final Membership[] NONE = {};

  private final ConcurrentHashMap<Tag, Tag> tags = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  /** Returns the tags that a response with these fields has. */
  static Set<Tag> tagsOf(CacheKey key, HttpHeaders fields) {
    Set<Tag> tags = new LinkedHashSet<>();
    for (String name : CacheTags.of(fields)) {
      tags.add(new Tag(Tag.EVERYWHERE, name));
    }
    for (String group : CacheGroups.of(fields)) {
      tags.add(Tag.ofGroup(key.scheme(), key.authority(), group));
      tags.add(new Tag(Tag.EVERYWHERE, group));
    }
    return tags;
  }

  void enter(StoredResponse response) {
    Set<Tag> names = tagsOf(response.key(), response.head().fields());
    if (names.isEmpty()) {
      return;
    }
    List<Membership> memberships = new ArrayList<>(names.size());
    for (Tag name : names) {
      Membership member = new Membership(response, name);
      tags.compute(
          name,
          (probe, known) -> {
            Tag tag = known == null ? probe : known;
            if (known == null) {
              bytes.addAndGet(bytesOf(tag));
            }
            tag.link(member);
            return tag;
          });
      memberships.add(member);
    }
    response.memberships(memberships.toArray(NONE));
  }

  void takeOut(StoredResponse response) {
    for (Membership member : response.memberships()) {
      tags.computeIfPresent(
          member.tag,
          (name, tag) -> {
            tag.unlink(member);
            if (tag.members > 0) {
              return tag;
            }
            bytes.addAndGet(-bytesOf(tag));
            return null;
          });
    }
  }

  /**
   * Notes that all members who were asked for before {@code moment} are purged; returns how many
   * that are.
   */
  int purge(Tag name, long moment, boolean soft) {
    int[] concerned = {0};
    tags.computeIfPresent(
        name,
        (same, tag) -> {
          concerned[0] = tag.purgedAt(moment, soft);
          return tag;
        });
    return concerned[0];
  }

  /** Returns the keys of the first members, if they were asked for before {@code moment}. */
  List<CacheKey> firstBefore(Tag name, long moment, int most) {
    List<CacheKey> keys = new ArrayList<>();
    tags.computeIfPresent(
        name,
        (same, tag) -> {
          Membership member = tag.first;
          while (member != null && member.response.moment() < moment && keys.size() < most) {
            keys.add(member.response.key());
            member = member.next;
          }
          return tag;
        });
    return keys;
  }

  /** Returns how many tags there are. */
  int size() {
    return tags.size();
  }

  /** Returns what the tags take, without the memberships, in bytes. */
  long weightBytes() {
    return bytes.get();
  }

  private static int bytesOf(Tag tag) {
    return TAG_BYTES + tag.name.length() + (tag.isGroup() ? 40 + tag.scope.length() : 0);
  }

  static List<String> namesOf(Membership[] memberships) {
    return Arrays.stream(memberships).map(m -> m.tag.name).distinct().toList();
  }
}
