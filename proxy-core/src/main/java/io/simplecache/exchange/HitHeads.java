package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import io.simplecache.store.StoredResponse;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of hits, as they were put together last: those of a stored response change once a
 * second, with its age, and a popular one is asked for more often than that. Each event loop has
 * its own, a fixed number of places, so that there is nothing to lock and nothing to count.
 */
final class HitHeads {
  /** A power of two. */
  private static final int PLACES = 512;

  private static final FastThreadLocal<HitHeads> OF_THIS_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected HitHeads initialValue() {
          return new HitHeads();
        }
      };

  /** Fields that are good for as long as age and lifetime left are the same. */
  private record Head(
      StoredResponse stored, long ageSeconds, long ttlSeconds, HttpHeaders fields) {}

  private final @Nullable Head[] heads = new Head[PLACES];

  private HitHeads() {}

  static HitHeads ofThisLoop() {
    return OF_THIS_LOOP.get();
  }

  /** Returns the fields for a hit of that age, to be shared, or null. */
  @Nullable HttpHeaders find(StoredResponse stored, long ageSeconds, long ttlSeconds) {
    Head head = heads[placeOf(stored)];
    return head != null
            && head.stored == stored
            && head.ageSeconds == ageSeconds
            && head.ttlSeconds == ttlSeconds
        ? head.fields
        : null;
  }

  /** Keeps a copy of {@code fields} and returns it, to be shared. */
  HttpHeaders keep(StoredResponse stored, long ageSeconds, long ttlSeconds, HttpHeaders fields) {
    HttpHeaders copy = unchangeable(fields);
    heads[placeOf(stored)] = new Head(stored, ageSeconds, ttlSeconds, copy);
    return copy;
  }

  private static int placeOf(StoredResponse stored) {
    int hash = stored.key().hashCode();
    return (hash ^ hash >>> 16) & PLACES - 1;
  }

  /** In one array, as the encoder copies them fastest. */
  private static HttpHeaders unchangeable(HttpHeaders fields) {
    CharSequence[] namesAndValues = new CharSequence[fields.size() * 2];
    int i = 0;
    for (Iterator<Map.Entry<CharSequence, CharSequence>> each = fields.iteratorCharSequence();
        each.hasNext(); ) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      namesAndValues[i++] = AsciiString.of(field.getKey());
      namesAndValues[i++] = AsciiString.of(field.getValue());
    }
    return new ReadOnlyHttpHeaders(/* validateHeaders= */ false, namesAndValues);
  }
}
