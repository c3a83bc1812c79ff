package io.simplecache.proxy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The field lines of a message, as they were on the wire and in their order. */
record Fields(List<Line> lines) {
  /** One field line. */
  record Line(String name, String value) {}

  Fields {
    lines = List.copyOf(lines);
  }

  /** Returns the values of all lines of this name, in any case. */
  List<String> all(String name) {
    return lines.stream()
        .filter(line -> line.name().equalsIgnoreCase(name))
        .map(Line::value)
        .toList();
  }

  /** Returns the one value of this name, or null; more than one is an error. */
  @Nullable String get(String name) {
    List<String> values = all(name);
    if (values.size() > 1) {
      throw new AssertionError(name + " is there more than once: " + lines);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  boolean contains(String name) {
    return !all(name).isEmpty();
  }

  /** Returns whether there is a line of this name with this member in its comma-separated list. */
  boolean hasMember(String name, String member) {
    for (String value : all(name)) {
      for (String each : value.split(",", -1)) {
        if (each.strip().equalsIgnoreCase(member)) {
          return true;
        }
      }
    }
    return false;
  }
}
