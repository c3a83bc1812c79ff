package io.simplecache.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.simplecache.server.config.Setting.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The table of settings for people and for editors. */
public final class Manual {
  private Manual() {}

  /** Returns the tables of the README, in Markdown. */
  public static String markdown() {
    StringBuilder text = new StringBuilder();
    for (Group group : Group.values()) {
      List<Setting<?>> settings =
          Settings.ALL.stream().filter(setting -> setting.group() == group).toList();
      text.append("| ").append(group.title()).append(" | Default | |\n|---|---|---|\n");
      settings.forEach(setting -> text.append(row(setting)));
      text.append('\n');
    }
    return text.toString();
  }

  private static String row(Setting<?> setting) {
    String name =
        setting.isFlag()
            ? (setting.flag() + " " + setting.kind().label()).strip()
            : setting.name() + ": " + setting.kind().label();
    String bounds = setting.kind().bounds().isEmpty() ? "" : " (" + setting.kind().bounds() + ")";
    return "| `%s`%s | %s | %s%s%s |\n"
        .formatted(
            name,
            setting.reloadable() || !setting.isForProgramInFile() ? "" : " ↺",
            setting.defaultWords(),
            setting.sentence().replace("*", "\\*"),
            bounds,
            setting.repeatable() ? " Repeatable." : "");
  }

  /** Returns the JSON Schema of the file. */
  public static String schema() {
    Map<String, Object> properties = properties(Setting::isForProgramInFile);
    properties.put(
        "sites",
        Map.of(
            "type",
            "array",
            "minItems",
            1,
            "description",
            "Sites by host and path; each says what is different for it.",
            "items",
            closed(properties(Setting::isForSite))));
    Map<String, Object> schema = new LinkedHashMap<>(closed(properties));
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Simple Cache");
    try {
      return JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build()
          .writeValueAsString(schema);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts and numbers are JSON", e);
    }
  }

  private static Map<String, Object> closed(Map<String, Object> properties) {
    return Map.of("type", "object", "additionalProperties", false, "properties", properties);
  }

  private static Map<String, Object> properties(Predicate<Setting<?>> which) {
    return Settings.ALL.stream()
        .filter(which)
        .collect(
            Collectors.toMap(
                Setting::name, Manual::property, (first, second) -> first, LinkedHashMap::new));
  }

  private static Map<String, Object> property(Setting<?> setting) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", setting.sentence() + " Default: " + setting.defaultWords() + ".");
    Map<String, Object> one = setting.kind().schema();
    if (!setting.repeatable()) {
      property.putAll(one);
    } else if (setting.hasPairs()) {
      property.put("anyOf", List.of(one, Map.of("type", "array", "items", one), pairs()));
    } else {
      property.put("anyOf", List.of(one, Map.of("type", "array", "items", one)));
    }
    return property;
  }

  private static Map<String, Object> pairs() {
    return Map.of("type", "object", "additionalProperties", Kind.TIME.schema());
  }
}
