package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import io.simplecache.policy.Validation;
import io.simplecache.store.StoredResource;
import io.simplecache.store.StoredResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored responses that the origin could confirm (RFC 9111 §4.3.1): those that the request
 * selects, and others only by what tells them apart. A date, or a weak entity tag, is the same for
 * several variants: "not modified" would be said of the one that the asker has in mind, and not of
 * the one that we do.
 */
final class Candidates {
  private Candidates() {}

  /**
   * Returns what an answer to {@code request} could confirm or update, not acquired.
   *
   * @param selected what was selected, or null
   */
  static List<StoredResponse> of(
      RequestHead request, StoredResource stored, @Nullable StoredResponse selected) {
    if (request.method().equals(HttpMethod.HEAD)) {
      return selected == null ? List.of() : List.of(selected);
    }
    return stored.responses().stream()
        .filter(response -> response.part() == null || response == selected)
        .filter(response -> response.terms().hasValidator())
        .filter(
            response ->
                Selected.isOf(request, response) || Validation.hasStrongEntityTag(response.head()))
        .toList();
  }
}
