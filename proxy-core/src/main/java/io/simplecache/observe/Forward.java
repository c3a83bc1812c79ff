package io.simplecache.observe;

/** Why a request went to the origin (RFC 9211 §2.2). */
public enum Forward {
  /** The proxy is not to handle it from the cache. */
  BYPASS("bypass"),
  /** The method's semantics require it. */
  METHOD("method"),
  /** Nothing is stored for the target. */
  URI_MISS("uri-miss"),
  /** Something is stored for the target, but no variant that fits. */
  VARY_MISS("vary-miss"),
  /** Neither of the two is known. */
  MISS("miss"),
  /** What is stored is fresh, but the request wants it validated. */
  REQUEST("request"),
  /** What is stored is stale. */
  STALE("stale"),
  /** Only a part of what is asked for is stored. */
  PARTIAL("partial");

  private final String token;

  Forward(String token) {
    this.token = token;
  }

  /** Returns the value of {@code fwd}. */
  public String token() {
    return token;
  }
}
