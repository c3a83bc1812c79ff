package io.simplecache.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.body.BodyReader;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.HttpDates;
import io.simplecache.message.ResponseHead;
import io.simplecache.origin.OriginExchange;
import io.simplecache.origin.OriginFailure;
import io.simplecache.origin.OriginListener;
import io.simplecache.policy.NoVarySearch;
import io.simplecache.policy.PartialContent;
import io.simplecache.policy.Reason;
import io.simplecache.policy.Reuse;
import io.simplecache.policy.ReuseTerms;
import io.simplecache.policy.Selection;
import io.simplecache.policy.Storability;
import io.simplecache.policy.Validation;
import io.simplecache.store.StoredResource;
import io.simplecache.store.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fetch from the origin, and those who want its response: a leader, who started it, and
 * followers, who asked for the same meanwhile. A validation behind a stale answer has neither.
 *
 * <h2>What becomes of it</h2>
 *
 * <table>
 *   <caption>The origin's answer, and what follows</caption>
 *   <tr><td>storable</td><td>leader and matching followers read the body as it grows; stored when it
 *       is complete</td></tr>
 *   <tr><td>not storable</td><td>the leader reads it; followers go alone; the key is remembered</td></tr>
 *   <tr><td>another variant than a follower's</td><td>that follower waits for its own</td></tr>
 *   <tr><td>what a stored part lacks</td><td>as if the whole had come; what was stored is not fetched
 *       again</td></tr>
 *   <tr><td>304 to a condition of ours</td><td>the stored response is freshened; all deliver it</td></tr>
 *   <tr><td>failure</td><td>all are told, once</td></tr>
 * </table>
 *
 * <h2>Thread</h2>
 *
 * The leader's event loop; {@link #join} and {@link #leave} on any, they pass the matter on.
 *
 * <h2>Ownership</h2>
 *
 * The candidates and the part to be completed are acquired by the caller and released at the end.
 * The body's first reference is the flight's, until it is stored.
 */
public final class Flight implements OriginListener, SharedBody.Writer {
  private static final Logger log = LoggerFactory.getLogger(Flight.class);

  private enum State {
    NEW,
    AWAITING_HEAD,
    IN_BODY,
    OVER
  }

  private final Fetcher fetcher;
  private final EventLoop loop;
  private final List<Participant> waiting = new ArrayList<>(2);

  /** When it began, among the purges: what it brings may be purged before it is there. */
  private final long moment;

  private State state = State.NEW;
  private boolean background;
  private boolean abandoned;
  private boolean askedForTheWhole;

  /** The stored part that the origin's answer completes; null if that does not do so. */
  private @Nullable Completion completed;

  private int originStatus;

  private @Nullable ReuseTerms arrivingTerms;
  private boolean hasEnded;
  private long keepUntilBytes;
  private @Nullable FetchPlan plan;
  private @Nullable Participant leader;

  /** The leader, also when it has its outcome: a response may come before the request has ended. */
  private @Nullable Participant sender;

  private @Nullable OriginExchange origin;
  private @Nullable SharedBody body;
  private @Nullable ResponseHead head;
  private Reason reason = Reason.STORABLE;
  private VariantKey variant = VariantKey.NONE;
  private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;
  private long requestTimeMillis;
  private long responseTimeMillis;

  Flight(Fetcher fetcher, EventLoop loop) {
    this.fetcher = fetcher;
    this.loop = loop;
    this.moment = fetcher.store().moment();
  }

  /**
   * Asks the origin.
   *
   * @param starter the leader; null for a validation that nobody waits for
   */
  public void start(FetchPlan fetchPlan, @Nullable Participant starter) {
    assert loop.inEventLoop();
    plan = fetchPlan;
    leader = starter;
    sender = fetchPlan.hasBody() ? starter : null;
    background = starter == null;
    ask(fetchPlan, fetchPlan.candidates());
  }

  private void ask(FetchPlan asked, List<StoredResponse> validated) {
    state = State.AWAITING_HEAD;
    if (asked.mayStore()) {
      HttpHeaders fields = asked.outgoing().headers();
      Validation.prepare(
          fields, validated.stream().map(StoredResponse::head).toList(), asked.passConditions());
      if (!asked.passConditions() && asked.incomplete() != null && !askedForTheWhole) {
        asked.incomplete().ask(fields);
      }
    }
    requestTimeMillis = fetcher.nowMillis();
    origin = asked.origin().fetch(loop, asked.outgoing(), asked.hasBody(), asked.retryable(), this);
  }

