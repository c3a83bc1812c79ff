package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.VARY;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What selects one of several stored responses of a URI (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.1">RFC 9111 §4.1</a>).
 */
public final class Selection {
  /** The selecting value of a field that the request does not have; no field has this value. */
  public static final String ABSENT = "\0";

  private static final String ANYTHING = "*";

  /** Fields that are no lists: a comma in them is data, and the white space behind it too. */
  private static final Set<String> SINGLETONS =
      Set.of(
          "authorization",
          "content-type",
          "cookie",
          "date",
          "from",
          "host",
          "if-modified-since",
          "if-unmodified-since",
          "origin",
          "proxy-authorization",
          "referer",
          "user-agent");

  private static final int FULL_WEIGHT = 1000;

  private Selection() {}

  /**
   * Returns the names in Vary: lower case, sorted, distinct, without {@code *}; empty when the
   * response does not vary.
   */
  public static List<String> varyingFields(HttpHeaders response) {
    if (!response.contains(VARY)) {
      return List.of();
    }
    Set<String> names = new TreeSet<>();
    for (String member : FieldLists.members(response, VARY)) {
      if (!member.equals(ANYTHING)) {
        names.add(member.toLowerCase(Locale.ROOT));
      }
    }
    return List.copyOf(names);
  }

  /** Says whether Vary has a member {@code *}: the response matches no other request. */
  public static boolean variesOnEverything(HttpHeaders response) {
    return response.contains(VARY) && FieldLists.containsToken(response, VARY, ANYTHING);
  }

  /**
   * Returns the normalised value of a selecting field: two requests match in the field when these
   * values are equal. Field lines are combined, white space around members is dropped. Where the
   * field's definition gives order and case no meaning they have none here either: {@code
   * Accept-Encoding}, {@code Accept-Language} and {@code Accept-Charset} by their weights, {@code
   * Accept} by its members. A field that is not there ({@link #ABSENT}) differs from an empty one.
   *
   * @param fieldName lower case
   */
  public static String selectingValue(HttpHeaders request, String fieldName) {
    if (!request.contains(fieldName)) {
      return ABSENT;
    }
    if (SINGLETONS.contains(fieldName)) {
      return String.join(", ", request.getAll(fieldName)).strip();
    }
    List<String> members = FieldLists.members(request, fieldName);
    return switch (fieldName) {
      case "accept-encoding" -> weighted(members, Selection::contentCoding);
      case "accept-language", "accept-charset" -> weighted(members, Selection::lowerCase);
      case "accept" -> sortedMediaRanges(members);
      default -> String.join(",", members);
    };
  }

  /** Normalises the name that a weight belongs to. */
  private interface Name {
    String normalise(String name);
  }

  /**
   * RFC 9110 §12.4.2: members by name, each with its weight. Equal weights express no preference,
   * so the order is that of the names. Of two weights of one name the first counts.
   */
  private static String weighted(List<String> members, Name name) {
    Map<String, Integer> weights = new TreeMap<>();
    for (String member : members) {
      List<String> parts = FieldLists.parametersOf(member);
      if (!parts.isEmpty()) {
        weights.putIfAbsent(name.normalise(parts.get(0)), weight(parts));
      }
    }
    List<String> normalised = new ArrayList<>(weights.size());
    weights.forEach(
        (key, weight) -> normalised.add(weight == FULL_WEIGHT ? key : key + ";q=" + weight));
    return String.join(",", normalised);
  }

  /** Returns the weight in thousandths; without a valid one, the full weight. */
  private static int weight(List<String> parts) {
    for (String part : parts.subList(1, parts.size())) {
      if (part.regionMatches(true, 0, "q=", 0, 2)) {
        return qvalue(part.substring(2));
      }
    }
    return FULL_WEIGHT;
  }

  private static int qvalue(String text) {
    int point = text.indexOf('.');
    String whole = point < 0 ? text : text.substring(0, point);
    String fraction = point < 0 ? "" : text.substring(point + 1);
    int wholeNumber = DeltaSeconds.parse(whole);
    int thousandths =
        fraction.length() > 3 ? -1 : DeltaSeconds.parse((fraction + "000").substring(0, 3));
    if (wholeNumber < 0 || wholeNumber > 1 || thousandths < 0) {
      return FULL_WEIGHT;
    }
    return Math.min(FULL_WEIGHT, wholeNumber * FULL_WEIGHT + thousandths);
  }

  /** RFC 9110 §8.4.1: x-gzip and x-compress are other names of gzip and compress. */
  private static String contentCoding(String name) {
    String coding = lowerCase(name);
    return coding.equals("x-gzip") || coding.equals("x-compress") ? coding.substring(2) : coding;
  }

  /** The type of a media range has no case; what a parameter's value has is not known. */
  private static String sortedMediaRanges(List<String> members) {
    List<String> ranges = new ArrayList<>(members.size());
    for (String member : members) {
      List<String> parts = FieldLists.parametersOf(member);
      if (!parts.isEmpty()) {
        parts.set(0, lowerCase(parts.get(0)));
        ranges.add(String.join(";", parts));
      }
    }
    Collections.sort(ranges);
    return String.join(",", ranges);
  }

  private static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
