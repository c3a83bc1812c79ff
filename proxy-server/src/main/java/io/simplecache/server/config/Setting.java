package io.simplecache.server.config;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One row of the table.
 *
 * @param name as in the file; the flag is {@code --name}, the environment variable {@code
 *     SIMPLE_CACHE_NAME}
 * @param group the heading that it stands under
 * @param kind of one value
 * @param defaults what it is if it is not set, as an operator would write it; may be none
 * @param defaultWords the default in words for the manual
 * @param sentence what it does
 * @param scope where it may be set
 * @param reloadable whether a reload applies it; else it needs a restart
 * @param repeatable whether it may have several values
 * @param reader from all its texts to its value
 * @param <T> its value: a list if it is repeatable
 */
public record Setting<T>(
    String name,
    Group group,
    Kind<?> kind,
    List<String> defaults,
    String defaultWords,
    String sentence,
    Scope scope,
    boolean reloadable,
    boolean repeatable,
    Function<List<String>, T> reader) {

  /** Where a setting may be set. */
  public enum Scope {
    /** By flag and environment only. */
    COMMAND,
    /** For the whole program. */
    PROGRAM,
    /** For the whole program, and otherwise for one site. */
    SITE,
    /** In a site of the file only. */
    ONLY_SITE
  }

  /** The headings of {@code --help} and the manual, in order. */
  public enum Group {
    START("Start"),
    LISTEN("Listening"),
    ORIGIN("Origin"),
    MEMORY("Memory"),
    RULES("What is cached"),
    SITES("Sites"),
    LOG("Logs"),
    ADMIN("Administration");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Returns a setting of the whole program that a reload applies, with a default. */
  static <T> Setting<T> setting(
      String name, Group group, Kind<T> kind, String defaultText, String sentence) {
    return single(name, group, kind, List.of(defaultText), defaultText, sentence);
  }

  /** Returns one without a default value; {@code defaultWords} say what is done without. */
  static <T> Setting<T> optional(
      String name, Group group, Kind<T> kind, String defaultWords, String sentence) {
    return single(name, group, kind, List.of(), defaultWords, sentence);
  }

  /** Returns a switch that is off by default. */
  static Setting<Boolean> toggle(String name, Group group, String sentence) {
    return single(name, group, Kind.SWITCH, List.of("false"), "off", sentence);
  }

  private static <T> Setting<T> single(
      String name,
      Group group,
      Kind<T> kind,
      List<String> defaults,
      String defaultWords,
      String sentence) {
    return new Setting<>(
        name,
        group,
        kind,
        defaults,
        defaultWords,
        sentence,
        Scope.PROGRAM,
        /* reloadable= */ true,
        /* repeatable= */ false,
        texts -> kind.read(texts.get(0)));
  }

  /** Returns one with any number of values. */
  static <T> Setting<List<T>> list(
      String name, Group group, Kind<T> kind, List<String> defaults, String sentence) {
    return new Setting<>(
        name,
        group,
        kind,
        defaults,
        defaults.isEmpty() ? "none" : String.join(", ", defaults),
        sentence,
        Scope.PROGRAM,
        /* reloadable= */ true,
        /* repeatable= */ true,
        texts -> texts.stream().map(kind::read).toList());
  }

  /** Returns the same for another scope. */
  Setting<T> in(Scope newScope) {
    return with(newScope, reloadable);
  }

  /** Returns the same, but a reload does not apply it. */
  Setting<T> needsRestart() {
    return with(scope, /* newReloadable= */ false);
  }

  private Setting<T> with(Scope newScope, boolean newReloadable) {
    return new Setting<>(
        name,
        group,
        kind,
        defaults,
        defaultWords,
        sentence,
        newScope,
        newReloadable,
        repeatable,
        reader);
  }

  /** Returns the flag. */
  public String flag() {
    return "--" + name;
  }

  /** Returns the environment variable. */
  public String variable() {
    return Environment.PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  boolean isSwitch() {
    return kind.equals(Kind.SWITCH);
  }

  /** Returns whether each value is {@code KEY=VALUE}, which the file may give as a mapping. */
  boolean hasPairs() {
    return kind.label().contains("=");
  }

  boolean isFlag() {
    return scope != Scope.ONLY_SITE;
  }

  boolean isForProgramInFile() {
    return scope == Scope.PROGRAM || scope == Scope.SITE;
  }

  boolean isForSite() {
    return scope == Scope.SITE || scope == Scope.ONLY_SITE;
  }
}