  /**
   * The one who claimed the lead does not need the flight after all: sends followers to look up.
   */
  public void giveUp(FlightKey key) {
    assert loop.inEventLoop();
    land(key);
    tellAll(new Outcome.Again());
  }

  /**
   * The one who claimed the lead could not start it, and knows: sends followers to look up, and
   * gives back what it has.
   */
  public void abort(FlightKey key) {
    assert loop.inEventLoop();
    leader = null;
    sender = null;
    if (origin != null) {
      origin.cancel();
    }
    giveUp(key);
    if (plan != null) {
      ended();
    }
  }

  /** Joins as a follower. Any thread; the outcome comes as a task on the participant's own loop. */
  public void join(Participant participant) {
    if (!loop.inEventLoop()) {
      loop.execute(() -> join(participant));
      return;
    }
    if (state == State.OVER || abandoned) {
      tell(participant, new Outcome.Again());
    } else if (state == State.IN_BODY) {
      admit(participant);
    } else {
      waiting.add(participant);
    }
  }

  /** Leaves before the outcome is there. Any thread; an outcome may be on its way. */
  public void leave(Participant participant) {
    if (!loop.inEventLoop()) {
      loop.execute(() -> leave(participant));
      return;
    }
    waiting.remove(participant);
    if (participant == leader) {
      leader = null;
      if (plan != null && !plan.collapsed() && state == State.AWAITING_HEAD) {
        cancel();
      }
    }
  }

  /** The leader only: sends some of the request's body; takes it. */
  public void sendBody(HttpContent content) {
    if (origin == null || state == State.OVER) {
      content.release();
      return;
    }
    origin.write(content);
  }

  /** The leader only: whether more of the request's body may be sent now. */
  public boolean isBodyWanted() {
    return origin != null && origin.isWritable();
  }

  @Override
  public void onConnected() {
    if (sender != null) {
      sender.onOriginConnected();
    }
  }

  @Override
  public void onWritabilityChanged() {
    if (sender != null) {
      sender.onOriginWritabilityChanged();
    }
  }

  @Override
  public void onInformational(ResponseHead informational) {
    if (leader != null) {
      leader.onInformational(informational);
    }
  }

  @Override
  public void onHead(ResponseHead arrived) {
    FetchPlan asked = plan();
    responseTimeMillis = fetcher.nowMillis();
    originStatus = arrived.code();
    if (!arrived.fields().contains(HttpHeaderNames.DATE)) {
      // RFC 9110 §6.6.1: who has a clock and passes a response on says when it came.
      arrived.fields().set(HttpHeaderNames.DATE, HttpDates.format(responseTimeMillis));
    }
    if (asked.mayStore()
        && !asked.candidates().isEmpty()
        && arrived.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
      onNotModified(asked, arrived);
      return;
    }
    if (asked.request().method().equals(HttpMethod.HEAD)) {
      updateByHead(asked, arrived);
    }
    if (asked.staleOnServerError() && isServerError(arrived.code())) {
      cancel();
      finish(new Outcome.ServerError(arrived.code()));
      return;
    }
    Completion incomplete = asked.incomplete();
    if (incomplete != null && !askedForTheWhole && isAboutRange(arrived.code())) {
      complete(asked, incomplete, arrived);
      return;
    }
    receive(asked, arrived);
  }

  /** Together with the stored part it is the whole, or it is of no use here. */
  private void complete(FetchPlan asked, Completion incomplete, ResponseHead arrived) {
    // The answer by its own word, too: that the stored part is public does not make a cookie of now
    // so.
    ResponseHead whole = incomplete.wholeWith(Storability.storableHead(arrived, asked.rules()));
    if (whole != null && isStorable(asked, arrived) && isStorable(asked, whole)) {
      completed = incomplete;
      receive(asked, whole);
    } else {
      askForTheWhole(asked);
    }
  }

  private boolean isStorable(FetchPlan asked, ResponseHead response) {
    return storability(asked, response, lengthOf(asked, response)).storable();
  }

