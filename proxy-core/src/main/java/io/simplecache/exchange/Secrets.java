package io.simplecache.exchange;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Fields whose values let somebody in: explanations name them and hide what they say. Pure. */
final class Secrets {
  static final String HIDDEN = "(hidden)";

  private static final Set<String> NAMES =
      Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "set-cookie2");

  private Secrets() {}

  static boolean isSecret(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Returns a key's text, in which request fields may follow the URI, a line for each. */
  static String hideInKey(String key) {
    if (key.indexOf('\n') < 0) {
      return key;
    }
    StringBuilder text = new StringBuilder();
    for (String line : List.of(key.split("\n", /* limit= */ -1))) {
      int colon = line.indexOf(':');
      boolean hides = !text.isEmpty() && colon >= 0 && isSecret(line.substring(0, colon));
      text.append(text.isEmpty() ? "" : "\n");
      text.append(hides ? line.substring(0, colon + 1) + HIDDEN : line);
    }
    return text.toString();
  }
}
