package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.PRAGMA;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import org.jspecify.annotations.Nullable;

/**
 * What a request's Cache-Control asks (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-5.2.1">RFC 9111 §5.2.1</a>), or its
 * Pragma where there is no Cache-Control (§5.4). Immutable.
 *
 * <p>A directive with an unusable number is ignored: they are advice. Of several numbers the
 * strictest counts.
 */
public final class RequestDirectives {
  /** Of a request that asks nothing. */
  public static final RequestDirectives NONE = new RequestDirectives(new Parsing());

  private static final RequestDirectives PRAGMA_NO_CACHE = pragmaNoCache();

  private final int maxAge;
  private final long maxStale;
  private final int minFresh;
  private final int staleIfError;
  private final boolean noCache;
  private final boolean noStore;
  private final boolean onlyIfCached;

  private RequestDirectives(Parsing parsing) {
    this.maxAge = parsing.maxAge;
    this.maxStale = parsing.maxStale;
    this.minFresh = parsing.minFresh;
    this.staleIfError = parsing.staleIfError;
    this.noCache = parsing.noCache;
    this.noStore = parsing.noStore;
    this.onlyIfCached = parsing.onlyIfCached;
  }

  private static RequestDirectives pragmaNoCache() {
    Parsing parsing = new Parsing();
    parsing.noCache = true;
    return new RequestDirectives(parsing);
  }

  /** Returns the directives of the request; {@link #NONE} where neither field is present. */
  public static RequestDirectives of(HttpHeaders request) {
    if (request.contains(CACHE_CONTROL)) {
      Parsing parsing = new Parsing();
      DirectiveParser.parse(request, CACHE_CONTROL, parsing);
      return new RequestDirectives(parsing);
    }
    if (request.contains(PRAGMA) && FieldLists.containsToken(request, PRAGMA, "no-cache")) {
      return PRAGMA_NO_CACHE;
    }
    return NONE;
  }

  /** Returns the greatest age the client accepts (§5.2.1.1); -1: any. */
  public long maxAgeSeconds() {
    return maxAge;
  }

  /**
   * Returns how long stale the client accepts it (§5.2.1.2); -1: it does not say, {@link
   * Long#MAX_VALUE}: however long.
   */
  public long maxStaleSeconds() {
    return maxStale;
  }

  /** Returns how long it must still be fresh (§5.2.1.3); -1: it does not say. */
  public long minFreshSeconds() {
    return minFresh;
  }

  /** Returns how long stale the client accepts it after an error (RFC 5861 §4); -1: not said. */
  public long staleIfErrorSeconds() {
    return staleIfError;
  }

  /** Says whether the client wants nothing unvalidated (§5.2.1.4, §5.4). */
  public boolean noCache() {
    return noCache;
  }

  /** Says whether neither the request nor its response may be stored (§5.2.1.5). */
  public boolean noStore() {
    return noStore;
  }

  /** Says whether the client wants a stored response or none (§5.2.1.7). */
  public boolean onlyIfCached() {
    return onlyIfCached;
  }

  /** What has been read so far. */
  private static final class Parsing implements DirectiveParser.Sink {
    private int maxAge = DeltaSeconds.ABSENT;
    private long maxStale = DeltaSeconds.ABSENT;
    private int minFresh = DeltaSeconds.ABSENT;
    private int staleIfError = DeltaSeconds.ABSENT;
    private boolean noCache;
    private boolean noStore;
    private boolean onlyIfCached;

    @Override
    public void directive(String name, @Nullable String argument, boolean quoted) {
      switch (name) {
        case "max-age" -> maxAge = smaller(maxAge, DeltaSeconds.parse(argument));
        case "max-stale" -> maxStale(argument);
        case "min-fresh" -> minFresh = Math.max(minFresh, DeltaSeconds.parse(argument));
        case "stale-if-error" -> staleIfError = smaller(staleIfError, DeltaSeconds.parse(argument));
        case "no-cache" -> noCache = true;
        case "no-store" -> noStore = true;
        case "only-if-cached" -> onlyIfCached = true;
        default -> {} // §5.2.3: unrecognised directives are ignored
      }
    }

    private void maxStale(@Nullable String argument) {
      long seconds = argument == null ? Long.MAX_VALUE : DeltaSeconds.parse(argument);
      if (seconds >= 0) {
        maxStale = maxStale < 0 ? seconds : Math.min(maxStale, seconds);
      }
    }

    private static int smaller(int present, int added) {
      if (present < 0 || added < 0) {
        return Math.max(DeltaSeconds.ABSENT, Math.max(present, added));
      }
      return Math.min(present, added);
    }
  }
}
