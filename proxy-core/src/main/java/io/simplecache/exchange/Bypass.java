package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.Forward;
import io.simplecache.policy.Reason;
import io.simplecache.policy.SiteRules;
import org.jspecify.annotations.Nullable;

/**
 * That a request is relayed past the store.
 *
 * @param forward why, in the words of RFC 9211
 * @param reason why, in ours
 */
record Bypass(Forward forward, Reason reason) {
  /** Returns why a request may not use the store, or null if it may. */
  static @Nullable Bypass of(RequestHead request, boolean hasBody, SiteRules rules) {
    boolean retrieves =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (!retrieves) {
      return new Bypass(Forward.METHOD, Reason.METHOD);
    }
    if (hasBody) {
      return new Bypass(Forward.BYPASS, Reason.REQUEST_CONTENT);
    }
    Reason bypass = rules.bypass(request.target(), request.fields());
    return bypass == Reason.STORABLE ? null : new Bypass(Forward.BYPASS, bypass);
  }
}
