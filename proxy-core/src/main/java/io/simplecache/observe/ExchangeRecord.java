package io.simplecache.observe;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.FieldNames;
import io.simplecache.policy.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one request. Written by its exchange, on its event loop; given to the listener
 * when the exchange is over, and not changed after that.
 */
public final class ExchangeRecord {
  private final HttpMethod method;
  private final String authority;
  private final String target;
  private final String clientAddress;
  private final long startMillis;
  private final long startNanos;

  private HttpHeaders fields = EmptyHttpHeaders.INSTANCE;
  private @Nullable String site;
  private @Nullable String traceparent;
  private Result result = Result.ERROR;
  private @Nullable Forward forward;
  private @Nullable Reason reason;
  private int status;
  private int originStatus;
  private boolean stored;
  private boolean collapsed;
  private boolean complete;
  private long ttlSeconds;
  private boolean hasTtl;
  private long ageSeconds = -1;
  private long sentBytes;
  private long headNanos = -1;
  private long durationNanos;
  private @Nullable String failure;

  /** Starts the record of a request. */
  public ExchangeRecord(
      HttpMethod method,
      String authority,
      String target,
      String clientAddress,
      long startMillis,
      long startNanos) {
    this.method = method;
    this.authority = authority;
    this.target = target;
    this.clientAddress = clientAddress;
    this.startMillis = startMillis;
    this.startNanos = startNanos;
  }

  public HttpMethod method() {
    return method;
  }

  /** Returns host and port that the client asked for. */
  public String authority() {
    return authority;
  }

  /** Returns the request-target as it is part of the key. */
  public String target() {
    return target;
  }

  public String clientAddress() {
    return clientAddress;
  }

  /** Returns when the request's head was there, in milliseconds of the wall clock. */
  public long startMillis() {
    return startMillis;
  }

  /** Returns a field of the request, or null if it has none of that name. */
  public @Nullable String field(CharSequence name) {
    return fields.get(name);
  }

  /** Returns the name of the site that the request is for, or null if there is none. */
  public @Nullable String site() {
    return site;
  }

  /** Returns the {@code traceparent} that the client or this proxy gave the request, or null. */
  public @Nullable String traceparent() {
    return traceparent != null ? traceparent : field(FieldNames.TRACEPARENT);
  }

  public Result result() {
    return result;
  }

  /** Returns why the origin was asked, or null if it was not. */
  public @Nullable Forward forward() {
    return forward;
  }

  /** Returns the rule that decided, or null if none did. */
  public @Nullable Reason reason() {
    return reason;
  }

  /** Returns the status that was sent, 0 if none was. */
  public int status() {
    return status;
  }

  /** Returns the status that the origin gave, 0 if it gave none. */
  public int originStatus() {
    return originStatus;
  }

  /** Returns whether the response is being stored. */
  public boolean stored() {
    return stored;
  }

  /** Returns whether the request joined another's fetch. */
  public boolean collapsed() {
    return collapsed;
  }

  /** Returns whether the response went out to its end. */
  public boolean complete() {
    return complete;
  }

  /** Returns whether {@link #ttlSeconds} is known. */
  public boolean hasTtl() {
    return hasTtl;
  }

  /** Returns what was left of the freshness lifetime (RFC 9211 §2.4), negative when stale. */
  public long ttlSeconds() {
    return ttlSeconds;
  }

  /** Returns the age of what was sent from the store (RFC 9111 §4.2.3), -1 if it was not. */
  public long ageSeconds() {
    return ageSeconds;
  }

  /** Returns the content bytes that were handed to the client's connection. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Returns the time from the request's head to that of the response. */
  public long headNanos() {
    return headNanos < 0 ? durationNanos : headNanos;
  }

  /** Returns the time from the request's head to the end of the response. */
  public long durationNanos() {
    return durationNanos;
  }

  /** Returns what went wrong, for people; null if nothing did. */
  public @Nullable String failure() {
    return failure;
  }

  /** Notes who is asked, with what fields: they are not changed any more. */
  public void asked(@Nullable String newSite, HttpHeaders requestFields) {
    site = newSite;
    fields = requestFields;
  }

  /** Notes the {@code traceparent} that the request got here. */
  public void traced(String newTraceparent) {
    traceparent = newTraceparent;
  }

  /** Notes the answer's kind and the rule that decided it. */
  public void decided(Result newResult, @Nullable Reason newReason) {
    result = newResult;
    reason = newReason;
  }

  /** Notes that the origin is asked, and why; null if that turns out not to be needed. */
  public void forwarded(@Nullable Forward why) {
    forward = why;
  }

  /** Notes whether the request waits for another's fetch. */
  public void joined(boolean waits) {
    collapsed = waits;
  }

  public void originAnswered(int newStatus) {
    originStatus = newStatus;
  }

  public void storing() {
    stored = true;
  }

  public void ttl(long seconds) {
    ttlSeconds = seconds;
    hasTtl = true;
  }

  public void age(long seconds) {
    ageSeconds = seconds;
  }

  public void answered(int newStatus) {
    status = newStatus;
  }

  /** Notes that the response's head goes out, and the body takes its time. */
  public void headSent(long nowNanos) {
    headNanos = nowNanos - startNanos;
  }

  public void sent(int bytes) {
    sentBytes += bytes;
  }

  public void failed(String what) {
    failure = what;
  }

  /** Ends the record. */
  public void ended(boolean wasComplete, long nowNanos) {
    complete = wasComplete;
    durationNanos = nowNanos - startNanos;
  }
}
