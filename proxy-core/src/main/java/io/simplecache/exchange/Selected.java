package io.simplecache.exchange;

import io.simplecache.fetch.Flight;
import io.simplecache.key.VariantKey;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.Forward;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.PartialContent;
import io.simplecache.store.StoredResource;
import io.simplecache.store.StoredResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a resource is selected by a request (RFC 9111 §4, §4.1): by Date the most recent of those
 * that its fields select.
 *
 * @param response null if there is none
 * @param variant that was selected; if none was, the one that is wanted
 * @param hasParts whether parts are stored, which may not be what is asked for
 */
record Selected(@Nullable StoredResponse response, VariantKey variant, boolean hasParts) {
  private static final Selected NOTHING = new Selected(null, VariantKey.NONE, false);

  static Selected of(RequestHead request, @Nullable StoredResource stored) {
    if (stored == null) {
      return NOTHING;
    }
    StoredResponse selected = null;
    VariantKey variant = VariantKey.NONE;
    boolean hasParts = false;
    List<StoredResponse> responses = stored.responses();
    for (int i = 0; i < responses.size(); i++) {
      StoredResponse response = responses.get(i);
      VariantKey wanted = wanted(request, response);
      if (i == 0) {
        variant = wanted;
      }
      boolean isMoreRecent =
          selected == null || response.terms().dateMillis() > selected.terms().dateMillis();
      if (isMoreRecent && wanted.equals(response.variant())) {
        hasParts |= response.part() != null;
        if (holdsWhatIsAsked(request, response)) {
          selected = response;
          variant = wanted;
        }
      }
    }
    return new Selected(selected, variant, hasParts);
  }

  /** Returns the variant that the request wants, as far as that response tells them apart. */
  static VariantKey wanted(RequestHead request, StoredResponse response) {
    return Flight.variantOf(response.variant().fields(), request.fields());
  }

  /** RFC 9111 §3.3: a stored part answers only what lies within it. */
  static boolean holdsWhatIsAsked(RequestHead request, StoredResponse response) {
    PartialContent part = response.part();
    return part == null || ByteRanges.selectWithin(request, response.head(), part) != null;
  }

  /** Returns why the origin is asked where nothing was selected (RFC 9211 §2.2). */
  static Forward missOf(@Nullable StoredResource stored, boolean hasParts) {
    if (stored == null) {
      return Forward.URI_MISS;
    }
    return hasParts ? Forward.PARTIAL : Forward.VARY_MISS;
  }
}
