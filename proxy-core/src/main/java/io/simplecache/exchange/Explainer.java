package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.fetch.Completion;
import io.simplecache.fetch.FlightKey;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.RequestHead;
import io.simplecache.observe.Departure;
import io.simplecache.observe.Explanation;
import io.simplecache.observe.Explanation.Outcome;
import io.simplecache.observe.Explanation.Variant;
import io.simplecache.observe.Forward;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.Methods;
import io.simplecache.policy.Preconditions;
import io.simplecache.policy.Reason;
import io.simplecache.policy.RequestDirectives;
import io.simplecache.policy.Reuse;
import io.simplecache.policy.ReuseTerms;
import io.simplecache.policy.Selection;
import io.simplecache.policy.Validation;
import io.simplecache.store.StoredResource;
import io.simplecache.store.StoredResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Replays what an {@link Exchange} would decide about a request without content, with the same
 * rules, up to the point where it would answer or ask the origin. Looks at the store without a
 * trace. What it returns holds no credentials and no cookies, whoever's they are. Any thread.
 */
public final class Explainer {
  /** Stands for the client's address, which nobody knows (RFC 7239 §6.3). */
  private static final String CLIENT = "_client";

  private final ExchangeContext context;
  private final SiteContext site;
  private final RequestHead request;
  private final CacheKey ownKey;
  private final CacheKey key;
  private final CacheRules rules;
  private final RequestDirectives directives;
  private final long nowMillis;
  private final List<String> steps = new ArrayList<>();
  private List<Variant> variants = List.of();

  private Explainer(ExchangeContext context, SiteContext site, RequestHead request) {
    this.context = context;
    this.site = site;
    this.request = request;
    this.ownKey = site.keys().keyOf(request);
    this.key = site.search().normal(ownKey);
    this.rules = site.rules().rulesFor(request.target());
    this.directives =
        site.honourRequestDirectives()
            ? RequestDirectives.of(request.fields())
            : RequestDirectives.NONE;
    this.nowMillis = context.clock().millis();
  }

  /** Returns what would become of {@code request} now. */
  public static Explanation explain(ExchangeContext context, RequestHead request) {
    SiteContext site = context.sites().find(request);
    return site == null ? noSite(request) : new Explainer(context, site, request).explain();
  }

  private static Explanation noSite(RequestHead request) {
    return new Explanation(
        request.scheme() + "://" + request.authority() + request.target(),
        /* site= */ null,
        Outcome.REJECT,
        /* reason= */ null,
        HttpResponseStatus.MISDIRECTED_REQUEST.code(),
        /* forward= */ null,
        List.of(),
        /* departure= */ null,
        Map.of(),
        List.of("No site is for this host and path.", "The answer is 421 (RFC 9110 §15.5.20)."));
  }

  private Explanation explain() {
    step("The request is for site %s.".formatted(site.name()));
    step("The key is %s.".formatted(keyText().replace("\n", ", and ")));
    if (MaxForwards.isLastStop(request)) {
      step("Max-Forwards is 0, so the proxy answers by itself (RFC 9110 §7.6.2).");
      return answer(Outcome.REJECT, Reason.METHOD, /* status= */ 200);
    }
    Bypass bypass = Bypass.of(request, /* hasBody= */ false, site.rules());
    if (bypass != null) {
      if (Methods.isCacheable(request.method()) && Reuse.onlyIfCachedFails(directives)) {
        step("only-if-cached, and the store is not used (RFC 9111 §5.2.1.7).");
        return answer(Outcome.REJECT, Reason.ONLY_IF_CACHED, /* status= */ 504);
      }
      step("The store is not used: %s.".formatted(text(bypass.reason())));
      return ask(Outcome.BYPASS, bypass.reason(), bypass.forward(), outgoing());
    }
    StoredResource resource = context.store().peek(key);
    Selected found = Selected.of(request, resource, /* bySearch= */ !key.equals(ownKey));
    if (resource != null) {
      describe(resource, found);
    }
    StoredResponse selected = found.response();
    return selected == null
        ? explainWithout(resource, found)
        : explainSelected(Objects.requireNonNull(resource), selected);
  }

  // ---- what is stored

  private void describe(StoredResource resource, Selected found) {
    List<Variant> described = new ArrayList<>();
    for (StoredResponse response : resource.responses()) {
      described.add(variant(response, response == found.response()));
    }
    variants = List.copyOf(described);
    step(
        "%s stored under this key."
            .formatted(many(variants.size(), "response is", "responses are")));
    for (Variant variant : variants) {
      for (int i = 0; i < variant.varyingFields().size(); i++) {
        step(
            "One was stored for %s: %s; this request has %s (RFC 9111 §4.1)."
                .formatted(
                    variant.varyingFields().get(i),
                    orNothing(variant.storedValues().get(i)),
                    orNothing(variant.requestValues().get(i))));
      }
    }
  }

