package io.simplecache.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings from environment variables; several values are separated by commas. */
final class Environment {
  static final String PREFIX = "SIMPLE_CACHE_";

  private Environment() {}

  /**
   * Returns what the variables set.
   *
   * @throws BadSetting if a variable with our prefix is not known, or its value is none
   */
  static Values read(Map<String, String> variables) {
    List<Setting<?>> known = Settings.ALL.stream().filter(Setting::isFlag).toList();
    Values.Builder values = Values.builder();
    new TreeMap<>(variables)
        .forEach(
            (variable, text) -> {
              if (variable.startsWith(PREFIX)) {
                Setting<?> setting =
                    known.stream()
                        .filter(s -> s.variable().equals(variable))
                        .findFirst()
                        .orElseThrow(
                            () ->
                                new BadSetting(
                                    variable
                                        + ": no such setting"
                                        + NearestName.hint(
                                            variable,
                                            known.stream().map(Setting::variable).toList())));
                values.put(setting, variable, texts(setting, text));
              }
            });
    return values.build();
  }

  private static List<String> texts(Setting<?> setting, String text) {
    return setting.repeatable()
        ? Arrays.stream(text.split(",")).map(String::strip).toList()
        : List.of(text);
  }
}
