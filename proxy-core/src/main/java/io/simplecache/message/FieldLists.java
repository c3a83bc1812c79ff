package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * List-based fields (<a href="https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.1">RFC 9110
 * §5.6.1</a>): the members of all field lines of a name, in order. A comma inside a quoted string
 * does not separate; a quotation mark that is never closed opens no quoted string.
 */
public final class FieldLists {
  private FieldLists() {}

  /**
   * Returns the members of all lines named {@code name}, without surrounding white space, without
   * empty members, with their quotation marks; empty when the field is absent.
   */
  public static List<String> members(HttpHeaders fields, CharSequence name) {
    if (!fields.contains(name)) {
      return List.of();
    }
    List<String> members = new ArrayList<>();
    // Not valueCharSequenceIterator: Netty's has no defined order.
    for (String line : fields.getAll(name)) {
      split(line, ',', members);
    }
    return members;
  }

  /** Returns the members of one line or one argument, as {@link #members} does. */
  public static List<String> membersOf(String value) {
    List<String> members = new ArrayList<>();
    split(value, ',', members);
    return members;
  }

  /**
   * Returns the parts of one member that semicolons separate (RFC 9110 §5.6.6), without surrounding
   * white space and empty parts.
   */
  public static List<String> parametersOf(String member) {
    List<String> parts = new ArrayList<>();
    split(member, ';', parts);
    return parts;
  }

  /** Says whether a member equals the token, without regard to case. */
  public static boolean containsToken(
      HttpHeaders fields, CharSequence name, String tokenLowerCase) {
    for (String member : members(fields, name)) {
      if (member.equalsIgnoreCase(tokenLowerCase)) {
        return true;
      }
    }
    return false;
  }

  private static void split(String value, char separator, List<String> into) {
    boolean quotesClose = true;
    int start = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == separator) {
        addStripped(value, start, i, into);
        start = i + 1;
      } else if (c == '"' && quotesClose) {
        int end = closingQuote(value, i);
        quotesClose = end > i;
        i = Math.max(i, end);
      }
    }
    addStripped(value, start, value.length(), into);
  }

  /** Returns the index of the quotation mark that closes the one at {@code open}, or -1. */
  private static int closingQuote(String value, int open) {
    for (int i = open + 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return -1;
  }

  private static void addStripped(String value, int start, int end, List<String> into) {
    String member = value.substring(start, end).strip();
    if (!member.isEmpty()) {
      into.add(member);
    }
  }
}