  private Variant variant(StoredResponse stored, boolean selected) {
    ReuseTerms terms = stored.terms();
    VariantKey wanted = Selected.wanted(request, stored);
    HttpHeaders fields = stored.head().fields();
    return new Variant(
        stored.variant().fields(),
        present(stored.variant()),
        present(wanted),
        wanted.equals(stored.variant()) && Selected.holdsWhatIsAsked(request, stored),
        selected,
        stored.head().code(),
        terms.freshnessLifetimeMillis() / 1000,
        terms.lifetimeReason(),
        Math.max(0, terms.responseTimeMillis() - terms.dateMillis()) / 1000,
        Math.max(0, nowMillis - terms.responseTimeMillis()) / 1000,
        terms.currentAgeMillis(nowMillis) / 1000,
        terms.isFresh(nowMillis),
        fields.get(HttpHeaderNames.ETAG),
        fields.get(HttpHeaderNames.LAST_MODIFIED),
        stored.tags(),
        stored.lengthBytes(),
        stored.weightBytes(),
        asMap(fields));
  }

  private static List<@Nullable String> present(VariantKey variant) {
    List<@Nullable String> present = new ArrayList<>();
    for (int i = 0; i < variant.values().size(); i++) {
      String value = variant.values().get(i);
      boolean secret = Secrets.isSecret(variant.fields().get(i));
      present.add(value.equals(Selection.ABSENT) ? null : secret ? Secrets.HIDDEN : value);
    }
    return present;
  }

  // ---- what is decided

  private Explanation explainSelected(StoredResource resource, StoredResponse stored) {
    ReuseTerms terms = stored.terms();
    long lifetimeSeconds = terms.freshnessLifetimeMillis() / 1000;
    long ageSeconds = terms.currentAgeMillis(nowMillis) / 1000;
    step(
        "Its freshness lifetime is %d s by %s, its current age %d s (RFC 9111 §4.2): it %s."
            .formatted(
                lifetimeSeconds,
                text(terms.lifetimeReason()),
                ageSeconds,
                freshness(terms, lifetimeSeconds - ageSeconds)));
    Reuse.Decision decision = Reuse.decide(directives, terms, rules, nowMillis);
    Reason reason = decision.reason();
    switch (decision.action()) {
      case SERVE -> {
        return serve(Outcome.HIT, reason, stored);
      }
      case SERVE_STALE -> {
        return serve(Outcome.STALE, reason, stored);
      }
      case SERVE_STALE_AND_VALIDATE -> {
        step("The origin is asked behind the answer whether it is still good.");
        return serve(Outcome.STALE_WHILE_REVALIDATE, reason, stored);
      }
      case GATEWAY_TIMEOUT -> {
        step("It may not be used without the origin, and the request forbids to ask it.");
        return answer(Outcome.REJECT, reason, /* status= */ 504);
      }
      default -> {
        Forward forward = terms.isFresh(nowMillis) ? Forward.REQUEST : Forward.STALE;
        List<StoredResponse> candidates =
            isHead() ? List.of() : Candidates.of(request, resource, stored);
        step("It may not be used as it is: %s.".formatted(text(reason)));
        explainFlight(terms.isFresh(nowMillis) || isHead(), stored.variant());
        return ask(
            candidates.isEmpty() ? Outcome.MISS : Outcome.VALIDATE,
            reason,
            forward,
            outgoing(isHead(), candidates, /* passConditions= */ false));
      }
    }
  }

  private String freshness(ReuseTerms terms, long secondsLeft) {
    if (terms.isInvalidated()) {
      return "was made stale before its time, by a soft purge";
    }
    return terms.isFresh(nowMillis)
        ? "is fresh for another " + secondsLeft + " s"
        : "is stale since " + -secondsLeft + " s";
  }

  private Explanation serve(Outcome outcome, Reason reason, StoredResponse stored) {
    Answer answer =
        Answer.to(
            request,
            stored.head(),
            stored.lengthBytes(),
            stored.terms().dateMillis(),
            /* complete= */ true,
            /* isOriginsAnswer= */ false,
            context.maxRanges());
    if (answer == null) {
      step("The client's condition is not met (RFC 9110 §13.2.2).");
      return answer(Outcome.REJECT, Reason.PRECONDITION, /* status= */ 412);
    }
    step("It is served: %s.".formatted(text(reason)));
    return answer(outcome, reason, answer.head().code());
  }

