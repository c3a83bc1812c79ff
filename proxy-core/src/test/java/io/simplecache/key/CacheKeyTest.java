package io.simplecache.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheKeyTest {
  private static final CacheKey KEY = new CacheKey("http", "example.com", "/a?b");

  @Test
  void equals_sameParts_true() {
    CacheKey same = new CacheKey("http", "example.com", "/a?b");
    assertEquals(KEY, same);
    assertEquals(KEY.hashCode(), same.hashCode());
    assertEquals("http://example.com/a?b", KEY.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "https, example.com, /a?b",
    "http, example.org, /a?b",
    "http, example.com:8080, /a?b",
    "http, example.com, /a?B",
    "http, example.com, /a",
  })
  void equals_anotherPart_false(String scheme, String authority, String target) {
    assertNotEquals(KEY, new CacheKey(scheme, authority, target));
  }

  /** What is text next to text must not run together. */
  @Test
  void equals_sameTextCutElsewhere_false() {
    assertNotEquals(new CacheKey("http", "a", "/b/c"), new CacheKey("http", "a/b", "/c"));
  }

  @Test
  void weight_longerParts_isMore() {
    CacheKey longer = new CacheKey("http", "example.com", "/" + "x".repeat(1000));
    assertTrue(longer.weightBytes() >= KEY.weightBytes() + 990);
    VariantKey variant = new VariantKey(List.of("accept"), List.of("x".repeat(500)));
    assertTrue(variant.weightBytes() >= 500);
    assertEquals(0, VariantKey.NONE.weightBytes());
  }
}
