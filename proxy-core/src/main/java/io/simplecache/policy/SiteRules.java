package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All the rules of a site: those of its paths, the first that fits counts, and those for the rest.
 *
 * <p>Which path a target with dot segments or encoded slashes is, the origin says, and not we:
 * {@code /static/..%2faccount} may be the account of the one who asks. A rule for what is stored
 * counts only if it is for the target in either reading, one that relays if it is for it in any.
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
    PathRule rule = ruleFor(target);
    return rule == null || !rule.equals(ruleForPlain(target)) ? rules : rule.rules();
  }

  private @Nullable PathRule ruleFor(String target) {
    for (PathRule path : paths) {
      if (path.isFor(target)) {
        return path;
      }
    }
    return null;
  }

  private @Nullable PathRule ruleForPlain(String target) {
    return paths.isEmpty() ? null : ruleFor(PathRule.plainPath(target));
  }

  /** Returns why the operator wants a request to be relayed, or {@link Reason#STORABLE} if not. */
  public Reason bypass(String target, HttpHeaders request) {
    if (relays(ruleFor(target)) || relays(ruleForPlain(target))) {
      return Reason.BYPASS_PATH;
    }
    return !bypassCookies.isEmpty() && hasBypassCookie(request)
        ? Reason.BYPASS_COOKIE
        : Reason.STORABLE;
  }

  private static boolean relays(@Nullable PathRule rule) {
    return rule != null && rule.bypass();
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