  private Explanation explainWithout(@Nullable StoredResource resource, Selected found) {
    Departure departure = departure();
    if (resource == null) {
      step("Nothing is stored under this key.");
      step(
          departure == null
              ? "It has not been asked for of late, or that is forgotten."
              : "It was " + text(departure) + ".");
    } else {
      step("None of them fits this request.");
    }
    if (Reuse.onlyIfCachedFails(directives)) {
      step("The request forbids to ask the origin: %s.".formatted(text(Reason.ONLY_IF_CACHED)));
      return answer(Outcome.REJECT, Reason.ONLY_IF_CACHED, /* status= */ 504);
    }
    boolean inPart =
        ByteRanges.isRequested(request.fields()) || Preconditions.hasAny(request.fields());
    boolean relay = isHead() || (context.unstorable().peek(key) && inPart);
    boolean completes = !relay && !isHead() && !ByteRanges.isRequested(request.fields());
    StoredResponse incomplete = found.incomplete();
    Completion completion = completes && incomplete != null ? Completion.of(incomplete) : null;
    List<StoredResponse> candidates =
        resource == null || relay || completion != null
            ? List.of()
            : Candidates.of(request, resource, null);
    HttpHeaders outgoing =
        outgoing(
            relay,
            candidates,
            /* passConditions= */ resource == null && Preconditions.hasAny(request.fields()));
    if (completion != null) {
      step("A part of it is stored: the origin is asked for the rest (RFC 9111 §3.3).");
      completion.ask(outgoing);
      completion.release();
    }
    explainFlight(relay || context.unstorable().peek(key), found.variant());
    return ask(
        Outcome.MISS, /* reason= */ null, Selected.missOf(resource, found.hasParts()), outgoing);
  }

  /** Says whether somebody else's fetch would be joined. */
  private void explainFlight(boolean alone, VariantKey variant) {
    if (!alone
        && !Exchange.wantsItsOwn(request, directives)
        && context.fetcher().find(new FlightKey(key, variant)) != null) {
      step("It is being fetched at this moment, and the request would join (RFC 9211 §2.6).");
    }
  }

  private boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  // ---- the explanation

  private HttpHeaders outgoing() {
    return OutgoingRequest.of(
            request,
            /* hasBody= */ false,
            context.name(),
            CLIENT,
            site.keys().addedFields(),
            /* traceparent= */ null)
        .headers();
  }

  private HttpHeaders outgoing(
      boolean relay, List<StoredResponse> candidates, boolean passConditions) {
    HttpHeaders outgoing = outgoing();
    if (!relay) {
      Validation.prepare(
          outgoing, candidates.stream().map(StoredResponse::head).toList(), passConditions);
    }
    return outgoing;
  }

  private Explanation ask(
      Outcome outcome, @Nullable Reason reason, Forward forward, HttpHeaders outgoing) {
    step(
        "The origin is asked%s: fwd=%s (RFC 9211 §2.2)."
            .formatted(
                outcome == Outcome.VALIDATE ? " whether it is still good" : "", forward.token()));
    return explanation(outcome, reason, /* status= */ 0, forward, asMap(outgoing));
  }

  private Explanation answer(Outcome outcome, Reason reason, int status) {
    step("The answer is %d.".formatted(status));
    return explanation(outcome, reason, status, /* forward= */ null, Map.of());
  }

  private Explanation explanation(
      Outcome outcome,
      @Nullable Reason reason,
      int status,
      @Nullable Forward forward,
      Map<String, List<String>> originRequest) {
    return new Explanation(
        keyText(),
        site.name(),
        outcome,
        reason,
        status,
        forward,
        variants,
        departure(),
        originRequest,
        List.copyOf(steps));
  }

  private @Nullable Departure departure() {
    return context.store().departures().find(key);
  }

  // ---- words

  private String keyText() {
    return Secrets.hideInKey(key.toString());
  }

  private void step(String sentence) {
    steps.add(sentence);
  }

  private static String text(Reason reason) {
    return reason.token() + " (" + reason.section() + ")";
  }

  private static String text(Departure departure) {
    Reason reason = departure.reason();
    return departure.cause().text()
        + (reason == null ? "" : " for " + text(reason))
        + " at "
        + departure.when();
  }

  private static String orNothing(@Nullable String value) {
    return value == null ? "none" : "\"" + value + "\"";
  }

  private static String many(int count, String one, String more) {
    return count + " " + (count == 1 ? one : more);
  }

  private static Map<String, List<String>> asMap(HttpHeaders fields) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (String name : fields.names()) {
      map.put(name, Secrets.isSecret(name) ? List.of(Secrets.HIDDEN) : fields.getAll(name));
    }
    return map;
  }
}
