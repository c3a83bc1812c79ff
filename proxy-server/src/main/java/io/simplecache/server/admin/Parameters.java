package io.simplecache.server.admin;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one call, none of them unknown. Values are as the client sent them, decoded.
 */
final class Parameters {
  private final Map<String, List<String>> values;

  /**
   * Checks the names.
   *
   * @throws ProblemException 400 for a name that is not in {@code known}
   */
  Parameters(Map<String, List<String>> values, Set<String> known) throws ProblemException {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw ProblemException.badRequest(
            "unknown parameter '%s' (expected: %s)".formatted(name, names(known)));
      }
    }
    this.values = values;
  }

  private static String names(Set<String> known) {
    return known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known));
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /**
   * Returns the value, null if there is none.
   *
   * @throws ProblemException 400 if it is there more than once
   */
  @Nullable String one(String name) throws ProblemException {
    List<String> given = all(name);
    if (given.size() > 1) {
      throw ProblemException.badRequest("parameter '" + name + "' is given more than once");
    }
    return given.isEmpty() ? null : given.get(0);
  }

  /**
   * Returns the value.
   *
   * @throws ProblemException 400 if it is not there, or more than once
   */
  String required(String name) throws ProblemException {
    String value = one(name);
    if (value == null || value.isEmpty()) {
      throw ProblemException.badRequest("parameter '" + name + "' is missing");
    }
    return value;
  }

  /**
   * Returns whether the value is {@code true}; false if there is none.
   *
   * @throws ProblemException 400 if it is neither {@code true} nor {@code false}
   */
  boolean flag(String name) throws ProblemException {
    String value = one(name);
    if (value == null || value.equals("false")) {
      return false;
    }
    if (!value.equals("true")) {
      throw ProblemException.badRequest(
          "parameter '%s': '%s' (expected: true or false)".formatted(name, value));
    }
    return true;
  }
}
