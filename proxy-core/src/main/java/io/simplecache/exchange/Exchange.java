package io.simplecache.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import io.simplecache.fetch.Completion;
import io.simplecache.fetch.FetchPlan;
import io.simplecache.fetch.Flight;
import io.simplecache.fetch.FlightKey;
import io.simplecache.fetch.Outcome;
import io.simplecache.fetch.Participant;
import io.simplecache.invalidation.Invalidator;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.FieldNames;
import io.simplecache.message.HeadFields;
import io.simplecache.message.HitResponse;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.message.StoredFields;
import io.simplecache.observe.CacheStatus;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Forward;
import io.simplecache.observe.Result;
import io.simplecache.origin.OriginFailure;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.Methods;
import io.simplecache.policy.Preconditions;
import io.simplecache.policy.Reason;
import io.simplecache.policy.RequestDirectives;
import io.simplecache.policy.Reuse;
import io.simplecache.policy.ReuseTerms;
import io.simplecache.store.StoredResource;
import io.simplecache.store.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response.
 *
 * <p>{@link #run} carries out one phase after another until one has to wait; waiting is returning,
 * and whatever is waited for sets the next phase and runs again. Events are answered in every
 * phase:
 *
 * <table>
 *   <caption>Events</caption>
 *   <tr><th>event</th><th>WAIT</th><th>DELIVER</th><th>other</th></tr>
 *   <tr><td>client gone</td><td>leaves the flight; FINISH</td><td>gives up the body; FINISH</td>
 *       <td>cannot be: they do not wait</td></tr>
 *   <tr><td>waited too long</td><td>a follower leaves; FETCH alone</td><td>–</td><td>–</td></tr>
 *   <tr><td>origin failed</td><td>stale answer or REJECT</td><td>cuts the connection; FINISH</td>
 *       <td>–</td></tr>
 *   <tr><td>request body</td><td>to the flight</td><td>to the flight</td><td>kept until then</td></tr>
 *   <tr><td>a mistake of ours</td><td colspan="3">leaves the flight; cuts the connection; FINISH</td></tr>
 * </table>
 *
 * Thread: the client's event loop.
 */
public final class Exchange implements Participant {
  private enum Next {
    CONTINUE,
    WAIT
  }

  /** How often an exchange looks up again before it rather asks alone. */
  private static final int MAX_ROUNDS = 3;

  /** What a client is told to wait where the origin is not asked at all. */
  private static final int RETRY_AFTER_SECONDS = 1;

  private final ExchangeContext context;
  private final SiteContext site;
  private final Client client;
  private final RequestHead request;
  private final CacheKey ownKey;
  private final ExchangeRecord record;
  private final RequestDirectives directives;
  private final CacheRules rules;

  /** Null where the request has no content. */
  private final @Nullable RequestBody requestBody;

  private Phase phase = Phase.KEY;
  private boolean running;
  private boolean runAgain;
  private int rounds;

  /** The time of the wall clock, read once when something happens. */
  private long nowMillis;

  /** The flight may not be shared, neither joined nor led for others. */
  private boolean alone;

  /** The response may not be stored. */
  private boolean relay;

  /** By which it is looked up: where responses tell what of a query matters, not its own. */
  private CacheKey key;

  private @Nullable StoredResource resource;

  /** What would be served; acquired only once it is, see {@link #selectedIsOurs}. */
  private @Nullable StoredResponse selected;

  private boolean selectedIsOurs;

  /** Parts are stored, but not what is asked for. */
  private boolean hasParts;

  /** A stored part of what is asked for, of which the rest may be fetched. */
  private @Nullable StoredResponse incomplete;

  private VariantKey variant = VariantKey.NONE;
  private @Nullable Flight flight;
  private @Nullable ScheduledFuture<?> waitTimer;
  private @Nullable Outcome told;
  private Outcome.@Nullable Arriving arriving;
  private @Nullable LocalResponse ownAnswer;
  private @Nullable OriginFailure originFailure;
  private @Nullable BodyPlan body;

  /** The origin was asked with the client's conditions: they are not for us to evaluate again. */
  private boolean conditionsPassed;

  /**
   * Creates an exchange that has not started.
   *
   * @param site the one that the request is for
   * @param head the request, checked by the front door
   * @param hasBody whether content follows, which goes to {@link #onRequestBody}
   */
  public Exchange(
      ExchangeContext context, SiteContext site, Client client, RequestHead head, boolean hasBody) {
    this.context = context;
    this.site = site;
    this.client = client;
    this.request = head;
    this.ownKey = site.keys().keyOf(head);
    this.key = site.search().normal(ownKey);
    this.requestBody = hasBody ? new RequestBody(client) : null;
    this.rules = site.rules().rulesFor(head.target());
    this.directives =
        site.honourRequestDirectives()
            ? RequestDirectives.of(head.fields())
            : RequestDirectives.NONE;
    this.nowMillis = context.clock().millis();
    this.record =
        new ExchangeRecord(
            head.method(),
            head.authority(),
            head.target(),
            client.address(),
            nowMillis,
            client.loop().ticker().nanoTime());
    record.asked(site.name(), head.fields());
  }

  /** Starts. */
  public void start() {
    run();
  }

  private void run() {
    assert client.loop().inEventLoop();
    if (running) {
      // Called from within a phase, by an answer that was there at once or a flush that made the
      // client writable: the loop below goes on with it.
      runAgain = true;
      return;
    }
    running = true;
    try {
      goOn();
    } catch (RuntimeException | Error e) {
      failed(e);
    } finally {
      running = false;
    }
  }

  private void goOn() {
    nowMillis = context.clock().millis();
    Next next;
    do {
      runAgain = false;
      next =
          switch (phase) {
            case KEY -> chooseKey();
            case LOOKUP -> lookUp();
            case DECIDE -> decide();
            case JOIN -> join();
            case FETCH -> fetch();
            case WAIT -> Next.WAIT;
            case OUTCOME -> useOutcome();
            case ANSWER -> answer();
            case DELIVER -> deliver();
            case REJECT -> reject();
            case FINISH -> finish();
            case OVER -> Next.WAIT;
          };
    } while (next == Next.CONTINUE || runAgain);
  }

  /** A mistake of ours, or no memory: this exchange ends, and gives back all that it holds. */
  private void failed(Throwable cause) {
    Phase failing = phase;
    phase = Phase.OVER;
    client.fail(cause);
    if (failing == Phase.OVER) {
      return;
    }
    record.failed(cause.toString());
    record.ended(/* wasComplete= */ false, client.loop().ticker().nanoTime());
    finish();
    if (failing == Phase.WAIT && flight != null) {
      flight.leave(this);
    }
  }

  private Next to(Phase next) {
    phase = next;
    return Next.CONTINUE;
  }

  // ---- KEY

  private Next chooseKey() {
    if (MaxForwards.isLastStop(request)) {
      return answerLastStop();
    }
    Bypass bypass = Bypass.of(request, requestBody != null, site.rules());
    if (bypass != null) {
      if (Methods.isCacheable(request.method()) && Reuse.onlyIfCachedFails(directives)) {
        return refuse(HttpResponseStatus.GATEWAY_TIMEOUT, Reason.ONLY_IF_CACHED);
      }
      return forward(bypass.forward(), bypass.reason());
    }
    return to(Phase.LOOKUP);
  }

  /** RFC 9110 §7.6.2: a request that may go no further is for us to answer. */
  private Next answerLastStop() {
    ownAnswer =
        request.method().equals(HttpMethod.TRACE)
            ? LocalResponse.echo(request)
            : LocalResponse.of(HttpResponseStatus.OK);
    record.decided(Result.BYPASS, Reason.METHOD);
    return to(Phase.REJECT);
  }

  private Next forward(Forward why, Reason reason) {
    record.forwarded(why);
    record.decided(Result.BYPASS, reason);
    alone = true;
    relay = true;
    return to(Phase.FETCH);
  }

  // ---- LOOKUP

  private Next lookUp() {
    resource = context.store().find(key);
    Selected found = Selected.of(request, resource, /* bySearch= */ !key.equals(ownKey));
    selected = found.response();
    incomplete = found.incomplete();
    hasParts = found.hasParts();
    if (resource != null) {
      variant = found.variant();
    }
    return to(Phase.DECIDE);
  }

  // ---- DECIDE

  private Next decide() {
    StoredResponse stored = selected;
    if (stored == null) {
      return decideWithout();
    }
    Reuse.Decision decision = Reuse.decide(directives, stored.terms(), rules, nowMillis);
    switch (decision.action()) {
      case SERVE -> {
        return serve(stored, Result.HIT, decision.reason());
      }
      case SERVE_STALE -> {
        return serve(stored, Result.STALE, decision.reason());
      }
      case SERVE_STALE_AND_VALIDATE -> {
        validateBehind(stored);
        return serve(stored, Result.STALE, decision.reason());
      }
      case GATEWAY_TIMEOUT -> {
        return refuse(HttpResponseStatus.GATEWAY_TIMEOUT, decision.reason());
      }
      default -> {
        boolean fresh = stored.terms().isFresh(nowMillis);
        record.forwarded(fresh ? Forward.REQUEST : Forward.STALE);
        record.decided(Result.MISS, decision.reason());
        alone = fresh || wantsItsOwn(request, directives);
        relay = request.method().equals(HttpMethod.HEAD);
        return to(relay ? Phase.FETCH : Phase.JOIN);
      }
    }
  }

  private Next decideWithout() {
    if (Reuse.onlyIfCachedFails(directives)) {
      return refuse(HttpResponseStatus.GATEWAY_TIMEOUT, Reason.ONLY_IF_CACHED);
    }
    record.forwarded(Selected.missOf(resource, hasParts));
    record.decided(Result.MISS, null);
    boolean known = context.unstorable().contains(key);
    alone = known || wantsItsOwn(request, directives);
    relay =
        request.method().equals(HttpMethod.HEAD)
            || (known
                && (ByteRanges.isRequested(request.fields())
                    || Preconditions.hasAny(request.fields())));
    return to(alone || relay ? Phase.FETCH : Phase.JOIN);
  }

  /**
   * Who wants to see the origin's word is not content with an answer that is on its way; and what
   * somebody's credentials bring is seldom for others.
   */
  static boolean wantsItsOwn(RequestHead request, RequestDirectives directives) {
    return directives.noCache()
        || directives.noStore()
        || request.fields().contains(HttpHeaderNames.AUTHORIZATION);
  }

  private Next serve(StoredResponse stored, Result result, Reason reason) {
    if (!stored.acquire()) {
      // Evicted between look-up and now: a miss like any other.
      selected = null;
      resource = null;
      return decideWithout();
    }
    selectedIsOurs = true;
    record.forwarded(null);
    record.decided(result, reason);
    return to(Phase.ANSWER);
  }

  /** RFC 5861 §3: one validation at a time, that nobody waits for. */
  private void validateBehind(StoredResponse stored) {
    FlightKey flightKey = new FlightKey(key, stored.variant());
    Flight behind = context.fetcher().newFlight(client.loop());
    if (context.fetcher().claim(flightKey, behind) == null) {
      // Also where HEAD is answered it is the response to GET that is validated.
      RequestHead get = request.withMethod(HttpMethod.GET);
      start(behind, get, flightKey, /* starter= */ null);
    }
  }

  /** Starts a flight that others may have joined already: they are sent away if it fails. */
  private void start(
      Flight claimed, RequestHead asked, FlightKey flightKey, @Nullable Participant starter) {
    try {
      claimed.start(plan(asked, flightKey, /* collapsed= */ true), starter);
    } catch (RuntimeException | Error e) {
      claimed.abort(flightKey);
      throw e;
    }
  }

  // ---- JOIN

  private Next join() {
    if (alone) {
      return to(Phase.FETCH);
    }
    FlightKey flightKey = new FlightKey(key, variant);
    Flight own = context.fetcher().newFlight(client.loop());
    Flight other = context.fetcher().claim(flightKey, own);
    if (other != null) {
      record.joined(true);
      flight = other;
      phase = Phase.WAIT;
      waitTimer =
          client
              .loop()
              .schedule(this::waitedTooLong, context.maxWait().toNanos(), TimeUnit.NANOSECONDS);
      other.join(this);
      return Next.CONTINUE;
    }
    if (rounds < MAX_ROUNDS && !Objects.equals(context.store().find(key), resource)) {
      // Another flight landed between our look-up and our claim.
      rounds++;
      own.giveUp(flightKey);
      return to(Phase.LOOKUP);
    }
    flight = own;
    phase = Phase.WAIT;
    start(own, request, flightKey, this);
    return Next.CONTINUE;
  }

  private void waitedTooLong() {
    if (phase == Phase.WAIT && flight != null) {
      flight.leave(this);
      goAlone(Reason.LEADER_TOO_SLOW);
      run();
    }
  }

  private void goAlone(Reason why) {
    flight = null;
    alone = true;
    record.joined(false);
    record.decided(Result.MISS, why);
    phase = Phase.FETCH;
  }

  // ---- FETCH

  private Next fetch() {
    phase = Phase.WAIT;
    Flight own = context.fetcher().newFlight(client.loop());
    flight = own;
    own.start(plan(request, new FlightKey(key, variant), /* collapsed= */ false), this);
    return Next.CONTINUE;
  }

  private FetchPlan plan(RequestHead asked, FlightKey flightKey, boolean collapsed) {
    boolean hasBody = requestBody != null;
    HttpRequest outgoing =
        OutgoingRequest.of(
            asked,
            hasBody,
            context.name(),
            client.address(),
            site.keys().addedFields(),
            newTraceparent());
    StoredResponse stale = selected;
    conditionsPassed = resource == null && rounds == 0 && Preconditions.hasAny(request.fields());
    boolean staleOnServerError =
        stale != null
            && !relay
            && onError(stale, /* serverError= */ true).action() != Reuse.Action.FAIL;
    // Last, for these are acquired.
    Completion completing = completing();
    List<StoredResponse> candidates = completing == null ? candidates(asked) : List.of();
    return new FetchPlan(
        site.origin(),
        site.search(),
        flightKey,
        ownKey,
        asked,
        directives,
        rules,
        outgoing,
        hasBody,
        Methods.isIdempotent(asked.method()),
        /* mayStore= */ !relay && asked.method().equals(HttpMethod.GET),
        /* mayStorePart= */ !hasBody
            && asked.method().equals(HttpMethod.GET)
            && record.forward() != Forward.BYPASS
            && ByteRanges.isRequested(request.fields()),
        collapsed,
        conditionsPassed,
        /* wholeOrNothing= */ !relay && ByteRanges.isRequested(request.fields()),
        candidates,
        completing,
        staleOnServerError);
  }

  /** Returns the trace that begins with this request, or null if none does. */
  private @Nullable String newTraceparent() {
    if (!context.tracing() || request.fields().contains(FieldNames.TRACEPARENT)) {
      return null;
    }
    if (record.traceparent() == null) {
      record.traced(Traceparent.create());
    }
    return record.traceparent();
  }

  /** A range that is not stored is the beginning of others: then the whole is fetched. */
  private @Nullable Completion completing() {
    boolean wanted =
        selected == null
            && !relay
            && request.method().equals(HttpMethod.GET)
            && !ByteRanges.isRequested(request.fields());
    return wanted && incomplete != null ? Completion.of(incomplete) : null;
  }

  private Reuse.Decision onError(StoredResponse stored, boolean serverError) {
    return Reuse.mayServeStaleOnError(directives, stored.terms(), rules, nowMillis, serverError);
  }

  /** Returns what a 304 could confirm, acquired. */
  private List<StoredResponse> candidates(RequestHead asked) {
    StoredResource stored = resource;
    boolean head = asked.method().equals(HttpMethod.HEAD);
    if (stored == null || (relay && !head)) {
      return List.of();
    }
    List<StoredResponse> candidates = new ArrayList<>(Candidates.of(asked, stored, selected));
    candidates.removeIf(candidate -> !candidate.acquire());
    return candidates;
  }

  // ---- WAIT

  @Override
  public void onOutcome(Flight from, Outcome outcome) {
    if (phase != Phase.WAIT || from != flight) {
      refuseOutcome(outcome);
      return;
    }
    stopWaiting();
    told = outcome;
    phase = Phase.OUTCOME;
    run();
  }

  private Next useOutcome() {
    Outcome outcome = told;
    told = null;
    if (outcome instanceof Outcome.Arriving now) {
      arrived(now);
    } else if (outcome instanceof Outcome.Validated now) {
      validated(now.stored());
    } else if (outcome instanceof Outcome.Alone now) {
      relay = ByteRanges.isRequested(request.fields());
      goAlone(now.reason());
    } else if (outcome instanceof Outcome.OtherVariant now) {
      variant = Flight.variantOf(now.varyingFields(), request.fields());
      lookUpAgain();
    } else if (outcome instanceof Outcome.Again) {
      lookUpAgain();
    } else if (outcome instanceof Outcome.ServerError now) {
      record.originAnswered(now.status());
      originFailed(/* failure= */ null, "status " + now.status());
    } else if (outcome instanceof Outcome.Failed now) {
      originFailed(now.failure(), now.detail());
    }
    return Next.CONTINUE;
  }

  private void stopWaiting() {
    if (waitTimer != null) {
      waitTimer.cancel(/* mayInterruptIfRunning= */ false);
      waitTimer = null;
    }
  }

  /** An outcome that crossed our leaving. */
  private static void refuseOutcome(Outcome outcome) {
    if (outcome instanceof Outcome.Arriving arriving) {
      arriving.reader().close();
    } else if (outcome instanceof Outcome.Validated validated) {
      validated.stored().release();
    }
  }

  private void lookUpAgain() {
    flight = null;
    record.joined(false);
    if (++rounds > MAX_ROUNDS) {
      goAlone(Reason.LEADER_TOO_SLOW);
      return;
    }
    key = site.search().normal(ownKey);
    phase = Phase.LOOKUP;
  }

  private void arrived(Outcome.Arriving now) {
    arriving = now;
    body = new BodyPlan(now.reader(), /* newReader= */ null);
    selected = null;
    record.originAnswered(now.originStatus());
    if (now.storing()) {
      record.storing();
      record.decided(record.collapsed() ? Result.COLLAPSED : Result.MISS, null);
    } else if (!relay) {
      record.decided(Result.BYPASS, now.reason());
    }
    Invalidator.onResponse(context.store(), site.keys(), site.search(), request, now.head());
    phase = Phase.ANSWER;
  }

  private void validated(StoredResponse stored) {
    if (!Selected.holdsWhatIsAsked(request, stored)) {
      // What was confirmed has another validator now than the client's If-Range names.
      stored.release();
      selected = null;
      relay = true;
      goAlone(Reason.PARTIAL_CONTENT);
      return;
    }
    selected = stored;
    selectedIsOurs = true;
    record.originAnswered(HttpResponseStatus.NOT_MODIFIED.code());
    record.decided(Result.REVALIDATED, null);
    phase = Phase.ANSWER;
  }

  /** RFC 9111 §4.2.4, RFC 5861 §4: stale, if that is allowed; else our own answer. */
  private void originFailed(@Nullable OriginFailure failure, String detail) {
    record.failed(detail);
    originFailure = failure;
    StoredResponse stale = selected;
    if (stale != null) {
      Reuse.Decision decision = onError(stale, /* serverError= */ failure == null);
      if (decision.action() != Reuse.Action.FAIL && stale.acquire()) {
        selectedIsOurs = true;
        record.decided(Result.STALE, decision.reason());
        phase = Phase.ANSWER;
        return;
      }
    }
    if (failure == null) {
      // Nothing may stand in, after all: then the origin's own error is the answer.
      selected = null;
      goAlone(Reason.ORIGIN_ERROR);
      return;
    }
    record.decided(Result.ERROR, Reason.ORIGIN_ERROR);
    ownAnswer = LocalResponse.of(failure.status());
    phase = Phase.REJECT;
  }

  // ---- ANSWER

  private Next answer() {
    Outcome.Arriving now = arriving;
    if (now != null) {
      return answer(now.head(), now.lengthBytes(), nowMillis);
    }
    StoredResponse stored = selected;
    assert stored != null && selectedIsOurs;
    if (record.result() == Result.HIT && asksForTheWhole() && stored.head().code() == 200) {
      HitResponse whole = inOnePiece(stored);
      if (whole != null) {
        return sendWhole(whole);
      }
    }
    EventLoop loop = client.loop();
    body = new BodyPlan(stored.newReader(loop), () -> stored.newReader(loop));
    return answer(stored.head(), stored.lengthBytes(), stored.terms().dateMillis());
  }

  private Next answer(ResponseHead head, long lengthBytes, long dateMillis) {
    Answer answer =
        relay
            ? Answer.whole(request, head, lengthBytes)
            : Answer.to(
                request,
                head,
                lengthBytes,
                dateMillis,
                arriving == null,
                /* isOriginsAnswer= */ arriving != null && conditionsPassed,
                context.maxRanges());
    if (answer == null) {
      return refuse(HttpResponseStatus.PRECONDITION_FAILED, Reason.PRECONDITION);
    }
    body().add(answer.pieces());
    return sendHead(answer);
  }

  private BodyPlan body() {
    assert body != null;
    return body;
  }

  private boolean asksForTheWhole() {
    return request.method().equals(HttpMethod.GET) && !ByteRanges.isRequested(request.fields());
  }

  /** The hit as most hits are: 200 as it is stored, or 304; null if there is more to it. */
  private @Nullable HitResponse inOnePiece(StoredResponse stored) {
    AsciiString name = context.cacheName();
    ReuseTerms terms = stored.terms();
    return switch (Preconditions.evaluate(request, stored.head(), terms.dateMillis())) {
      case NOT_MODIFIED -> {
        StoredFields fields = Preconditions.fieldsOfNotModified(stored.fields());
        long ageSeconds = describeReuse(terms);
        yield HitResponse.notModified(name, fields, ageSeconds, record.ttlSeconds());
      }
      case PROCEED -> {
        ByteBuf content = stored.wholeContent();
        if (content == null) {
          yield null;
        }
        long ageSeconds = describeReuse(terms);
        yield new HitResponse(name, stored.fields(), content, ageSeconds, record.ttlSeconds());
      }
      case PRECONDITION_FAILED -> null;
    };
  }

  private Next sendWhole(HitResponse response) {
    record.answered(response.status().code());
    record.sent(response.content().readableBytes());
    client.writeWhole(response);
    client.flush();
    record.ended(/* wasComplete= */ true, client.loop().ticker().nanoTime());
    return to(Phase.FINISH);
  }

  private Next sendHead(Answer answer) {
    ResponseHead head = answer.head();
    HttpHeaders fields = head.fields();
    StoredResponse stored = selected;
    if (stored != null && selectedIsOurs) {
      fields.set(HttpHeaderNames.AGE, describeReuse(stored.terms()));
    }
    int code = head.code();
    boolean hasNoContent = code == 204 || code == 304;
    if (hasNoContent) {
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    } else if (answer.lengthBytes() >= 0
        && !(request.method().equals(HttpMethod.HEAD) && arriving != null)) {
      fields.set(HttpHeaderNames.CONTENT_LENGTH, answer.lengthBytes());
    }
    fields.add(FieldNames.CACHE_STATUS, CacheStatus.of(context.name(), record));
    writeHead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), fields));
    return to(Phase.DELIVER);
  }

  /**
   * Notes what is left of the lifetime (RFC 9211 §2.4); returns the age in seconds (RFC 9111 §5.1).
   */
  private long describeReuse(ReuseTerms terms) {
    long ageMillis = terms.currentAgeMillis(nowMillis);
    long ageSeconds = Math.min(ageMillis / 1000, Integer.MAX_VALUE);
    record.ttl((terms.freshnessLifetimeMillis() - ageMillis) / 1000);
    record.age(ageSeconds);
    return ageSeconds;
  }

  private void writeHead(HttpResponse head) {
    record.answered(head.status().code());
    record.headSent(client.loop().ticker().nanoTime());
    client.writeHead(head);
  }

  // ---- DELIVER

  private Next deliver() {
    switch (body().send(client, record)) {
      case WAITING -> {
        client.flush();
        return Next.WAIT;
      }
      case BROKEN -> {
        client.flush();
        return cutOff();
      }
      default -> {
        HttpHeaders fields = trailers();
        client.write(
            fields.isEmpty()
                ? LastHttpContent.EMPTY_LAST_CONTENT
                : new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, fields));
        client.flush();
        record.ended(/* wasComplete= */ true, client.loop().ticker().nanoTime());
        return to(Phase.FINISH);
      }
    }
  }

  private HttpHeaders trailers() {
    return arriving == null ? EmptyHttpHeaders.INSTANCE : arriving.trailers().get();
  }

  private Next cutOff() {
    record.failed("the origin's response ended early");
    record.ended(/* wasComplete= */ false, client.loop().ticker().nanoTime());
    client.abort();
    return to(Phase.FINISH);
  }

  @Override
  public void onMoreBody() {
    if (phase == Phase.DELIVER) {
      run();
    }
  }

  /** The client takes more. */
  public void onClientWritable() {
    if (phase == Phase.DELIVER) {
      run();
    }
  }

  // ---- REJECT

  private Next refuse(HttpResponseStatus status, Reason reason) {
    ownAnswer = LocalResponse.of(status);
    record.decided(Result.ERROR, reason);
    return to(Phase.REJECT);
  }

  private Next reject() {
    LocalResponse own = ownAnswer;
    assert own != null;
    HttpResponse head = own.head(nowMillis);
    head.headers().add(FieldNames.CACHE_STATUS, CacheStatus.of(context.name(), record));
    if (originFailure != null) {
      head.headers()
          .add(FieldNames.PROXY_STATUS, context.name() + "; error=" + originFailure.proxyStatus());
      if (originFailure.isPassing()) {
        head.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
      }
    }
    writeHead(head);
    if (!request.method().equals(HttpMethod.HEAD)) {
      byte[] content = own.contentBytes();
      record.sent(content.length);
      client.write(new DefaultHttpContent(Unpooled.wrappedBuffer(content)));
    }
    client.write(LastHttpContent.EMPTY_LAST_CONTENT);
    client.flush();
    record.ended(/* wasComplete= */ true, client.loop().ticker().nanoTime());
    return to(Phase.FINISH);
  }

  // ---- FINISH

  private Next finish() {
    phase = Phase.OVER;
    stopWaiting();
    if (told != null) {
      refuseOutcome(told);
      told = null;
    }
    if (body != null) {
      body.close();
      body = null;
    }
    if (selectedIsOurs && selected != null) {
      selected.release();
      selectedIsOurs = false;
    }
    if (requestBody != null) {
      requestBody.close();
    }
    context.listener().accept(record);
    client.finished();
    return Next.WAIT;
  }

  /** The client's connection is gone. */
  public void onClientGone() {
    if (phase == Phase.OVER) {
      return;
    }
    if (phase == Phase.WAIT && flight != null) {
      flight.leave(this);
    }
    record.failed("the client left");
    record.ended(/* wasComplete= */ false, client.loop().ticker().nanoTime());
    phase = Phase.FINISH;
    run();
  }

  // ---- the request's body

  /** Some of the request's body, or its end; takes it. */
  public void onRequestBody(HttpContent content) {
    if (requestBody == null || phase == Phase.OVER || !relay) {
      content.release();
    } else {
      requestBody.add(content);
    }
  }

  @Override
  public void onOriginConnected() {
    if (requestBody != null && flight != null && phase != Phase.OVER) {
      requestBody.sendTo(flight);
    }
  }

  @Override
  public void onOriginWritabilityChanged() {
    if (requestBody != null && phase != Phase.OVER) {
      requestBody.send();
    }
  }

  @Override
  public void onInformational(ResponseHead head) {
    if (phase == Phase.WAIT) {
      client.writeInformational(
          new DefaultHttpResponse(
              HttpVersion.HTTP_1_1, head.status(), HeadFields.copyOf(head.fields())));
    }
  }

  // ---- Participant

  @Override
  public EventLoop loop() {
    return client.loop();
  }

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public CacheKey ownKey() {
    return ownKey;
  }

  @Override
  public RequestDirectives directives() {
    return directives;
  }
}
