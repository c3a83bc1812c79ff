package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.greenbytes.http.sfv.BooleanItem;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.jspecify.annotations.Nullable;

/**
 * What a response says about the query parameters that did not matter to it (<a
 * href="https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-no-vary-search">No-Vary-Search</a>).
 * Unchangeable.
 *
 * @param ignoresOrder whether the order of parameters does not matter
 * @param ignoresAll whether no parameter matters but those of {@code names}; else all do but those
 * @param names decoded names
 */
public record NoVarySearch(boolean ignoresOrder, boolean ignoresAll, Set<String> names) {
  private static final String NO_VARY_SEARCH = "no-vary-search";

  /** Copies the names. */
  public NoVarySearch {
    names = Set.copyOf(names);
  }

  /** Returns what a response says, or null if it says nothing, or nothing valid. */
  public static @Nullable NoVarySearch of(HttpHeaders response) {
    if (!response.contains(NO_VARY_SEARCH)) {
      return null;
    }
    try {
      return of(new Parser(response.getAll(NO_VARY_SEARCH)).parseDictionary().get());
    } catch (IllegalArgumentException invalid) {
      return null;
    }
  }

  private static @Nullable NoVarySearch of(Map<String, ListElement<? extends Object>> members) {
    boolean ignoresOrder = false;
    boolean ignoresAll = false;
    Set<String> names = new HashSet<>();
    for (var member : members.entrySet()) {
      ListElement<? extends Object> value = member.getValue();
      boolean isTrue = value instanceof BooleanItem flag && flag.get();
      switch (member.getKey()) {
        case "key-order" -> {
          if (!(value instanceof BooleanItem)) {
            return null;
          }
          ignoresOrder = isTrue;
        }
        case "params" -> {
          ignoresAll = isTrue;
          if (!(value instanceof BooleanItem) && !addStrings(value, names)) {
            return null;
          }
        }
        case "except" -> {
          boolean allowed = members.get("params") instanceof BooleanItem all && all.get();
          if (!allowed || !addStrings(value, names)) {
            return null;
          }
        }
        default -> {} // Unknown members are ignored.
      }
    }
    return ignoresOrder || ignoresAll || !names.isEmpty()
        ? new NoVarySearch(ignoresOrder, ignoresAll, names)
        : null;
  }

  private static boolean addStrings(ListElement<? extends Object> list, Set<String> names) {
    if (!(list instanceof InnerList inner)) {
      return false;
    }
    for (var item : inner.get()) {
      if (!(item instanceof StringItem string)) {
        return false;
      }
      names.add(string.get());
    }
    return true;
  }

  /** Returns {@code target} without what did not matter: two that are equal then are the same. */
  public String normalTarget(String target) {
    int query = target.indexOf('?');
    if (query < 0) {
      return target;
    }
    List<String> kept = new ArrayList<>();
    for (String parameter : target.substring(query + 1).split("&", /* limit= */ -1)) {
      if (!parameter.isEmpty() && matters(nameOf(parameter))) {
        kept.add(parameter);
      }
    }
    String path = target.substring(0, query);
    return kept.isEmpty() ? path : path + "?" + String.join("&", ordered(kept));
  }

  private boolean matters(String name) {
    return names.contains(name) == ignoresAll;
  }

  /** The order among parameters of one name always matters. */
  private List<String> ordered(List<String> parameters) {
    if (!ignoresOrder) {
      return parameters;
    }
    Map<String, List<String>> byName = new TreeMap<>();
    for (String parameter : parameters) {
      byName.computeIfAbsent(nameOf(parameter), name -> new ArrayList<>()).add(parameter);
    }
    return byName.values().stream().flatMap(List::stream).toList();
  }

  private static String nameOf(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    try {
      return QueryStringDecoder.decodeComponent(name);
    } catch (IllegalArgumentException malformed) {
      return name;
    }
  }
}
