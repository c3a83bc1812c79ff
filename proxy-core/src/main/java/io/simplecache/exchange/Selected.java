package io.simplecache.exchange;

import io.simplecache.fetch.Flight;
import io.simplecache.key.VariantKey;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.Forward;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.NoVarySearch;
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
 * @param incomplete a part of what is asked for that does not hold all of it; null if there is none
 * @param hasParts whether parts are stored, which may not be what is asked for
 */
record Selected(
    @Nullable StoredResponse response,
    VariantKey variant,
    @Nullable StoredResponse incomplete,
    boolean hasParts) {
  private static final Selected NOTHING = new Selected(null, VariantKey.NONE, null, false);

  /**
   * Selects.
   *
   * @param bySearch whether it was not looked up by its own key, but by what a response said about
   *     query parameters: then only those that say so themselves are for it
   */
  static Selected of(RequestHead request, @Nullable StoredResource stored, boolean bySearch) {
    if (stored == null) {
      return NOTHING;
    }
    StoredResponse selected = null;
    VariantKey variant = VariantKey.NONE;
    StoredResponse incomplete = null;
    boolean hasParts = false;
    List<StoredResponse> responses = stored.responses();
    for (int i = 0; i < responses.size(); i++) {
      StoredResponse response = responses.get(i);
      if (i == 0) {
        variant = wanted(request, response);
      }
      boolean isMoreRecent =
          selected == null || response.terms().dateMillis() > selected.terms().dateMillis();
      if (!isOf(request, response) || (bySearch && !saysSo(response))) {
        continue;
      }
      hasParts |= response.part() != null;
      if (isMoreRecent && holdsWhatIsAsked(request, response)) {
        selected = response;
        variant = response.variant();
      } else if (response.part() != null) {
        incomplete = response;
      }
    }
    return new Selected(selected, variant, incomplete, hasParts);
  }

  private static boolean saysSo(StoredResponse response) {
    return NoVarySearch.of(response.fields()) != null;
  }

  /** Returns the variant that the request wants, as far as that response tells them apart. */
  static VariantKey wanted(RequestHead request, StoredResponse response) {
    return Flight.variantOf(response.variant().fields(), request.fields());
  }

  /** Returns whether a response is of the variant that the request wants. */
  static boolean isOf(RequestHead request, StoredResponse response) {
    return wanted(request, response).equals(response.variant());
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