  private static boolean isAboutRange(int status) {
    return status == 206 || status == 416;
  }

  /** Returns whether a status only makes sense to who asked with a condition. */
  private static boolean isConditional(int status) {
    return status == 304 || status == 412;
  }

  private static boolean isServerError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  /** RFC 9111 §4.3.3: a 304 selects and freshens a stored response. */
  private void onNotModified(FetchPlan asked, ResponseHead notModified) {
    int selected =
        Validation.selectedBy(
            notModified, asked.candidates().stream().map(StoredResponse::head).toList());
    if (selected < 0) {
      askForTheWhole(asked);
      return;
    }
    state = State.OVER;
    StoredResponse stored = asked.candidates().get(selected);
    StoredResponse freshened = freshened(asked, stored, notModified);
    Storability.Verdict verdict = update(asked, stored, freshened, notModified);
    if (verdict.storable()) {
      keepForVariant(asked, freshened);
    }
    land(asked.key());
    arrivingTerms = termsWithoutDelay(freshened.head());
    List<Participant> followers = List.copyOf(waiting);
    waiting.clear();
    for (Participant follower : followers) {
      tell(follower, confirmed(follower, freshened, verdict));
    }
    if (leader != null) {
      Participant first = leader;
      leader = null;
      tell(first, validated(freshened));
    }
    ended();
  }

  /** Decides what the response that was confirmed for the leader means for a follower. */
  private Outcome confirmed(
      Participant follower, StoredResponse freshened, Storability.Verdict verdict) {
    if (!verdict.storable()) {
      // What may be shared no longer is for the one who asked.
      return new Outcome.Alone(verdict.reason());
    }
    VariantKey confirmed = variantOf(freshened.variant().fields(), plan().request().fields());
    Outcome refusal = refusal(follower, freshened.head(), confirmed);
    return refusal == null ? validated(freshened) : refusal;
  }

  /** A 304 that confirms something which we do not have: without our condition there is none. */
  private void askForTheWhole(FetchPlan asked) {
    if (origin != null) {
      origin.cancel();
    }
    if (askedForTheWhole) {
      finish(new Outcome.Failed(OriginFailure.INVALID_RESPONSE, "304 without a condition"));
      return;
    }
    askedForTheWhole = true;
    ask(asked, List.of());
  }

  private static Outcome validated(StoredResponse freshened) {
    return freshened.acquire() ? new Outcome.Validated(freshened) : new Outcome.Again();
  }

  private StoredResponse freshened(
      FetchPlan asked, StoredResponse stored, ResponseHead notModified) {
    // First by its own word: that the stored response is public does not make a cookie of now so.
    ResponseHead update = Storability.storableHead(notModified, asked.rules());
    ResponseHead freshHead =
        Storability.storableHead(Validation.freshen(stored.head(), update), asked.rules());
    ReuseTerms terms =
        ReuseTerms.of(freshHead, requestTimeMillis, responseTimeMillis, asked.rules());
    List<String> varying = Selection.varyingFields(freshHead.fields());
    // §4.1: what selects it from now on is what Vary says now.
    VariantKey selecting =
        varying.equals(stored.variant().fields())
            ? stored.variant()
            : variantOf(varying, asked.request().fields());
    return stored.with(selecting, freshHead, terms);
  }

  /** Puts the freshened response into the store, or takes the stored one out; says why. */
  private Storability.Verdict update(
      FetchPlan asked, StoredResponse stored, StoredResponse freshened, ResponseHead arrived) {
    boolean forAnotherVariant = !stored.variant().equals(asked.key().variant());
    Storability.Verdict verdict =
        Storability.ofUpdate(
            asked.request(), stored.head(), arrived, forAnotherVariant, asked.rules());
    if (verdict.reason() == Reason.SET_COOKIE) {
      // What those of its own variant may have stays as it was.
      return verdict;
    }
    if (verdict.storable()) {
      verdict =
          Storability.of(
              // What is stored answers GET, also when it is HEAD that freshens it.
              asked.request().withMethod(HttpMethod.GET),
              asked.directives(),
              freshened.head(),
              asked.rules());
    }
    if (verdict.storable()) {
      if (freshened.acquire()) {
        fetcher.store().replace(stored, freshened);
      }
    } else if (verdict.reason() != Reason.REQUEST_NO_STORE
        && verdict.reason() != Reason.AUTHORIZATION) {
      // Those two are matters of the one who asked: what others may have stays as it was.
      fetcher.store().remove(stored);
    }
    return verdict;
  }

