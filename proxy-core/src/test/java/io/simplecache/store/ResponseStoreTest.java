package io.simplecache.store;

import static io.simplecache.store.StoredResponses.key;
import static io.simplecache.store.StoredResponses.language;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.body.BodyReader;
import io.simplecache.body.MemoryBudget;
import io.simplecache.body.SharedBody;
import io.simplecache.key.VariantKey;
import io.simplecache.message.ResponseHead;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ResponseStoreTest {
  private static final int LIMIT = 8 << 20;
  private static final int MAX_VARIANTS = 3;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final MemoryBudget budget = new MemoryBudget(LIMIT, /* directArenas= */ 1);
  private final ResponseStore store =
      new ResponseStore(budget, MAX_VARIANTS, InstantSource.system());
  private final StoredResponses responses = new StoredResponses(budget, channel.eventLoop());

  @AfterEach
  void nothingIsLeft() {
    store.settle();
    assertEquals(store.countedWeightBytes(), store.weightBytes(), "weight");
    store.close();
    assertEquals(0, store.weightBytes(), "weight when closed");
    assertEquals(0, budget.segmentBytes(), "segments when closed");
    assertEquals(0, budget.arrivingBytes(), "arriving when closed");
    channel.finishAndReleaseAll();
  }

  private List<StoredResponse> stored(String target) {
    StoredResource resource = store.find(key(target));
    return resource == null ? List.of() : resource.responses();
  }

  private static boolean isGone(StoredResponse response) {
    if (response.acquire()) {
      response.release();
      return false;
    }
    return true;
  }

  @Test
  void find_nothingStored_isNull() {
    assertNull(store.find(key("/")));
  }

  @Test
  void find_stored_isThereAndReadable() {
    StoredResponse response = responses.make("/", 1000);
    store.put(response);
    assertEquals(List.of(response), stored("/"));
    assertTrue(response.acquire());
    BodyReader reader = response.newReader(channel.eventLoop());
    @Nullable ByteBuf bytes = reader.read(2000);
    assertEquals(1000, bytes == null ? -1 : bytes.readableBytes());
    if (bytes != null) {
      bytes.release();
    }
    assertTrue(reader.atEnd());
    reader.close();
    response.release();
  }

  @Test
  void put_sameVariant_replacesAndReleases() {
    StoredResponse before = responses.make("/", 1000);
    StoredResponse after = responses.make("/", 500);
    store.put(before);
    store.put(after);
    assertEquals(List.of(after), stored("/"));
    assertTrue(isGone(before));
    assertFalse(isGone(after));
  }

  @Test
  void put_replacedWhileBeingRead_readerKeepsIt() {
    StoredResponse before = responses.make("/", 1000);
    store.put(before);
    assertTrue(before.acquire());
    store.put(responses.make("/", 500));
    assertFalse(isGone(before));
    before.release();
    assertTrue(isGone(before));
  }

  @Test
  void put_otherVariants_mostRecentFirst() {
    StoredResponse german = responses.make(key("/"), language("de"), 100);
    StoredResponse english = responses.make(key("/"), language("en"), 100);
    store.put(german);
    store.put(english);
    assertEquals(List.of(english, german), stored("/"));
    StoredResponse newGerman = responses.make(key("/"), language("de"), 100);
    store.put(newGerman);
    assertEquals(List.of(newGerman, english), stored("/"));
    assertEquals(english, new StoredResource(stored("/")).variant(language("en")));
    assertNull(new StoredResource(stored("/")).variant(VariantKey.NONE));
  }

  @Test
  void put_moreThanMaxVariants_dropsTheOldest() {
    List<StoredResponse> made = new ArrayList<>();
    for (String tag : List.of("de", "en", "fr", "it")) {
      StoredResponse response = responses.make(key("/"), language(tag), 100);
      made.add(0, response);
      store.put(response);
    }
    assertEquals(made.subList(0, MAX_VARIANTS), stored("/"));
    assertTrue(isGone(made.get(MAX_VARIANTS)));
  }

  @Test
  void replace_stillThere_takesItsPlaceAndSharesTheBody() {
    StoredResponse response = responses.make("/", 1000);
    store.put(response);
    StoredResponse freshened = freshened(response);
    assertTrue(freshened.acquire());
    store.replace(response, freshened);
    assertEquals(List.of(freshened), stored("/"));
    assertFalse(isGone(freshened));
    assertEquals(1000, freshened.lengthBytes());
  }

  @Test
  void replace_goneMeanwhile_isDropped() {
    StoredResponse response = responses.make("/", 1000);
    store.put(response);
    StoredResponse freshened = freshened(response);
    assertTrue(freshened.acquire());
    store.invalidate(key("/"));
    store.replace(response, freshened);
    assertEquals(List.of(), stored("/"));
    assertTrue(isGone(freshened));
  }

  @Test
  void replace_replacedMeanwhile_isDropped() {
    StoredResponse response = responses.make("/", 1000);
    store.put(response);
    StoredResponse freshened = freshened(response);
    assertTrue(freshened.acquire());
    StoredResponse newer = responses.make("/", 10);
    store.put(newer);
    store.replace(response, freshened);
    assertEquals(List.of(newer), stored("/"));
    assertTrue(isGone(response));
  }

  private static StoredResponse freshened(StoredResponse response) {
    ResponseHead head =
        new ResponseHead(
            HttpResponseStatus.OK,
            new DefaultHttpHeaders().add("cache-control", "max-age=60").add("age", "7"));
    return response.with(response.variant(), head, response.terms());
  }

  @Test
  void remove_oneVariant_leavesTheOthers() {
    StoredResponse german = responses.make(key("/"), language("de"), 100);
    StoredResponse english = responses.make(key("/"), language("en"), 100);
    store.put(german);
    store.put(english);
    store.remove(german);
    assertEquals(List.of(english), stored("/"));
    assertTrue(isGone(german));
    store.remove(german);
    store.remove(english);
    assertNull(store.find(key("/")));
  }

  @Test
  void purge_key_removesAllVariants() {
    store.put(responses.make(key("/"), language("de"), 100));
    store.put(responses.make(key("/"), language("en"), 100));
    store.put(responses.make("/other", 100));
    assertEquals(2, store.purge(key("/"), /* soft= */ false));
    assertEquals(0, store.purge(key("/"), /* soft= */ false));
    assertEquals(1, store.size());
  }

  @Test
  void purgeAll_several_emptiesTheStore() {
    for (int i = 0; i < 10; i++) {
      store.put(responses.make("/" + i, 100));
    }
    assertEquals(10, store.purgeAll(/* soft= */ false));
    assertEquals(0, store.size());
    assertEquals(0, budget.segmentBytes());
  }

  @Test
  void eviction_moreThanFits_releasesAndStaysWithinTheShare() {
    List<StoredResponse> made = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StoredResponse response = responses.make("/" + i, 100_000);
      made.add(response);
      store.put(response);
    }
    store.settle();
    assertTrue(store.weightBytes() <= budget.storeShareBytes(), "weight " + store.weightBytes());
    assertEquals(store.size(), made.stream().filter(r -> !isGone(r)).count());
    assertTrue(store.size() > 50, "size " + store.size());
  }

  /** Forbidden outcome: small responses fill the heap while there is memory for many more. */
  @Test
  void eviction_manySmall_staysWithinItsShareOfTheHeap() {
    int heapShare = 256 * 1024;
    MemoryBudget scarce = new MemoryBudget(LIMIT, heapShare, /* directArenas= */ 1);
    StoredResponses small = new StoredResponses(scarce, channel.eventLoop());
    try (ResponseStore bounded = new ResponseStore(scarce, MAX_VARIANTS, InstantSource.system())) {
      for (int i = 0; i < 2000; i++) {
        bounded.put(small.make("/" + i, 100));
      }
      bounded.settle();
      StoreWeights weights = bounded.weights();
      long heap = weights.headBytes() + weights.indexBytes();
      assertTrue(heap <= heapShare, "heap " + heap);
      assertTrue(heap > heapShare / 2, "heap " + heap);
      bounded.purgeAll(/* soft= */ false);
      for (int i = 0; i < 50; i++) {
        bounded.put(small.make("/large/" + i, 100_000));
      }
      bounded.settle();
      assertEquals(50, bounded.size(), "large ones take little of the heap");
    }
  }

  @Test
  void eviction_whileBeingRead_readerKeepsIt() {
    StoredResponse kept = responses.make("/kept", 100_000);
    store.put(kept);
    assertTrue(kept.acquire());
    for (int i = 0; i < 300; i++) {
      store.put(responses.make("/" + i, 100_000));
    }
    store.settle();
    assertFalse(isGone(kept));
    kept.release();
  }

  @Test
  void eviction_storeShareShrinks_makesRoomAtOnce() {
    for (int i = 0; i < 70; i++) {
      store.put(responses.make("/" + i, 100_000));
    }
    store.settle();
    assertTrue(store.weightBytes() > LIMIT / 2);
    // Arriving bodies take half of the limit.
    SharedBody arriving = responses.arriving(LIMIT / 2);
    store.settle();
    assertEquals(LIMIT / 2, budget.storeShareBytes());
    assertTrue(store.weightBytes() <= LIMIT / 2, "weight " + store.weightBytes());
    arriving.release();
    assertEquals(LIMIT - LIMIT / 8, budget.storeShareBytes());
  }

  @Test
  void weight_ofAResponse_isMoreThanItsPartsAndNotMuch() {
    StoredResponse response = responses.make("/path", 200_000);
    store.put(response);
    store.settle();
    assertEquals((response.weightBytes() + 15) / 16 * 16, store.weightBytes());
    assertTrue(response.weightBytes() > 200_000);
    assertTrue(response.weightBytes() < 202_000, "weight " + response.weightBytes());
  }

  /** As if it were so large: the same bytes many times, which take no memory. */
  @Test
  void weight_ofManyGigabytes_countsInFull() {
    MemoryBudget large = new MemoryBudget(64L << 30, /* directArenas= */ 1);
    StoredResponses make = new StoredResponses(large, channel.eventLoop());
    SharedBody source = make.arriving(64 << 10);
    source.complete();
    source.signal();
    SharedBody body = make.arriving(1);
    for (int i = 0; i < 64 << 10; i++) {
      body.append(source, 0, source.availableBytes());
    }
    source.release();
    body.complete();
    body.signal();
    try (ResponseStore all = new ResponseStore(large, /* maxVariants= */ 8, () -> Instant.EPOCH)) {
      all.put(make.of(key("/"), body));
      body.settle();
      assertTrue(all.weightBytes() > 4L << 30, all.weightBytes() + " bytes");
    }
  }

  @Test
  void close_later_dropsWhatIsPut() {
    store.put(responses.make("/", 100));
    store.close();
    StoredResponse late = responses.make("/", 100);
    store.put(late);
    assertTrue(isGone(late));
    assertNull(store.find(key("/")));
  }
}
