package io.simplecache.server.config;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Reads settings as the program does, for tests. */
public final class SettingsBench {
  private SettingsBench() {}

  /** Returns what flags set. */
  public static Values flags(String... flags) {
    CommandSpec command = CommandSpec.create();
    Flags.addTo(command);
    return Flags.given(new CommandLine(command).parseArgs(flags));
  }

  /** Returns the settings of a file. */
  public static Configuration read(Path file) {
    return Configuration.read(flags("--config=" + file), Map.of());
  }
}
