package io.simplecache.key;

/**
 * The primary key (RFC 9111 §2): the target URI. The method is no part of it: only responses to GET
 * are stored.
 */
public final class CacheKey {
  private final String scheme;
  private final String authority;
  private final String target;
  private final int hash;

  /**
   * Creates a key of parts that are normalised already, see {@link TargetUri}.
   *
   * @param scheme {@code http} or {@code https}
   * @param authority host, lower case, and port unless it is the scheme's own
   * @param target path and query
   */
  public CacheKey(String scheme, String authority, String target) {
    this.scheme = scheme;
    this.authority = authority;
    this.target = target;
    this.hash = (target.hashCode() * 31 + authority.hashCode()) * 31 + scheme.hashCode();
  }

  /** Returns an equal key to be kept: it shares its authority with all others that are. */
  public CacheKey toKeep() {
    return new CacheKey(scheme, authority.intern(), target);
  }

  /** Returns path and query. */
  public String target() {
    return target;
  }

  /** Returns whether values of request fields are part of it, see {@link KeyRules}. */
  public boolean hasAddedFields() {
    return target.indexOf('\n') >= 0;
  }

  /** Returns path and query without the values of request fields. */
  public String targetOnly() {
    int end = target.indexOf('\n');
    return end < 0 ? target : target.substring(0, end);
  }

  /** Returns the key of another path and query that has the same values of request fields. */
  public CacheKey withTargetOnly(String other) {
    int end = target.indexOf('\n');
    return new CacheKey(scheme, authority, end < 0 ? other : other + target.substring(end));
  }

  /** Returns host and port. */
  public String authority() {
    return authority;
  }

  /** Returns the scheme. */
  public String scheme() {
    return scheme;
  }

  /**
   * Returns the heap that this key takes when it is kept, in bytes; all but the target is shared.
   */
  public int weightBytes() {
    return 32 + 24 + 16 + (target.length() + 7) / 8 * 8;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CacheKey that
        && hash == that.hash
        && target.equals(that.target)
        && authority.equals(that.authority)
        && scheme.equals(that.scheme);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Returns the target URI. */
  @Override
  public String toString() {
    return scheme + "://" + authority + target;
  }
}