  /**
   * The origin chose a response of another variant for this one: from now on it is stored as both.
   */
  private void keepForVariant(FetchPlan asked, StoredResponse freshened) {
    VariantKey wanted = asked.key().variant();
    List<String> varying = Selection.varyingFields(freshened.head().fields());
    boolean known = !wanted.fields().isEmpty() && wanted.fields().equals(varying);
    if (known && !wanted.equals(freshened.variant()) && freshened.acquire()) {
      fetcher.store().put(freshened.forVariant(wanted));
    }
  }

  /**
   * RFC 9111 §4.3.5: a response to HEAD updates a stored response to GET, or tells that it is old.
   */
  private void updateByHead(FetchPlan asked, ResponseHead arrived) {
    for (StoredResponse stored : asked.candidates()) {
      switch (Validation.headEffect(stored.head(), stored.lengthBytes(), arrived)) {
        case FRESHEN -> update(asked, stored, freshened(asked, stored, arrived), arrived);
        case INVALIDATE -> fetcher.store().remove(stored);
        case IGNORE -> {}
      }
    }
  }

  private void receive(FetchPlan asked, ResponseHead arrived) {
    head = arrived;
    state = State.IN_BODY;
    long length = lengthOf(asked, arrived);
    Storability.Verdict verdict = storability(asked, arrived, length);
    reason = verdict.reason();
    boolean answersCondition = asked.passConditions() && isConditional(arrived.code());
    if (verdict.storable()) {
      forgetSearch(asked, arrived);
      variant = variantOf(asked, arrived);
      body = SharedBody.retaining(fetcher.budget(), length, fetcher.windowBytes(), loop, this);
      if (completed != null && completed.comesFirst() && !completed.appendTo(body)) {
        // There is no memory for it twice, and nobody who would read it meanwhile.
        discard(body);
        body = null;
        completed = null;
        askForTheWhole(asked);
        return;
      }
    } else {
      land(asked.key());
      if (asked.mayStore()) {
        fetcher.store().departures().notStorable(asked.key().key(), reason);
      }
      boolean passing = answersCondition || arrived.code() >= 500;
      if (asked.mayStore() && asked.collapsed() && !passing) {
        fetcher.unstorable().remember(asked.key().key());
      }
      if (asked.wholeOrNothing() && isTooMuchForAPart(arrived, length)) {
        cancel();
        finish(new Outcome.Alone(reason));
        return;
      }
      body = SharedBody.passingOn(fetcher.budget(), fetcher.windowBytes(), loop, this);
    }
    List<Participant> followers = List.copyOf(waiting);
    waiting.clear();
    if (answersCondition) {
      // An answer to the leader's own question says nothing to the others.
      followers.forEach(follower -> tell(follower, new Outcome.Again()));
    } else {
      followers.forEach(this::admitOrSendAway);
    }
    if (leader != null) {
      Participant first = leader;
      leader = null;
      tell(first, arriving(first, arrived, length));
    }
    if (!background && body().readers() == 0) {
      onAbandoned();
    }
  }

  /** Before followers are told: who is not the same any more looks up by his own key. */
  private static void forgetSearch(FetchPlan asked, ResponseHead arrived) {
    if (NoVarySearch.of(arrived.fields()) == null) {
      asked.search().learn(asked.ownKey(), null);
    }
  }

  /**
   * To ask for the part alone costs a request; to skip to it costs what stands before it. Of what
   * is too large to be stored whole, a part that is asked for may be.
   */
  private boolean isTooMuchForAPart(ResponseHead arrived, long length) {
    boolean large =
        length < 0 || length > Fetcher.WORTH_FINISHING_BYTES || reason == Reason.TOO_LARGE;
    return arrived.code() == 200 && large;
  }

  /** Appends what comes behind; false if nobody reads it and there is no memory to keep it. */
  private boolean appendStored(Completion stored) {
    if (stored.appendTo(body())) {
      return true;
    }
    stopStoring(Reason.NO_MEMORY);
    return state == State.IN_BODY && stored.appendTo(body());
  }

