package io.simplecache.server.config;

import io.simplecache.server.config.Setting.Group;
import java.util.List;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The settings as flags of the command line, with their {@code --help}. */
public final class Flags {
  private Flags() {}

  /** Adds a flag for every setting, in groups. */
  public static void addTo(CommandSpec command) {
    for (Group group : Group.values()) {
      ArgGroupSpec.Builder flags =
          ArgGroupSpec.builder().heading("%n" + group.title() + ":%n").validate(false);
      List<Setting<?>> settings =
          Settings.ALL.stream().filter(s -> s.group() == group && s.isFlag()).toList();
      if (!settings.isEmpty()) {
        settings.forEach(setting -> flags.addArg(option(setting)));
        command.addArgGroup(flags.build());
      }
    }
  }

  private static OptionSpec option(Setting<?> setting) {
    OptionSpec.Builder option =
        OptionSpec.builder(setting.flag()).description(description(setting).replace("%", "%%"));
    if (setting.isSwitch()) {
      option.type(boolean.class);
      // One that begins with no- has no opposite to be named by; it may have a value instead.
      return setting.name().startsWith("no-")
          ? option.arity("0..1").fallbackValue("true").build()
          : option.arity("0").negatable(true).build();
    }
    option.paramLabel(setting.kind().label()).arity("1");
    return setting.repeatable()
        ? option.type(List.class).auxiliaryTypes(String.class).build()
        : option.type(String.class).build();
  }

  private static String description(Setting<?> setting) {
    String repeatable = setting.repeatable() ? " Repeatable." : "";
    String byDefault =
        setting.isSwitch() || setting.defaultWords().equals("none")
            ? ""
            : " Default: " + setting.defaultWords() + ".";
    return setting.sentence() + repeatable + byDefault;
  }

  /**
   * Returns what a command line sets.
   *
   * @throws BadSetting if a value is none
   */
  public static Values given(ParseResult line) {
    Values.Builder values = Values.builder();
    for (Setting<?> setting : Settings.ALL) {
      if (setting.isFlag() && line.hasMatchedOption(setting.flag())) {
        // The parser takes the last, as long as the flags stand in groups.
        if (!setting.repeatable() && line.matchedOption(setting.flag()).stringValues().size() > 1) {
          throw new BadSetting(setting.flag() + ": is there twice");
        }
        Object value = line.matchedOptionValue(setting.flag(), "");
        values.put(setting, setting.flag(), texts(value));
      }
    }
    return values.build();
  }

  private static List<String> texts(Object value) {
    return value instanceof List<?> several
        ? several.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(value));
  }
}
