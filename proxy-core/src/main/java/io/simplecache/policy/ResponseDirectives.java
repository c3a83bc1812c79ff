package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import io.simplecache.message.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.jspecify.annotations.Nullable;

/**
 * The cache directives of a response that apply to this cache: those of the first targeted field
 * that is present and valid (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9213#section-2.2">RFC 9213 §2.2</a>), else of
 * Surrogate-Control where the operator wants it and it speaks of storing, else of Cache-Control (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-5.2.2">RFC 9111 §5.2.2</a>).
 * Immutable.
 *
 * <p><b>Invalid numbers.</b> §4.2.1 encourages to treat a response with invalid freshness
 * information as stale: a max-age or s-maxage that is not a number of seconds counts as 0.
 *
 * <p><b>Several values of one directive.</b> §4.2.1: either the first is used or the response is
 * stale. The smallest is used, which is one or the other at any time: until the smallest has passed
 * the first has not passed either, and after that the response is considered stale.
 *
 * <p><b>Field lists.</b> {@code no-cache} and {@code private} with a list of field names concern
 * these fields only; with an argument that is no such list, or is not quoted, they count as
 * unqualified. So they do when the list names a field without which the rest of a stored response
 * would be misread.
 */
public final class ResponseDirectives {
  private static final String SURROGATE_CONTROL = "surrogate-control";

  /** The directives whose argument names fields. */
  private static final Set<String> FIELD_LISTS = Set.of("no-cache", "private");

  /** Fields that a stored response cannot do without. */
  private static final Set<String> INDISPENSABLE =
      Set.of(
          "age",
          "cache-control",
          "content-encoding",
          "content-range",
          "content-type",
          "date",
          "expires",
          "vary");

  private final boolean targeted;
  private int maxAge = DeltaSeconds.ABSENT;
  private int sMaxage = DeltaSeconds.ABSENT;
  private int staleWhileRevalidate = DeltaSeconds.ABSENT;
  private int staleIfError = DeltaSeconds.ABSENT;
  private boolean invalidFreshness;
  private boolean noStore;
  private boolean noCache;
  private boolean isPrivate;
  private boolean isPublic;
  private boolean mustRevalidate;
  private boolean proxyRevalidate;
  private boolean mustUnderstand;
  private boolean immutable;
  private List<String> unstoredFields = List.of();

  private ResponseDirectives(boolean targeted) {
    this.targeted = targeted;
  }

  /** Returns the directives of the response that apply to this cache. */
  public static ResponseDirectives of(HttpHeaders response, CacheRules rules) {
    for (String fieldName : rules.targetedFields()) {
      ResponseDirectives directives = ofTargeted(response, fieldName);
      if (directives != null) {
        return directives;
      }
    }
    if (rules.surrogateControl() && response.contains(SURROGATE_CONTROL)) {
      ResponseDirectives directives = new ResponseDirectives(/* targeted= */ true);
      DirectiveParser.parse(response, SURROGATE_CONTROL, directives::surrogateDirective);
      if (directives.hasLifetime() || directives.noStore()) {
        return directives;
      }
    }
    ResponseDirectives directives = new ResponseDirectives(/* targeted= */ false);
    DirectiveParser.parse(response, CACHE_CONTROL, directives::readDirective);
    return directives;
  }

  /** Returns null when the field is absent, empty or not a dictionary: it is then ignored. */
  private static @Nullable ResponseDirectives ofTargeted(HttpHeaders response, String fieldName) {
    if (!response.contains(fieldName)) {
      return null;
    }
    Map<String, ListElement<? extends Object>> members = dictionary(response.getAll(fieldName));
    if (members.isEmpty()) {
      return null;
    }
    ResponseDirectives directives = new ResponseDirectives(/* targeted= */ true);
    members.forEach(directives::targetedDirective);
    return directives;
  }

  private static Map<String, ListElement<? extends Object>> dictionary(List<String> lines) {
    try {
      Dictionary dictionary = new Parser(lines).parseDictionary();
      return dictionary.get();
    } catch (IllegalArgumentException invalid) {
      return Map.of();
    }
  }

  /**
   * RFC 9213 §2.1: values that violate the type inferred for a directive are not consumed. So only
   * an integer is a number of seconds; what is false is absent.
   */
  private void targetedDirective(String name, ListElement<? extends Object> value) {
    if (value instanceof IntegerItem number) {
      directive(name, FIELD_LISTS.contains(name) ? null : String.valueOf(number.get()));
    } else if (value instanceof InnerList list && FIELD_LISTS.contains(name)) {
      directive(name, joined(list));
    } else if (value instanceof StringItem string && FIELD_LISTS.contains(name)) {
      directive(name, string.get());
    } else if (!Boolean.FALSE.equals(value.get())) {
      directive(name, null);
    }
  }

  private static String joined(InnerList list) {
    List<String> names = new ArrayList<>();
    list.get().forEach(item -> names.add(String.valueOf(item.get())));
    return String.join(",", names);
  }

  /** Edge Architecture: {@code max-age=600+30} is fresh for 600 and usable for 30 more seconds. */
  private void surrogateDirective(String name, @Nullable String argument, boolean quoted) {
    int plus = argument == null ? -1 : argument.indexOf('+');
    if (argument == null || plus < 0 || !name.equals("max-age")) {
      readDirective(name, argument, quoted);
      return;
    }
    directive(name, argument.substring(0, plus));
    directive("stale-while-revalidate", argument.substring(plus + 1));
  }