  /** Gives up a body that nobody reads. */
  private static void discard(SharedBody unread) {
    unread.fail();
    unread.stopRetaining();
  }

  private Storability.Verdict storability(FetchPlan asked, ResponseHead arrived, long length) {
    boolean mayStore = asked.mayStore() || (asked.mayStorePart() && arrived.code() == 206);
    if (!mayStore) {
      return new Storability.Verdict(/* storable= */ false, Reason.RELAYED);
    }
    if (length > fetcher.maxStoredBodyBytes()) {
      return new Storability.Verdict(/* storable= */ false, Reason.TOO_LARGE);
    }
    return Storability.of(asked.request(), asked.directives(), arrived, asked.rules());
  }

  /** Returns the length of the content, or -1 if only its end will tell. */
  private static long lengthOf(FetchPlan asked, ResponseHead arrived) {
    if (asked.request().method().equals(HttpMethod.HEAD)) {
      return 0;
    }
    String length = arrived.fields().get(HttpHeaderNames.CONTENT_LENGTH);
    // The decoder refused what is no number.
    return length == null ? -1 : Long.parseLong(length);
  }

  private static VariantKey variantOf(FetchPlan asked, ResponseHead arrived) {
    List<String> fields = Selection.varyingFields(arrived.fields());
    return variantOf(fields, asked.request().fields());
  }

  /** Returns what of a request selects a variant. */
  public static VariantKey variantOf(List<String> fields, HttpHeaders request) {
    if (fields.isEmpty()) {
      return VariantKey.NONE;
    }
    return new VariantKey(
        fields, fields.stream().map(field -> Selection.selectingValue(request, field)).toList());
  }

  /** Returns whether what answers {@code key} was purged since this began. Any thread. */
  boolean isOvertaken(CacheKey key) {
    return fetcher.store().overtook(key, moment);
  }

  /** That a follower cannot be admitted is not to be the end of those who can. */
  private void admitOrSendAway(Participant follower) {
    try {
      admit(follower);
    } catch (RuntimeException | Error e) {
      log.warn("a follower was not admitted", e);
      tell(follower, new Outcome.Again());
    }
  }

  /** Decides what the head that is there means for a follower. */
  private void admit(Participant follower) {
    if (fetcher.store().overtook(plan().key().key(), head().fields(), moment)) {
      land(plan().key());
      tell(follower, new Outcome.Again());
      return;
    }
    if (!body().isRetaining()) {
      tell(follower, new Outcome.Alone(reason));
      return;
    }
    Outcome refusal = refusal(follower, head(), variant);
    if (refusal != null) {
      tell(follower, refusal);
      return;
    }
    // What is not stored is for the leader alone, such as a cookie that no-cache names.
    ResponseHead shared = Storability.storableHead(head(), plan().rules());
    tell(follower, arriving(follower, shared, lengthOf(plan(), head())));
  }

  /**
   * Returns what a follower is told to whom another's response may not be given, or null if it may.
   */
  private @Nullable Outcome refusal(
      Participant follower, ResponseHead response, VariantKey ofLeader) {
    if (response.code() == 206) {
      return new Outcome.Alone(Reason.PARTIAL_CONTENT);
    }
    if (!isSameTarget(follower, response)) {
      return new Outcome.Again();
    }
    List<String> varying = ofLeader.fields();
    if (!variantOf(varying, follower.request().fields()).equals(ofLeader)) {
      return new Outcome.OtherVariant(varying);
    }
    Reason against = againstReuse(follower);
    return against == null ? null : new Outcome.Alone(against);
  }

  /**
   * No-Vary-Search: he follows because an earlier response said that their queries are the same.
   */
  private boolean isSameTarget(Participant follower, ResponseHead response) {
    CacheKey one = plan().ownKey();
    CacheKey other = follower.ownKey();
    if (one.equals(other)) {
      return true;
    }
    NoVarySearch rule = NoVarySearch.of(response.fields());
    return rule != null
        && rule.normalTarget(one.targetOnly()).equals(rule.normalTarget(other.targetOnly()));
  }

