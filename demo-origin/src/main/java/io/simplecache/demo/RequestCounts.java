package io.simplecache.demo;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many requests the origin has served, in total and per path (without the query).
 *
 * <p>Bounded: after {@value #MAX_PATHS} paths, and for paths longer than {@value #MAX_PATH_LENGTH}
 * characters, requests are counted under {@value #OTHER}. Thread: any.
 */
public final class RequestCounts {
  static final int MAX_PATHS = 10_000;
  static final int MAX_PATH_LENGTH = 512;
  static final String OTHER = "other";

  private final Map<String, Long> paths = new HashMap<>();
  private long total;

  RequestCounts() {}

  /** Counts one request and returns which one it is for its path, beginning with 1. */
  synchronized long record(String path) {
    total++;
    boolean own =
        path.length() <= MAX_PATH_LENGTH && (paths.containsKey(path) || paths.size() < MAX_PATHS);
    return paths.merge(own ? path : OTHER, 1L, Long::sum);
  }

  /** Returns the number of all requests since the start or the last {@link #reset}. */
  public synchronized long total() {
    return total;
  }

  /** Returns the number of requests for a path, which begins with a slash and has no query. */
  public synchronized long of(String path) {
    return paths.getOrDefault(path, 0L);
  }

  /** Returns a copy of the counts, sorted by path. */
  public synchronized Map<String, Long> paths() {
    return new TreeMap<>(paths);
  }

  /** Begins again at zero. */
  public synchronized void reset() {
    total = 0;
    paths.clear();
  }

  /** Returns {@code {"total": n, "paths": {"/x": n}}}. */
  String toJson() {
    Map<String, Long> copy;
    long copiedTotal;
    synchronized (this) {
      copy = paths();
      copiedTotal = total;
    }
    StringBuilder json =
        new StringBuilder("{\"total\": ").append(copiedTotal).append(", \"paths\": {");
    String separator = "";
    for (Map.Entry<String, Long> entry : copy.entrySet()) {
      json.append(separator);
      appendJsonString(json, entry.getKey());
      json.append(": ").append(entry.getValue());
      separator = ", ";
    }
    return json.append("}}\n").toString();
  }

  /**
   * Escapes, beyond what RFC 8259 §7 demands, whatever is not printable ASCII, and what HTML might
   * take for a tag.
   */
  private static void appendJsonString(StringBuilder json, String value) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~' || c == '<' || c == '>' || c == '&') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