  /**
   * §5.2.2.4, §5.2.2.7: names of fields are quoted. What is not is no list of names: {@code
   * private=true} was meant to be private, and not the name of a field.
   */
  private void readDirective(String name, @Nullable String argument, boolean quoted) {
    directive(name, FIELD_LISTS.contains(name) && !quoted ? null : argument);
  }

  private void directive(String name, @Nullable String argument) {
    switch (name) {
      case "max-age" -> maxAge = lifetime(maxAge, argument);
      case "s-maxage" -> sMaxage = lifetime(sMaxage, argument);
      case "stale-while-revalidate" ->
          staleWhileRevalidate = window(staleWhileRevalidate, argument);
      case "stale-if-error" -> staleIfError = window(staleIfError, argument);
      case "no-store" -> noStore = true;
      case "no-cache" -> noCache |= !namesFields(argument);
      case "private" -> isPrivate |= !namesFields(argument);
      case "public" -> isPublic = true;
      case "must-revalidate" -> mustRevalidate = true;
      case "proxy-revalidate" -> proxyRevalidate = true;
      case "must-understand" -> mustUnderstand = true;
      case "immutable" -> immutable = true;
      default -> {} // §5.2.3: unrecognised directives are ignored
    }
  }

  private int lifetime(int present, @Nullable String argument) {
    int seconds = DeltaSeconds.parse(argument);
    if (seconds == DeltaSeconds.INVALID) {
      invalidFreshness = true;
      return 0;
    }
    return present < 0 ? seconds : Math.min(present, seconds);
  }

  /** A window that is not a number of seconds allows nothing. */
  private static int window(int present, @Nullable String argument) {
    int seconds = Math.max(0, DeltaSeconds.parse(argument));
    return present < 0 ? seconds : Math.min(present, seconds);
  }

  private boolean namesFields(@Nullable String argument) {
    if (argument == null) {
      return false;
    }
    List<String> names = FieldLists.membersOf(argument.toLowerCase(Locale.ROOT));
    if (names.isEmpty() || !names.stream().allMatch(ResponseDirectives::isDispensable)) {
      return false;
    }
    List<String> all = new ArrayList<>(unstoredFields);
    all.addAll(names);
    unstoredFields = List.copyOf(all);
    return true;
  }

  private static boolean isDispensable(String name) {
    return Octets.isToken(name) && !INDISPENSABLE.contains(name);
  }

  /** Says whether they come from a field for this cache, so that Expires is ignored too. */
  public boolean targeted() {
    return targeted;
  }

  /** Returns max-age (§5.2.2.1); -1: absent. */
  public long maxAgeSeconds() {
    return maxAge;
  }

  /** Returns s-maxage (§5.2.2.10); -1: absent. */
  public long sMaxageSeconds() {
    return sMaxage;
  }

  /** Returns stale-while-revalidate (RFC 5861 §3); -1: absent. */
  public long staleWhileRevalidateSeconds() {
    return staleWhileRevalidate;
  }

  /** Returns stale-if-error (RFC 5861 §4); -1: absent. */
  public long staleIfErrorSeconds() {
    return staleIfError;
  }

  /** Says whether a max-age or s-maxage was not a number of seconds. */
  public boolean invalidFreshness() {
    return invalidFreshness;
  }

  /** Says whether nothing may be stored (§5.2.2.5). */
  public boolean noStore() {
    return noStore;
  }

  /** Says whether every use needs validation: no-cache without field names (§5.2.2.4). */
  public boolean noCache() {
    return noCache;
  }

  /** Says whether it is for one user: private without field names (§5.2.2.7). */
  public boolean isPrivate() {
    return isPrivate;
  }

  /** Says whether it is public (§5.2.2.9). */
  public boolean isPublic() {
    return isPublic;
  }

  /** Says whether must-revalidate is there (§5.2.2.2). */
  public boolean mustRevalidate() {
    return mustRevalidate;
  }

  /**
   * Says whether a shared cache may not serve it stale: must-revalidate (§5.2.2.2),
   * proxy-revalidate (§5.2.2.8), or s-maxage, which has the meaning of proxy-revalidate
   * (§5.2.2.10).
   */
  public boolean forbidsStale() {
    return mustRevalidate || proxyRevalidate || sMaxage != DeltaSeconds.ABSENT;
  }

  /** Says whether the status must be understood to store it (§5.2.2.3). */
  public boolean mustUnderstand() {
    return mustUnderstand;
  }

  /** Says whether it does not change while fresh (RFC 8246 §2). */
  public boolean immutable() {
    return immutable;
  }

  /**
   * Returns the names, lower case, that {@code no-cache="…"} and {@code private="…"} list: fields
   * that a shared cache does not store.
   */
  public List<String> unstoredFields() {
    return unstoredFields;
  }

  /** Says whether it names a lifetime in seconds. */
  boolean hasLifetime() {
    return maxAge != DeltaSeconds.ABSENT || sMaxage != DeltaSeconds.ABSENT;
  }
}
