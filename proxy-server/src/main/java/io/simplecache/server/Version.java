package io.simplecache.server;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The version, as the build wrote it into the jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "simple-cache " + number(), "Java " + Runtime.version() + ", " + System.getProperty("os.name")
    };
  }

  static String number() {
    @Nullable String built = Main.class.getPackage().getImplementationVersion();
    return built == null ? "(not from a jar)" : built;
  }
}
