package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.util.List;
import java.util.Set;

/**
 * All the rules of a site: those of its paths, the first that fits counts, and those for the rest.
 *
 * @param rules for what no path rule is for
 * @param paths in the order in which they are tried
 * @param bypassCookies names of cookies whose bearers are never answered from the store
 */
public record SiteRules(CacheRules rules, List<PathRule> paths, Set<String> bypassCookies) {
  /** The rules where the operator says nothing. */
  public static final SiteRules DEFAULTS = of(CacheRules.DEFAULTS);

  /** Copies the collections. */
  public SiteRules {
    paths = List.copyOf(paths);
    bypassCookies = Set.copyOf(bypassCookies);
  }

  /** Returns the same rules for everything. */
  public static SiteRules of(CacheRules rules) {
    return new SiteRules(rules, List.of(), Set.of());
  }

  /** Returns the rules for a path. */
  public CacheRules rulesFor(String target) {
    for (PathRule path : paths) {
      if (path.isFor(target)) {
        return path.rules();
      }
    }
    return rules;
  }

  /** Returns why the operator wants a request to be relayed, or {@link Reason#STORABLE} if not. */
  public Reason bypass(String target, HttpHeaders request) {
    for (PathRule path : paths) {
      if (path.isFor(target)) {
        if (path.bypass()) {
          return Reason.BYPASS_PATH;
        }
        break;
      }
    }
    return !bypassCookies.isEmpty() && hasBypassCookie(request)
        ? Reason.BYPASS_COOKIE
        : Reason.STORABLE;
  }

  private boolean hasBypassCookie(HttpHeaders request) {
    for (String line : request.getAll(HttpHeaderNames.COOKIE)) {
      for (var cookie : ServerCookieDecoder.LAX.decodeAll(line)) {
        if (bypassCookies.contains(cookie.name())) {
          return true;
        }
      }
    }
    return false;
  }
}
