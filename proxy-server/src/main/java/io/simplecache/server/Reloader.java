package io.simplecache.server;

import io.simplecache.CachingProxy;
import io.simplecache.ProxyConfig;
import io.simplecache.Site;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.ProxySettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
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
  private final List<Consumer<Configuration>> others = new CopyOnWriteArrayList<>();
  private volatile Runnable first = () -> {};
  private Configuration running;

  Reloader(CachingProxy proxy, Configuration running, Supplier<Configuration> reader) {
    this.proxy = proxy;
    this.running = running;
    this.reader = reader;
  }

  /** Does something else at the beginning of each reload, whatever comes of it. */
  void first(Runnable something) {
    first = something;
  }

  /**
   * Hands the settings to somebody else, too, just before the proxy has them; who cannot follow
   * them throws IllegalArgumentException.
   */
  void alsoTo(Consumer<Configuration> other) {
    others.add(other);
  }

  /**
   * Reads, checks and applies the settings, and says in one line of the log what came of it.
   *
   * @return names of settings that differ and keep their values until a restart
   * @throws IllegalArgumentException if a setting cannot be followed; the message says which one,
   *     where, and what was expected; nothing has changed then
   */
  public synchronized List<String> reload() {
    first.run();
    try {
      Configuration next = reader.get();
      List<String> needingRestart = next.needingRestart(running);
      Configuration effective = next.keepingFixedOf(running);
      ProxyConfig config =
          ProxySettings.builder(effective).maxMemory(proxy.config().maxMemoryBytes()).buildConfig();
      others.forEach(other -> other.accept(effective));
      proxy.reconfigure(config);
      running = effective;
      String later = String.join(", ", needingRestart);
      Logging.print(
          "reload: in force, "
              + describe(proxy.config())
              + (later.isEmpty() ? "" : "; after a restart: " + later));
      return needingRestart;
    } catch (IllegalArgumentException e) {
      Logging.print("reload: nothing changed, " + e.getMessage());
      throw e;
    }
  }

  /** Does the same for a signal, which waits for no answer. */
  void reloadOnSignal() {
    try {
      reload();
    } catch (IllegalArgumentException e) {
      // The log has said it.
    } catch (IllegalStateException closed) {
      Logging.print("reload: nothing changed, the server is ending");
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
