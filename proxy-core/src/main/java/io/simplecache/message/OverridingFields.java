package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Request fields by which some origins let a client override what it asks for. They are not part of
 * the key, so what they lead to must not be stored under it: they are not passed on.
 *
 * <p>Among them is every name with an underscore. To origins that put fields into variables (CGI,
 * WSGI, Rack and their like) it is another name of the field with a hyphen in that place, of which
 * we know, or which the response varies by, what it says.
 */
public final class OverridingFields {
  private static final Set<String> NAMES =
      Set.of(
          "front-end-https",
          "x-forwarded-path",
          "x-forwarded-port",
          "x-forwarded-prefix",
          "x-forwarded-protocol",
          "x-forwarded-scheme",
          "x-forwarded-server",
          "x-forwarded-ssl",
          "x-forwarded-uri",
          "x-host",
          "x-http-host-override",
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-host",
          "x-original-method",
          "x-original-proto",
          "x-original-uri",
          "x-original-url",
          "x-rewrite-url",
          "x-url-scheme");

  private OverridingFields() {}

  /**
   * Removes all of them.
   *
   * @param keyed names that the operator has made part of the key, in any case: these stay
   */
  public static void remove(HttpHeaders fields, Collection<String> keyed) {
    List<String> overriding = new ArrayList<>(0);
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      String name = all.next().getKey().toString();
      if (isOverriding(name) && keyed.stream().noneMatch(name::equalsIgnoreCase)) {
        overriding.add(name);
      }
    }
    overriding.forEach(fields::remove);
  }

  /** Returns whether a field of that name, in any case, may override something. */
  public static boolean isOverriding(String name) {
    return name.indexOf('_') >= 0 || NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}