  /**
   * Returns why a follower may not use the response, or null if he may: it may be given to several
   * who ask only where it could be reused for each of them (RFC 9111 §4).
   */
  private @Nullable Reason againstReuse(Participant follower) {
    ReuseTerms terms = arrivingTerms;
    if (terms == null) {
      terms = termsWithoutDelay(head());
      arrivingTerms = terms;
    }
    Reuse.Decision decision =
        Reuse.decide(follower.directives(), terms, plan().rules(), fetcher.nowMillis());
    return decision.isServe() ? null : decision.reason();
  }

  /**
   * Who waited for a response has not asked after it was made: that it took long to come does not
   * make it old for him.
   */
  private ReuseTerms termsWithoutDelay(ResponseHead arrived) {
    return ReuseTerms.of(
        arrived, /* requestTimeMillis= */ responseTimeMillis, responseTimeMillis, plan().rules());
  }

  private Outcome arriving(Participant participant, ResponseHead given, long length) {
    BodyReader reader = body().newReader(participant.loop(), participant::onMoreBody);
    return new Outcome.Arriving(
        given, originStatus, reader, length, body().isRetaining(), reason, () -> trailers);
  }

  @Override
  public void onContent(ByteBuf content) {
    if (state != State.IN_BODY) {
      // The end of a 304.
      content.release();
      return;
    }
    SharedBody growing = body();
    boolean tooLarge =
        growing.isRetaining()
            && growing.availableBytes() + content.readableBytes() > fetcher.maxStoredBodyBytes();
    if (tooLarge || !growing.append(content)) {
      stopStoring(tooLarge ? Reason.TOO_LARGE : Reason.NO_MEMORY);
      if (state != State.IN_BODY) {
        // Nobody reads it, so that was its end.
        content.release();
        return;
      }
      growing.append(content);
    }
    if (growing.pause() && origin != null) {
      origin.setReading(false);
    }
    if (abandoned && growing.availableBytes() > keepUntilBytes) {
      cancel();
      fail();
    }
  }

  /** It is larger than we can keep: those who read it go on, nobody joins. */
  private void stopStoring(Reason why) {
    reason = why;
    land(plan().key());
    fetcher.unstorable().remember(plan().key().key());
    fetcher.store().departures().notStorable(plan().key().key(), why);
    body().stopRetaining();
    if (body().readers() == 0) {
      onAbandoned();
    }
  }

  @Override
  public void onBurstEnd() {
    if (body != null) {
      body.signal();
    }
  }

  @Override
  public void onDrained() {
    if (origin != null && state == State.IN_BODY) {
      origin.setReading(true);
    }
  }

  /** Nobody reads any more: what is nearly complete is still worth having. */
  @Override
  public void onAbandoned() {
    if (state != State.IN_BODY || (background && body().isRetaining())) {
      return;
    }
    FetchPlan asked = plan();
    boolean forAll = asked.collapsed() && body().isRetaining();
    long length = lengthOf(asked, head());
    long left = length - body().availableBytes();
    if (!forAll || left > Fetcher.WORTH_FINISHING_BYTES) {
      cancel();
      fail();
      return;
    }
    if (length < 0) {
      abandoned = true;
      land(asked.key());
      keepUntilBytes = body().availableBytes() + Fetcher.WORTH_FINISHING_BYTES;
    }
  }

  @Override
  public void onComplete(HttpHeaders trailingFields) {
    if (state != State.IN_BODY) {
      // A validation that is over, or a server error that a stale response stood in for.
      return;
    }
    trailers = trailingFields;
    if (completed != null && !completed.comesFirst() && !appendStored(completed)) {
      return;
    }
    if (completed != null && body().availableBytes() != lengthOf(plan(), head())) {
      // Not what was said came, so the bytes are not in their places.
      fail();
      return;
    }
    state = State.OVER;
    SharedBody complete = body();
    complete.complete();
    if (complete.isRetaining()) {
      // Before anybody is told: who has the whole response and asks again must find it.
      store(complete);
    }
    land(plan().key());
    complete.signal();
    ended();
  }

