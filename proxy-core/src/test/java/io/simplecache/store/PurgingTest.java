package io.simplecache.store;

import static io.simplecache.store.StoredResponses.key;
import static io.simplecache.store.StoredResponses.language;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.simplecache.body.MemoryBudget;
import io.simplecache.key.AbsoluteUri;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.observe.Departure;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PurgingTest {
  private static final String TAGS = "Surrogate-Key";

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final MemoryBudget budget = new MemoryBudget(64 << 20, /* directArenas= */ 1);
  private final ResponseStore store =
      new ResponseStore(budget, /* maxVariants= */ 4, InstantSource.system());
  private final StoredResponses responses = new StoredResponses(budget, channel.eventLoop());

  @AfterEach
  void nothingIsLeft() {
    store.settle();
    assertEquals(store.countedWeightBytes(), store.weightBytes(), "weight");
    store.close();
    assertEquals(0, store.weightBytes(), "weight when closed");
    assertEquals(0, store.tags(), "tags when closed");
    assertEquals(0, store.tagBytes(), "weight of tags when closed");
    StoreWeights weights = store.weights();
    assertEquals(
        List.of(0L, 0L, 0L, 0L),
        List.of(
            weights.bodyBytes(),
            weights.headBytes(),
            weights.indexBytes(),
            weights.membershipBytes()));
    assertEquals(0, budget.segmentBytes(), "segments when closed");
    channel.finishAndReleaseAll();
  }

  private StoredResponse put(CacheKey key, String... fields) {
    return put(key, VariantKey.NONE, fields);
  }

  private StoredResponse put(CacheKey key, VariantKey variant, String... fields) {
    StoredResponse response = responses.make(key, variant, 100, store.moment(), fields);
    store.put(response);
    return response;
  }

  private boolean isStored(CacheKey key) {
    return store.find(key) != null;
  }

  private boolean isInvalidated(CacheKey key) {
    StoredResource found = store.find(key);
    assertNotNull(found);
    return found.responses().stream().allMatch(response -> response.terms().isInvalidated());
  }

  /** What a tag's purge removes is given back by and by. */
  private void awaitNothing() {
    while (store.size() > 0 || store.tags() > 0) {
      Thread.onSpinWait();
    }
  }

  /** What became stale is still there. */
  @Test
  void purge_soft_isNoDeparture() {
    put(key("/a"), TAGS, "t");
    put(key("/b"), TAGS, "t");

    store.purge(key("/a"), /* soft= */ true);
    store.purgeTag("t", /* soft= */ true);
    assertNull(store.departures().find(key("/a")));
    assertNull(store.departures().find(key("/b")));

    store.purge(key("/a"), /* soft= */ false);
    assertNotNull(store.departures().find(key("/a")));
    assertEquals(1, store.departures().counts().get(Departure.Cause.PURGED));
  }

  @Test
  void purgePrefix_hard_takesWhatBeginsSo() {
    put(key("/img/a"));
    put(key("/img/b"), language("de"));
    put(key("/img/b"), language("en"));
    put(key("/image"));
    put(new CacheKey("https", "example.com", "/img/a"));

    AbsoluteUri prefix = AbsoluteUri.of("http://EXAMPLE.com/img/");
    assertEquals(3, store.purgePrefix(prefix, /* soft= */ false));

    assertFalse(isStored(key("/img/a")));
    assertTrue(isStored(key("/image")));
    assertTrue(isStored(new CacheKey("https", "example.com", "/img/a")));
  }

  @Test
  void purgeHost_hard_takesBothSchemes() {
    put(key("/"));
    put(new CacheKey("https", "example.com", "/"));
    put(new CacheKey("http", "example.com:443", "/"));
    put(new CacheKey("http", "other.example.com", "/"));

    assertEquals(2, store.purgeHost("Example.com", /* soft= */ false));

    assertTrue(isStored(new CacheKey("http", "other.example.com", "/")));
    assertTrue(isStored(new CacheKey("http", "example.com:443", "/")));
  }

  @Test
  void purgeWithAddedFields_takesWhateverTheirValues() {
    put(key("/a\nx-device:phone"));
    put(key("/a\nx-device:"));
    put(key("/a/b\nx-device:"));

    assertEquals(2, store.purgeWithAddedFields(key("/a"), /* soft= */ false));

    assertTrue(isStored(key("/a/b\nx-device:")));
  }

  @Test
  void purgeTag_hard_takesItsMembersOnly() {
    put(key("/1"), TAGS, "news sport");
    put(key("/2"), "Cache-Tag", "news, front page");
    put(key("/3"), "Cache-Groups", "\"news\"");
    put(key("/4"), TAGS, "sport");
    put(key("/5"));
    assertEquals(3 + 1, store.tags());

    assertEquals(3, store.purgeTag("news", /* soft= */ false));

    assertFalse(isStored(key("/1")));
    assertFalse(isStored(key("/2")));
    assertFalse(isStored(key("/3")));
    assertTrue(isStored(key("/4")));
    assertTrue(isStored(key("/5")));
    assertEquals(1, store.tags());
    assertEquals(0, store.purgeTag("news", /* soft= */ false));
  }

  @Test
  void purgeTag_soft_mustBeValidatedAndIsPurgedAgain() {
    put(key("/1"), TAGS, "news");
    put(key("/2"));

    assertEquals(1, store.purgeTag("news", /* soft= */ true));
    assertTrue(isInvalidated(key("/1")));
    assertFalse(isInvalidated(key("/2")));

    assertEquals(1, store.purgeTag("news", /* soft= */ false));
    assertFalse(isStored(key("/1")));
  }

  @Test
  void purgeTag_oneOfSeveralVariants_leavesTheOthers() {
    put(key("/"), language("de"), TAGS, "german");
    StoredResponse english = put(key("/"), language("en"), TAGS, "english");

    assertEquals(1, store.purgeTag("german", /* soft= */ false));

    StoredResource left = store.find(key("/"));
    assertNotNull(left);
    assertEquals(List.of(english), left.responses());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void purgeAll_marksOrRemovesEverything(boolean soft) {
    put(key("/1"));
    put(key("/2"), language("de"));
    put(key("/2"), language("en"));

    assertEquals(3, store.purgeAll(soft));

    assertEquals(soft ? 2 : 0, store.size());
    assertTrue(!soft || isInvalidated(key("/2")));
  }

  static Stream<Named<Consumer<ResponseStore>>> purges() {
    return Stream.of(
        Named.of("URL", store -> store.purge(key("/a"), /* soft= */ false)),
        Named.of("soft", store -> store.purge(key("/a"), /* soft= */ true)),
        Named.of("fields", store -> store.purgeWithAddedFields(key("/a"), /* soft= */ false)),
        Named.of(
            "prefix",
            store -> store.purgePrefix(AbsoluteUri.of("http://example.com/"), /* soft= */ false)),
        Named.of("host", store -> store.purgeHost("example.com", /* soft= */ false)),
        Named.of("tag", store -> store.purgeTag("news", /* soft= */ false)),
        Named.of("group", store -> store.invalidateGroup("http", "example.com", "g")),
        Named.of("invalidation", store -> store.invalidate(key("/a"))),
        Named.of("all", store -> store.purgeAll(/* soft= */ false)));
  }

  /** Forbidden outcome: what the origin sent before a purge is stored after it. */
  @ParameterizedTest
  @MethodSource("purges")
  void put_askedForBeforeThePurge_isDropped(Consumer<ResponseStore> purge) {
    String[] fields = {TAGS, "news", "Cache-Groups", "\"g\""};
    long before = store.moment();
    purge.accept(store);
    StoredResponse late = responses.make(key("/a"), VariantKey.NONE, 100, before, fields);
    assertTrue(store.overtook(key("/a"), late.head().fields(), before));

    store.put(late);

    assertFalse(isStored(key("/a")));
    assertFalse(late.acquire());
    put(key("/a"), fields);
    assertTrue(isStored(key("/a")));
  }

  @ParameterizedTest
  @MethodSource("purges")
  void overtook_anotherKey_isNotConcerned(Consumer<ResponseStore> purge) {
    long before = store.moment();
    purge.accept(store);
    CacheKey other = new CacheKey("http", "other.example.net", "/b");
    boolean everything = store.overtook(new CacheKey("https", "a.example", "/c"), before);
    assertEquals(everything, store.overtook(other, before));
  }

  @Test
  void replace_afterASoftPurge_isDropped() {
    StoredResponse response = put(key("/a"));
    StoredResponse freshened = response.with(response.variant(), response.head(), response.terms());
    assertTrue(freshened.acquire());
    store.purge(key("/a"), /* soft= */ true);

    store.replace(response, freshened);

    assertTrue(isInvalidated(key("/a")));
  }

  @Test
  void invalidateGroup_large_isInEffectAtOnceAndItsMemoryComesBack() {
    int members = 5_000;
    for (int i = 0; i < members; i++) {
      put(key("/" + i), "Cache-Groups", "\"all\"");
    }
    store.invalidateGroup("http", "example.com", "all");
    for (int i = 0; i < members; i += 97) {
      assertFalse(isStored(key("/" + i)));
      assertNull(store.peek(key("/" + i)));
    }
    awaitNothing();
  }

  @Test
  void purgeTag_again_countsWhatIsNewOnly() {
    int members = 1_000;
    for (int i = 0; i < members; i++) {
      put(key("/" + i), TAGS, "all");
    }
    assertEquals(members, store.purgeTag("all", /* soft= */ false));
    put(key("/new"), TAGS, "all");
    put(key("/newer"), TAGS, "all");

    assertEquals(2, store.purgeTag("all", /* soft= */ false));
    awaitNothing();
  }

  @Test
  void purgeTag_softAndLarge_makesAllStaleOnce() {
    int members = 1_000;
    for (int i = 0; i < members; i++) {
      put(key("/" + i), TAGS, "all");
    }
    assertEquals(members, store.purgeTag("all", /* soft= */ true));
    for (int i = 0; i < members; i++) {
      assertTrue(isInvalidated(key("/" + i)));
    }
    assertEquals(members, store.purgeTag("all", /* soft= */ false));
    awaitNothing();
  }

  @Test
  void replace_afterThePurgeOfItsTag_isDropped() {
    for (int i = 0; i < 1_000; i++) {
      put(key("/" + i), TAGS, "all");
    }
    StoredResponse last = put(key("/last"), TAGS, "all");
    StoredResponse freshened = last.with(last.variant(), last.head(), last.terms());
    assertTrue(freshened.acquire());
    store.purgeTag("all", /* soft= */ false);
    store.replace(last, freshened);

    awaitNothing();
  }

  @Test
  void peek_afterASoftPurgeOfItsTag_agreesWithFind() {
    StoredResponse response = put(key("/"), TAGS, "news");
    StoredResource quiet = store.peek(key("/"));
    assertNotNull(quiet);
    assertEquals(List.of(response), quiet.responses());
    assertEquals(List.of("news"), response.tags());
  }

  @Test
  void weight_ofTags_isTakenFromTheStoresShare() {
    long before = budget.storeShareBytes();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      names.add("a-tag-of-its-own-" + i);
    }
    put(key("/"), TAGS, String.join(" ", names));
    assertEquals(10_000, store.tags());
    assertTrue(store.tagBytes() > 1_000_000, "tags " + store.tagBytes());
    assertTrue(
        before - budget.storeShareBytes() >= store.tagBytes(),
        "share " + before + " and then " + budget.storeShareBytes());
  }
}
