package io.simplecache.key;

import java.util.Locale;

/**
 * A target URI as an operator writes it, in its parts and normalised as those of a request are.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority see {@link TargetUri#normalAuthority}
 * @param target see {@link TargetUri#normalTarget}
 */
public record AbsoluteUri(String scheme, String authority, String target) {
  /**
   * Takes a URI apart.
   *
   * @throws IllegalArgumentException if it is not absolute, not of {@code http} or {@code https},
   *     or holds what a request-target cannot
   */
  public static AbsoluteUri of(String uri) {
    String authority = TargetUri.authorityOfAbsoluteForm(uri);
    String target = TargetUri.targetOfAbsoluteForm(uri);
    if (authority == null
        || target == null
        || authority.isEmpty()
        || authority.indexOf('@') >= 0
        || uri.chars().anyMatch(c -> c <= ' ' || c == 0x7f || c == '#')) {
      // A name and password before the host are not repeated.
      throw new IllegalArgumentException(
          "uri: " + uri.replaceFirst("//.*@", "//…@") + " (expected: http://host/path)");
    }
    String scheme = uri.substring(0, uri.indexOf(':')).toLowerCase(Locale.ROOT);
    return new AbsoluteUri(
        scheme, TargetUri.normalAuthority(scheme, authority), TargetUri.normalTarget(target));
  }
}
