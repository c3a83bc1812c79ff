package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Splits a Cache-Control field into directives (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-5.2">RFC 9111 §5.2</a>), tolerantly:
 * names in any case, arguments as token or as quoted string, white space around the equals sign,
 * empty members, unknown directives.
 */
final class DirectiveParser {
  private DirectiveParser() {}

  /** Takes the directives one by one. */
  interface Sink {
    /**
     * Takes one directive.
     *
     * @param name the name, lower case
     * @param argument the argument without its quotation marks; null: none
     * @param quoted whether it had them
     */
    void directive(String name, @Nullable String argument, boolean quoted);
  }

  static void parse(HttpHeaders fields, CharSequence fieldName, Sink sink) {
    List<String> members = FieldLists.members(fields, fieldName);
    for (String member : members) {
      int equals = member.indexOf('=');
      if (equals < 0) {
        sink.directive(lowerCase(member), null, /* quoted= */ false);
      } else {
        String name = lowerCase(member.substring(0, equals).strip());
        String text = member.substring(equals + 1).strip();
        sink.directive(name, unquote(text), text.startsWith("\""));
      }
    }
  }

  /** Returns the content of a quoted string; anything else as it is. */
  static String unquote(String text) {
    int last = text.length() - 1;
    if (last < 1 || text.charAt(0) != '"' || text.charAt(last) != '"') {
      return text;
    }
    if (text.indexOf('\\') < 0) {
      return text.substring(1, last);
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 1; i < last; i++) {
      if (text.charAt(i) == '\\' && i + 1 < last) {
        i++;
      }
      out.append(text.charAt(i));
    }
    return out.toString();
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
