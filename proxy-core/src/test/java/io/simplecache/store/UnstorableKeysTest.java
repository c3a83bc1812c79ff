package io.simplecache.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.key.CacheKey;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnstorableKeysTest {
  private final UnstorableKeys keys = new UnstorableKeys(Duration.ofHours(1));

  private static CacheKey key(String target) {
    return new CacheKey("http", "www.example.com", target);
  }

  @Test
  void remember_isKnownUntilForgotten() {
    keys.remember(key("/a"));
    assertTrue(keys.contains(key("/a")));
    assertTrue(keys.peek(key("/a")));
    keys.forget(key("/a"));
    assertFalse(keys.contains(key("/a")));
  }

  /** A target may have 8 KiB: as many as there may be of short ones would fill a small heap. */
  @Test
  void remember_longKeys_takeBoundedMemory() {
    String pad = "y".repeat(8_000);
    List<CacheKey> many = IntStream.range(0, 2_000).mapToObj(i -> key("/" + i + pad)).toList();
    many.forEach(keys::remember);
    long bytes = many.stream().filter(keys::contains).mapToLong(CacheKey::weightBytes).sum();
    assertTrue(bytes <= UnstorableKeys.MAX_BYTES, bytes + " bytes");
    assertTrue(bytes > UnstorableKeys.MAX_BYTES / 2, bytes + " bytes");
  }

  @Test
  void remember_shortKeys_areMany() {
    List<CacheKey> many = IntStream.range(0, 15_000).mapToObj(i -> key("/" + i)).toList();
    many.forEach(keys::remember);
    assertTrue(many.stream().filter(keys::contains).count() > 14_000);
  }
}
