package io.simplecache.front;

/** The grammar of {@code uri-host [ ":" port ]} (RFC 9110 §7.2, RFC 3986 §3.2.2). */
final class Authority {
  private Authority() {}

  /** Returns whether {@code value} is an authority without userinfo; it may be empty. */
  static boolean isValid(String value) {
    int hostEnd = value.length();
    if (value.startsWith("[")) {
      hostEnd = value.indexOf(']') + 1;
      if (hostEnd < 4) {
        return false;
      }
    } else {
      int colon = value.indexOf(':');
      hostEnd = colon < 0 ? value.length() : colon;
    }
    return isHost(value, hostEnd) && isPort(value, hostEnd);
  }

  private static boolean isHost(String value, int end) {
    boolean literal = value.startsWith("[");
    int from = literal ? 1 : 0;
    int to = literal ? end - 1 : end;
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean other = literal ? ":.".indexOf(c) >= 0 : "-._~%!$&'()*+,;=".indexOf(c) >= 0;
      if (!letterOrDigit && !other) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPort(String value, int from) {
    if (from == value.length()) {
      return true;
    }
    if (value.charAt(from) != ':' || value.length() - from > 6 || from == 0) {
      return false;
    }
    int port = 0;
    for (int i = from + 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      port = port * 10 + c - '0';
    }
    return port <= 65535;
  }
}