  private void store(SharedBody complete) {
    FetchPlan asked = plan();
    PartialContent part = PartialContent.of(head());
    if (part != null && part.lengthBytes() != complete.availableBytes()) {
      // It is not what it says it is.
      complete.release();
      return;
    }
    ResponseHead storable = Storability.storableHead(head(), asked.rules());
    asked.search().learn(asked.ownKey(), NoVarySearch.of(storable.fields()));
    StoredResponse arrived = put(storable, complete);
    if (part != null) {
      joinParts(arrived);
    }
    fetcher.unstorable().forget(asked.key().key());
  }

  /** The store counts a body before the budget stops to: for a moment twice, never not at all. */
  private StoredResponse put(ResponseHead storable, SharedBody complete) {
    FetchPlan asked = plan();
    CacheKey key = asked.search().normal(asked.ownKey()).toKeep();
    ReuseTerms terms =
        ReuseTerms.of(storable, requestTimeMillis, responseTimeMillis, asked.rules());
    StoredResponse response = new StoredResponse(key, variant, storable, terms, complete, moment);
    boolean alive = complete.tryRetain();
    assert alive : "the flight holds a reference";
    fetcher.store().put(response);
    complete.settle();
    complete.release();
    return response;
  }

  /** RFC 9111 §3.4: a stored part and those that it touches become one. */
  private void joinParts(StoredResponse arrived) {
    StoredResource resource = fetcher.store().find(arrived.key());
    if (resource == null) {
      return;
    }
    StoredResponse newest = arrived;
    for (StoredResponse other : resource.responses()) {
      PartJoin join = PartJoin.of(newest, other);
      if (join != null && join.part().lengthBytes() <= fetcher.maxStoredBodyBytes()) {
        newest = store(join);
      }
    }
  }

  /** Returns the larger part, or the newer of the two if there is no room for it. */
  private StoredResponse store(PartJoin join) {
    long length = join.part().lengthBytes();
    SharedBody joined =
        SharedBody.retaining(fetcher.budget(), length, fetcher.windowBytes(), loop, this);
    if (!join.appendTo(joined)) {
      discard(joined);
      return join.newer();
    }
    joined.complete();
    StoredResponse stored = put(join.head(), joined);
    joined.signal();
    return stored;
  }

  @Override
  public void onFailure(OriginFailure failure, String detail) {
    if (state == State.IN_BODY && body != null) {
      fail();
      return;
    }
    finish(new Outcome.Failed(failure, detail));
  }

  /** The body's end will not come. */
  private void fail() {
    // None, as a rule: who has the head is told by the body.
    tellAll(new Outcome.Failed(OriginFailure.TRUNCATED, "the response broke off"));
    body().fail();
    if (body().isRetaining()) {
      body().stopRetaining();
    }
    land(plan().key());
    body().signal();
    ended();
  }

  private void cancel() {
    if (origin != null) {
      origin.cancel();
    }
    if (state == State.AWAITING_HEAD) {
      state = State.OVER;
      land(plan().key());
      ended();
    }
  }

  /** Tells everyone the same and ends the flight. */
  private void finish(Outcome outcome) {
    land(plan().key());
    tellAll(outcome);
    ended();
  }

  private void land(FlightKey key) {
    fetcher.landed(key, this);
  }

  private void tellAll(Outcome outcome) {
    state = State.OVER;
    List<Participant> told = new ArrayList<>(waiting);
    if (leader != null) {
      told.add(0, leader);
    }
    leader = null;
    waiting.clear();
    told.forEach(participant -> tell(participant, outcome));
  }

  /**
   * Crosses to the participant's loop; at once if that is this one. A loop that is shut down has
   * nobody to tell.
   */
  private void tell(Participant participant, Outcome outcome) {
    if (participant.loop().inEventLoop()) {
      participant.onOutcome(this, outcome);
      return;
    }
    try {
      participant.loop().execute(() -> participant.onOutcome(this, outcome));
    } catch (RejectedExecutionException e) {
      log.debug("a loop has been shut down", e);
    }
  }

  /** The flight has ended: gives back what it holds. */
  private void ended() {
    if (!hasEnded) {
      hasEnded = true;
      plan().candidates().forEach(StoredResponse::release);
      if (plan().incomplete() != null) {
        plan().incomplete().release();
      }
    }
  }

  private FetchPlan plan() {
    assert plan != null;
    return plan;
  }

  private SharedBody body() {
    assert body != null;
    return body;
  }

  private ResponseHead head() {
    assert head != null;
    return head;
  }
}
