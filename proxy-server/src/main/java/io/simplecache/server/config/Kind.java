package io.simplecache.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How the text of a setting is read, what it may be, and how a JSON Schema says that.
 *
 * @param label the placeholder in {@code --help}, such as {@code SIZE}
 * @param expected what is accepted, in words for a message
 * @param bounds from where to where, in short; empty if there is no more to say than the label does
 * @param reader from text to value; throws IllegalArgumentException if the text is none
 * @param schema the JSON Schema of one value
 */
public record Kind<T>(
    String label,
    String expected,
    String bounds,
    Function<String, T> reader,
    Map<String, Object> schema) {

  /** A switch: a flag without a value, {@code true} or {@code false} elsewhere. */
  public static final Kind<Boolean> SWITCH =
      new Kind<>("", "true or false", "", Kind::readSwitch, Map.of("type", "boolean"));

  /** A TCP port. */
  public static final Kind<Integer> PORT = number("PORT", 0, 65_535);

  /** The path of a file. */
  public static final Kind<Path> FILE =
      new Kind<>("FILE", "a path", "", Kind::readPath, Map.of("type", "string", "minLength", 1));

  /** What is compared and never shown. */
  public static final Kind<String> SECRET =
      new Kind<>("TOKEN", "any text", "", text -> text, Map.of("type", "string"));

  /** A time, none included. */
  public static final Kind<Duration> TIME = time(Duration.ZERO, Duration.ofDays(365));

  /** A time that is not none. */
  public static final Kind<Duration> TIMEOUT = time(Duration.ofMillis(1), Duration.ofDays(1));

  /** Returns whole numbers within bounds, both included. */
  public static Kind<Integer> number(String label, int least, int most) {
    String bounds = least + " to " + most;
    return new Kind<>(
        label,
        bounds,
        bounds,
        text -> {
          int number = Integer.parseInt(text.strip());
          check(number >= least && number <= most);
          return number;
        },
        Map.of("type", "integer", "minimum", least, "maximum", most));
  }

  /** Returns sizes within bounds, both included. */
  public static Kind<ByteSize> size(String least, String most) {
    ByteSize smallest = ByteSize.parse(least);
    ByteSize largest = ByteSize.parse(most);
    String bounds = smallest + " to " + largest;
    return new Kind<>(
        "SIZE",
        "a size such as 64KiB, 256MiB or 2GiB, " + bounds,
        bounds,
        text -> {
          ByteSize size = ByteSize.parse(text);
          check(size.bytes() >= smallest.bytes() && size.bytes() <= largest.bytes());
          return size;
        },
        Map.of("type", List.of("string", "integer"), "pattern", "^" + ByteSize.FORM + "$"));
  }

  /** Returns times within bounds, both included. */
  public static Kind<Duration> time(Duration least, Duration most) {
    String bounds = TimeSpan.format(least) + " to " + TimeSpan.format(most);
    return new Kind<>(
        "TIME",
        "a time such as 300ms, 5s, 2m or 1h, " + bounds,
        bounds,
        text -> {
          Duration time = TimeSpan.parse(text);
          check(time.compareTo(least) >= 0 && time.compareTo(most) <= 0);
          return time;
        },
        Map.of("type", "string", "pattern", "^" + TimeSpan.FORM + "$"));
  }

  /** Returns one of some words. */
  public static Kind<String> choice(String... words) {
    List<String> all = List.of(words);
    String expected =
        String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.get(all.size() - 1);
    return new Kind<>(
        "NAME",
        expected,
        String.join(", ", all),
        text -> {
          check(all.contains(text));
          return text;
        },
        Map.of("type", "string", "enum", Arrays.asList(words)));
  }

  /** Returns texts that match a regular expression, which JSON Schema and Java read alike. */
  public static Kind<String> text(String label, String expected, String form) {
    return new Kind<>(
        label,
        expected,
        "",
        text -> {
          check(text.matches(form));
          return text;
        },
        Map.of("type", List.of("string", "integer"), "pattern", "^(" + form + ")$"));
  }

  private static Path readPath(String text) {
    check(!text.isEmpty());
    return Path.of(text);
  }

  private static Boolean readSwitch(String text) {
    check(text.equals("true") || text.equals("false"));
    return Boolean.valueOf(text);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }

  /**
   * Returns the value of a text.
   *
   * @throws IllegalArgumentException if there is none; the message holds the text and what was
   *     expected
   */
  T read(String text) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      String shown = text.isEmpty() ? "nothing" : text;
      throw new IllegalArgumentException(shown + " (expected: " + expected + ")", e);
    }
  }
}
