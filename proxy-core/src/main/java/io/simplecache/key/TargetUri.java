package io.simplecache.key;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of the parts of a target URI, as far as two spellings are the same URI by RFC 9110
 * §4.2.3 and RFC 3986 §6.2.2 and no origin may tell them apart: the case of the host, the default
 * port, a trailing dot of the host, the case of percent-encodings, and percent-encoded unreserved
 * characters. Dot segments stay as they are: what an origin makes of them differs, so they are keys
 * of their own. What the key says is also what the origin is asked.
 */
public final class TargetUri {
  private static final String HEX = "0123456789ABCDEF";

  private TargetUri() {}

  /** Returns the authority in its normal form; {@code scheme} decides which port is left out. */
  public static String normalAuthority(String scheme, String authority) {
    String normal = isLowerCase(authority) ? authority : authority.toLowerCase(Locale.ROOT);
    String defaultPort = scheme.equals("https") ? ":443" : ":80";
    if (normal.endsWith(defaultPort)) {
      normal = normal.substring(0, normal.length() - defaultPort.length());
    } else if (normal.endsWith(":")) {
      normal = normal.substring(0, normal.length() - 1);
    }
    int port = normal.lastIndexOf(':');
    int hostEnd = port > normal.lastIndexOf(']') ? port : normal.length();
    if (hostEnd > 1 && normal.charAt(hostEnd - 1) == '.') {
      normal = normal.substring(0, hostEnd - 1) + normal.substring(hostEnd);
    }
    return normal;
  }

  private static boolean isLowerCase(String s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return false;
      }
    }
    return true;
  }

  /** Returns path and query in their normal form; the same string where they are already. */
  public static String normalTarget(String target) {
    int escape = target.indexOf('%');
    if (escape < 0) {
      return target;
    }
    StringBuilder normal = new StringBuilder(target.length());
    normal.append(target, 0, escape);
    int i = escape;
    while (i < target.length()) {
      char c = target.charAt(i);
      int octet = c == '%' ? octetAt(target, i) : -1;
      if (octet < 0) {
        normal.append(c);
        i++;
        continue;
      }
      if (isUnreserved(octet) && !endsInHalfEscape(normal)) {
        normal.append((char) octet);
      } else {
        normal.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
      }
      i += 3;
    }
    return normal.toString();
  }

  /** A percent sign that begins no escape must not become one. */
  private static boolean endsInHalfEscape(StringBuilder s) {
    int length = s.length();
    return (length > 0 && s.charAt(length - 1) == '%')
        || (length > 1 && s.charAt(length - 2) == '%');
  }

  /** Returns the octet that is percent-encoded at {@code at}, or -1. */
  private static int octetAt(String s, int at) {
    if (at + 2 >= s.length()) {
      return -1;
    }
    int high = Character.digit(s.charAt(at + 1), 16);
    int low = Character.digit(s.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** RFC 3986 §2.3. */
  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /**
   * Returns path and query of a request-target in absolute-form (RFC 9112 §3.2.2), or null if it is
   * not one of {@code http} or {@code https}.
   */
  public static @Nullable String targetOfAbsoluteForm(String absolute) {
    int start = authorityStart(absolute);
    if (start < 0) {
      return null;
    }
    int end = authorityEnd(absolute, start);
    String target = absolute.substring(end);
    return target.startsWith("/") ? target : "/" + target;
  }

  /** Returns the authority of a request-target in absolute-form, or null as above. */
  public static @Nullable String authorityOfAbsoluteForm(String absolute) {
    int start = authorityStart(absolute);
    return start < 0 ? null : absolute.substring(start, authorityEnd(absolute, start));
  }

  private static int authorityStart(String absolute) {
    if (absolute.regionMatches(/* ignoreCase= */ true, 0, "http://", 0, 7)) {
      return 7;
    }
    return absolute.regionMatches(/* ignoreCase= */ true, 0, "https://", 0, 8) ? 8 : -1;
  }

  private static int authorityEnd(String absolute, int start) {
    for (int i = start; i < absolute.length(); i++) {
      char c = absolute.charAt(i);
      if (c == '/' || c == '?') {
        return i;
      }
    }
    return absolute.length();
  }
}
