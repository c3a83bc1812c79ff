package io.simplecache.fetch;

import io.netty.handler.codec.http.HttpRequest;
import io.simplecache.key.CacheKey;
import io.simplecache.message.RequestHead;
import io.simplecache.origin.OriginClient;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.RequestDirectives;
import io.simplecache.store.SearchRules;
import io.simplecache.store.StoredResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to ask the origin and what may become of the answer.
 *
 * @param origin who is asked
 * @param search where what the response says about query parameters is noted
 * @param key of the flight
 * @param ownKey the key of the request, whatever responses say about query parameters
 * @param request the client's request, as the rules see it
 * @param directives its directives
 * @param rules for this target
 * @param outgoing what is sent, without conditions of ours; the flight adds those
 * @param hasBody whether the request has a body, which the leader sends
 * @param retryable whether it may be sent twice (RFC 9110 §9.2.2)
 * @param mayStore whether the response may be stored at all; else it is only relayed
 * @param mayStorePart whether a 206 to it may be stored even if nothing else is
 * @param collapsed whether others may wait for this fetch
 * @param passConditions whether the client's own conditions go along, because there is nothing
 *     stored that they could be held against
 * @param wholeOrNothing the client wants a part or has a condition, which {@code outgoing} does not
 *     say: if the response is not stored the leader had better ask again, alone
 * @param candidates stored responses that the answer may confirm or update, acquired; taken by the
 *     flight
 * @param incomplete a stored part with a strong validator: only what it lacks is asked for (RFC
 *     9111 §3.4); acquired; taken by the flight; null if there is none
 * @param staleOnServerError whether a server error is to be told as such, because a candidate may
 *     be served instead
 */
public record FetchPlan(
    OriginClient origin,
    SearchRules search,
    FlightKey key,
    CacheKey ownKey,
    RequestHead request,
    RequestDirectives directives,
    CacheRules rules,
    HttpRequest outgoing,
    boolean hasBody,
    boolean retryable,
    boolean mayStore,
    boolean mayStorePart,
    boolean collapsed,
    boolean passConditions,
    boolean wholeOrNothing,
    List<StoredResponse> candidates,
    @Nullable Completion incomplete,
    boolean staleOnServerError) {}
