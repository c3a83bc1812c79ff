package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.VARY;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What selects one of several stored responses of a URI (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.1">RFC 9111 §4.1</a>).
 */
public final class Selection {
  /** The selecting value of a field that the request does not have; no field has this value. */
  public static final String ABSENT = "\0";

  private static final String ANYTHING = "*";
  private static final Set<String> OF_EVERY_CLIENT =
      Set.of(ANYTHING, "forwarded", "x-forwarded-for");

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
  private static final Comparator<Weighted> BY_WEIGHT =
      Comparator.comparingInt(Weighted::weight).reversed();
  private static final Comparator<Weighted> BY_WEIGHT_AND_NAME =
      BY_WEIGHT.thenComparing(Weighted::name);

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

  /**
   * Says whether the response matches no other request: Vary has a member {@code *}, or one that
   * tells every client from every other, because we say in it who asks.
   */
  public static boolean variesOnEverything(HttpHeaders response) {
    if (!response.contains(VARY)) {
      return false;
    }
    for (String member : FieldLists.members(response, VARY)) {
      if (OF_EVERY_CLIENT.contains(member.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
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
      case "accept-encoding" -> weighted(members, Selection::contentCoding, BY_WEIGHT_AND_NAME);
      case "accept-charset" -> weighted(members, Selection::lowerCaseName, BY_WEIGHT_AND_NAME);
      case "accept", "accept-language" -> weighted(members, Selection::lowerCaseName, BY_WEIGHT);
      default -> String.join(",", members);
    };
  }

  /** A member of a list with weights, without its weight, which is in thousandths. */
  private record Weighted(String name, int weight) {
    @Override
    public String toString() {
      return weight == FULL_WEIGHT ? name : name + ";q=" + weight;
    }
  }

  /**
   * RFC 9110 §12.4.2: the order of weights, and not that of the members, says what is preferred.
   * What origins make of a weight that is none, or of two of one name, is not known: then nothing
   * is changed.
   *
   * @param order of those that are one; others stay as they came
   */
  private static String weighted(
      List<String> members, UnaryOperator<List<String>> name, Comparator<Weighted> order) {
    List<Weighted> weighted = new ArrayList<>(members.size());
    Set<String> names = new HashSet<>();
    for (String member : members) {
      List<String> parts = FieldLists.parametersOf(member);
      if (parts.isEmpty()) {
        continue;
      }
      int weight = takeWeight(parts);
      String normal = String.join(";", name.apply(parts));
      if (weight < 0 || !names.add(normal)) {
        return String.join(",", members);
      }
      weighted.add(new Weighted(normal, weight));
    }
    weighted.sort(order);
    return weighted.stream().map(Weighted::toString).collect(Collectors.joining(","));
  }

  /** Removes the weight; returns it in thousandths, the full one if there is none, -1: invalid. */
  private static int takeWeight(List<String> parts) {
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i).regionMatches(true, 0, "q=", 0, 2)) {
        return qvalue(parts.remove(i).substring(2));
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
    int weight = wholeNumber * FULL_WEIGHT + thousandths;
    boolean valid = wholeNumber >= 0 && thousandths >= 0 && weight <= FULL_WEIGHT;
    return valid ? weight : -1;
  }

  /** RFC 9110 §8.4.1: x-gzip and x-compress are other names of gzip and compress. */
  private static List<String> contentCoding(List<String> parts) {
    List<String> normal = lowerCaseName(parts);
    String coding = normal.get(0);
    if (coding.equals("x-gzip") || coding.equals("x-compress")) {
      normal.set(0, coding.substring(2));
    }
    return normal;
  }

  /** A range's name has no case; what a parameter's value has is not known. */
  private static List<String> lowerCaseName(List<String> parts) {
    parts.set(0, parts.get(0).toLowerCase(Locale.ROOT));
    return parts;
  }
}
