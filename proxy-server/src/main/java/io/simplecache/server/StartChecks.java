package io.simplecache.server;

import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Setting;
import io.simplecache.server.config.Settings;
import io.simplecache.server.config.Values;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What only this machine can tell of the settings; the same for a start and for a mere check. */
final class StartChecks {
  private StartChecks() {}

  /**
   * Checks addresses, ports and files.
   *
   * @throws BadSetting if one cannot be used here
   */
  static void check(Values values) {
    InetAddress host = address(values, Settings.HOST);
    Optional<Integer> adminPort = values.find(Settings.ADMIN_PORT);
    if (adminPort.isPresent()) {
      InetAddress adminHost = address(values, Settings.ADMIN_HOST);
      int port = adminPort.get();
      if (port != 0 && port == values.get(Settings.PORT) && overlap(host, adminHost)) {
        throw values.bad(
            Settings.ADMIN_PORT, port + " is --port already (expected: one of its own)");
      }
    }
    if (AccessLog.isWanted(values)) {
      values.find(Settings.ACCESS_LOG_FILE).ifPresent(file -> checkWritable(values, file));
    }
  }

  private static InetAddress address(Values values, Setting<String> setting) {
    String host = values.get(setting);
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw values.bad(
          setting, host + ": not known here (expected: an address of this machine)", e);
    }
  }

  private static boolean overlap(InetAddress one, InetAddress other) {
    return one.equals(other) || one.isAnyLocalAddress() || other.isAnyLocalAddress();
  }

  private static void checkWritable(Values values, Path file) {
    boolean writable =
        Files.exists(file)
            ? !Files.isDirectory(file) && Files.isWritable(file)
            : isWritableDirectory(file.toAbsolutePath().getParent());
    if (!writable) {
      throw values.bad(Settings.ACCESS_LOG_FILE, file + " (expected: a file that can be written)");
    }
  }

  private static boolean isWritableDirectory(@Nullable Path directory) {
    return directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
  }
}
