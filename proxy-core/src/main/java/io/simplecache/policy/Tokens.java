package io.simplecache.policy;

/**
 * Tokens (<a href="https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.2">RFC 9110
 * §5.6.2</a>).
 */
final class Tokens {
  private static final String OTHER_CHARACTERS = "!#$%&'*+-.^_`|~";

  private Tokens() {}

  static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(Tokens::isTokenCharacter);
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || OTHER_CHARACTERS.indexOf(c) >= 0;
  }
}
