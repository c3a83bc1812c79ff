package io.simplecache.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was set: checked values, and where each comes from. Immutable. */
public final class Values {
  private final Map<Setting<?>, Given> given;

  private Values(Map<Setting<?>, Given> given) {
    this.given = given;
  }

  /**
   * One value.
   *
   * @param where it was set, for messages: a flag, a variable, or file, line, column and name
   * @param value what they mean
   */
  private record Given(String where, Object value) {}

  static Builder builder() {
    return new Builder();
  }

  boolean isEmpty() {
    return given.isEmpty();
  }

  /** Returns the value, or the default, which the setting has. */
  public <T> T get(Setting<T> setting) {
    return find(setting).orElseGet(() -> setting.reader().apply(setting.defaults()));
  }

  /** Returns the value if it was set. */
  @SuppressWarnings("unchecked") // What is kept for a setting came from its own reader.
  public <T> Optional<T> find(Setting<T> setting) {
    Given found = given.get(setting);
    return found == null ? Optional.empty() : Optional.of((T) found.value());
  }

  /** Returns where it was set, or its flag if it was not. */
  public String where(Setting<?> setting) {
    Given found = given.get(setting);
    return found == null ? setting.flag() : found.where();
  }

  /** Returns the message of a value that cannot be followed. */
  public BadSetting bad(Setting<?> setting, String what) {
    return new BadSetting(where(setting) + ": " + what);
  }

  /** Returns the message of a value that cannot be followed, and what came of it. */
  public BadSetting bad(Setting<?> setting, String what, Throwable cause) {
    return new BadSetting(where(setting) + ": " + what, cause);
  }

  /** Returns these, and where nothing is set here, those of {@code lower}. */
  Values over(Values lower) {
    Map<Setting<?>, Given> all = new LinkedHashMap<>(lower.given);
    all.putAll(given);
    return new Values(all);
  }

  /** Returns these, but of every setting that needs a restart the value in {@code running}. */
  Values keeping(Values running) {
    Map<Setting<?>, Given> all = new LinkedHashMap<>(given);
    for (Setting<?> setting : Settings.ALL) {
      if (!setting.reloadable()) {
        Given kept = running.given.get(setting);
        if (kept == null) {
          all.remove(setting);
        } else {
          all.put(setting, kept);
        }
      }
    }
    return new Values(all);
  }

  /** Returns whether both have the same value. */
  boolean agree(Setting<?> setting, Values other) {
    return valueOrDefault(setting).equals(other.valueOrDefault(setting));
  }

  private Optional<Object> valueOrDefault(Setting<?> setting) {
    Optional<Object> value = find(setting).map(Object.class::cast);
    return value.isPresent() || (setting.defaults().isEmpty() && !setting.repeatable())
        ? value
        : Optional.of(get(setting));
  }

  /** Collects values. */
  static final class Builder {
    private final Map<Setting<?>, Given> given = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a value that was written in one place.
     *
     * @throws BadSetting if a text is no value, or the setting has one already
     */
    void put(Setting<?> setting, String where, List<String> texts) {
      putAll(setting, where, texts.stream().map(text -> new Text(where, text)).toList());
    }

    /** Adds values of which each was written in a place of its own. */
    void putAll(Setting<?> setting, String where, List<Text> texts) {
      texts.forEach(text -> check(setting, text));
      Object value = setting.reader().apply(texts.stream().map(Text::text).toList());
      if (given.putIfAbsent(setting, new Given(where, value)) != null) {
        throw new BadSetting(where + ": is there twice");
      }
    }

    private static void check(Setting<?> setting, Text place) {
      try {
        setting.kind().read(place.text());
      } catch (IllegalArgumentException e) {
        throw new BadSetting(place.where() + ": " + e.getMessage(), e);
      }
    }

    Values build() {
      return new Values(Map.copyOf(given));
    }
  }

  /** One text and where it was written. */
  record Text(String where, String text) {}
}
