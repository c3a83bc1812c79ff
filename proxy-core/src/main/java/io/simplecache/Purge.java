package io.simplecache;

import static java.util.Objects.requireNonNull;

/**
 * What an operator wants to have out of the store. Each kind comes in two strengths: hard removes;
 * soft makes stale, so that what is stored must be validated before its next use and a 304 brings
 * it back.
 */
public sealed interface Purge {
  /** Returns whether what is meant becomes stale (true) or is removed (false). */
  boolean soft();

  /**
   * One URI: all variants of it, and stored parts.
   *
   * @param uri absolute, {@code http} or {@code https}; normalised as a request's is
   */
  record Url(String uri, boolean soft) implements Purge {
    /** Checks for null. */
    public Url {
      requireNonNull(uri, "uri");
    }
  }

  /**
   * Everything whose URI begins so.
   *
   * @param uriPrefix scheme, host and the beginning of the path: {@code http://example.org/img/}
   */
  record Prefix(String uriPrefix, boolean soft) implements Purge {
    /** Checks for null. */
    public Prefix {
      requireNonNull(uriPrefix, "uriPrefix");
    }
  }

  /**
   * Everything of one host, by either scheme.
   *
   * @param authority host, and port unless it is the scheme's own
   */
  record Host(String authority, boolean soft) implements Purge {
    /** Checks for null. */
    public Host {
      requireNonNull(authority, "authority");
    }
  }

  /**
   * Every response that was given this tag by Surrogate-Key, Cache-Tag or Cache-Groups (RFC 9875),
   * of whatever origin.
   *
   * @param tag compared as it is
   */
  record Tag(String tag, boolean soft) implements Purge {
    /** Checks for null. */
    public Tag {
      requireNonNull(tag, "tag");
    }
  }

  /** Everything. */
  record All(boolean soft) implements Purge {}
}
