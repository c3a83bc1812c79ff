package io.simplecache.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RequestCountsTest {
  private final RequestCounts counts = new RequestCounts();

  @Test
  void record_returnsTheNumberOfThePath() {
    assertEquals(1, counts.record("/a"));
    assertEquals(2, counts.record("/a"));
    assertEquals(1, counts.record("/b"));
    assertEquals(3, counts.total());
    assertEquals(2, counts.of("/a"));
    assertEquals(0, counts.of("/c"));
  }

  @Test
  void record_beyondTheBounds_countsUnderOther() {
    counts.record("/" + "x".repeat(RequestCounts.MAX_PATH_LENGTH));
    for (int i = 0; i < RequestCounts.MAX_PATHS + 10; i++) {
      counts.record("/" + i);
    }
    counts.record("/0");
    assertEquals(2, counts.of("/0"));
    assertTrue(counts.of(RequestCounts.OTHER) >= 11);
    assertTrue(counts.paths().size() <= RequestCounts.MAX_PATHS + 1);
  }

  @Test
  void toJson_escapes() {
    counts.record("/\"\\<\u0001\u00e9");
    assertEquals(
        "{\"total\": 1, \"paths\": {\"/\\\"\\\\\\u003c\\u0001\\u00e9\": 1}}\n", counts.toJson());
  }
}
