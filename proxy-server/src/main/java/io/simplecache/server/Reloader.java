package io.simplecache.server;

import io.simplecache.CachingProxy;
import io.simplecache.ProxyConfig;
import io.simplecache.Site;
import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.ProxySettings;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads the settings again while the server runs: checked first, then in force as a whole or not at
 * all. What is stored stays, and requests under way end by the old settings. Thread: any but an
 * event loop, for the file is read here.
 */
public final class Reloader {
  private final CachingProxy proxy;
  private final Supplier<Configuration> reader;
  private Configuration running;

  Reloader(CachingProxy proxy, Configuration running, Supplier<Configuration> reader) {
    this.proxy = proxy;
    this.running = running;
    this.reader = reader;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * The settings are in force.
     *
     * @param needingRestart names of settings that differ and keep their values until a restart
     */
    record Applied(List<String> needingRestart) implements Outcome {}

    /**
     * Nothing has changed.
     *
     * @param why one line for the operator
     */
    record Refused(String why) implements Outcome {}
  }

  /** Reads, checks and applies the settings, and says in one line of the log what came of it. */
  public synchronized Outcome reload() {
    try {
      Configuration next = reader.get();
      List<String> needingRestart = next.needingRestart(running);
      Configuration effective = next.keepingFixedOf(running);
      ProxyConfig before = proxy.config();
      proxy.reconfigure(
          ProxySettings.builder(effective).maxMemory(before.maxMemoryBytes()).buildConfig());
      running = effective;
      Logging.print(
          "reload: in force, "
              + describe(proxy.config())
              + (needingRestart.isEmpty()
                  ? ""
                  : "; after a restart: " + String.join(", ", needingRestart)));
      return new Outcome.Applied(needingRestart);
    } catch (BadSetting | IllegalArgumentException e) {
      Logging.print("reload: nothing changed, " + e.getMessage());
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    }
  }

  /** Returns in a few words what is served: the origins of the one site, or the sites' names. */
  static String describe(ProxyConfig config) {
    List<Site> sites = config.sites();
    if (sites.size() > 1) {
      return "sites " + sites.stream().map(Site::name).collect(Collectors.joining(", "));
    }
    return "origin "
        + sites.get(0).origins().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
