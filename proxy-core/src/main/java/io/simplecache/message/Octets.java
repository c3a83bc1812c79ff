package io.simplecache.message;

/**
 * What an octet may be part of: tokens (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.2">RFC 9110 §5.6.2</a>) and field
 * values (§5.5). By a table, for every octet of every head is asked about.
 */
public final class Octets {
  private static final byte TOKEN = 1;
  private static final byte TEXT = 2;

  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = ' '; c < CLASSES.length; c++) {
      CLASSES[c] = c == 0x7f ? 0 : TEXT;
    }
    CLASSES['\t'] = TEXT;
    for (int c = 0; c < 0x7f; c++) {
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        CLASSES[c] |= TOKEN;
      }
    }
  }

  private Octets() {}

  /** Returns whether an octet, of which the sign does not count, may be in a token. */
  public static boolean isToken(int octet) {
    return (CLASSES[octet & 0xff] & TOKEN) != 0;
  }

  /** Returns whether an octet, of which the sign does not count, may be in a field value. */
  public static boolean isText(int octet) {
    return (CLASSES[octet & 0xff] & TEXT) != 0;
  }

  /** Returns whether text is a token. */
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7f || !isToken(c)) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
