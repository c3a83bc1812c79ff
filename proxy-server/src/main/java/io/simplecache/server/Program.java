package io.simplecache.server;

import io.netty.util.NetUtil;
import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import io.simplecache.server.admin.AddressList;
import io.simplecache.server.admin.AdminConfig;
import io.simplecache.server.admin.AdminServer;
import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.ProxySettings;
import io.simplecache.server.config.Settings;
import io.simplecache.server.config.Values;
import io.simplecache.server.metrics.ProxyMetrics;
import io.simplecache.transport.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of the server, from its settings to its end: starts what was asked for, says so, and
 * waits for a signal. Thread: the main one.
 */
final class Program {
  private final Configuration configuration;
  private final Supplier<Configuration> reader;
  private final Values values;
  private final Memory memory;
  private final Transport transport;

  /**
   * Plans a run.
   *
   * @param reader reads the settings anew
   * @throws BadSetting if they cannot be followed
   */
  Program(Configuration configuration, Supplier<Configuration> reader) {
    this.configuration = configuration;
    this.reader = reader;
    this.values = configuration.values();
    StartChecks.check(values);
    this.memory = Memory.plan(values);
    this.transport = Transports.choose(values);
  }

  /**
   * Runs until SIGTERM, SIGINT or an interrupt, and ends in good order.
   *
   * @throws BadSetting if an address cannot be listened on
   */
  void run() {
    try (DemoOrigin demo = startDemo();
        AccessLogFile accessFile = openAccessFile();
        AccessLog accessLog = startAccessLog(accessFile);
        ProxyMetrics metrics = startMetrics()) {
      CachingProxy proxy = newProxy(withDemo(configuration, demo), accessLog, metrics);
      Reloader reloader = new Reloader(proxy, configuration, () -> withDemo(reader.get(), demo));
      if (accessFile != null) {
        reloader.first(accessFile::reopen);
      }
      ProxyServer server = listen(proxy);
      AdminServer admin = null;
      try {
        admin = startAdmin(proxy, server, metrics, reloader);
        CountDownLatch ended = new CountDownLatch(1);
        Signals.onReload(reloader::reloadOnSignal);
        Signals.onEnd(
            () -> {
              Logging.print(
                  "ending: requests under way are answered; a second SIGTERM ends at once");
              ended.countDown();
            });
        // Who reads the line may send a signal at once.
        announce(server, proxy, admin, demo);
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        end(server, admin);
      }
    }
  }

  private void end(ProxyServer server, @Nullable AdminServer admin) {
    if (admin != null) {
      admin.drain();
    }
    server.stop(values.get(Settings.DRAIN_TIMEOUT));
    if (admin != null) {
      admin.close();
    }
  }

  /** Counts only if somebody can ask for the counts. */
  private @Nullable ProxyMetrics startMetrics() {
    if (values.find(Settings.ADMIN_PORT).isEmpty()) {
      return null;
    }
    ProxyMetrics metrics = new ProxyMetrics();
    metrics.version(Version.number());
    return metrics;
  }

  private @Nullable AdminServer startAdmin(
      CachingProxy proxy, ProxyServer server, @Nullable ProxyMetrics metrics, Reloader reloader) {
    Optional<Integer> port = values.find(Settings.ADMIN_PORT);
    if (port.isEmpty() || metrics == null) {
      return null;
    }
    metrics.observe(proxy);
    metrics.observeLoops(server.eventLoops());
    String host = values.get(Settings.ADMIN_HOST);
    try {
      AdminConfig config =
          new AdminConfig(host, port.get(), configuration.adminToken().orElse(null));
      AdminServer admin = AdminServer.start(config, proxy, metrics, reloader::reload);
      reloader.alsoTo(next -> admin.replaceToken(next.adminToken().orElse(null)));
      return admin;
    } catch (IOException e) {
      throw values.bad(
          Settings.ADMIN_PORT,
          "%d cannot be listened on: %s (expected: an address of this machine and a free port)"
              .formatted(port.get(), ProxyServer.reason(e)),
          e);
    }
  }

  private @Nullable AccessLogFile openAccessFile() {
    Optional<Path> file = values.find(Settings.ACCESS_LOG_FILE);
    if (file.isEmpty() || !AccessLog.isWanted(values)) {
      return null;
    }
    return new AccessLogFile(
        file.get(),
        values.get(Settings.ACCESS_LOG_SIZE).bytes(),
        values.get(Settings.ACCESS_LOG_KEEP),
        Logging::warn);
  }

  private @Nullable AccessLog startAccessLog(@Nullable AccessLogFile file) {
    if (!AccessLog.isWanted(values)) {
      return null;
    }
    return new AccessLog(
        AccessLogFormat.valueOf(values.get(Settings.ACCESS_LOG_FORMAT).toUpperCase(Locale.ROOT)),
        values.get(Settings.ACCESS_LOG_SAMPLE),
        file == null ? Logging.accessLines() : file,
        Logging::warn);
  }

  private @Nullable DemoOrigin startDemo() {
    if (!values.get(Settings.DEMO)) {
      return null;
    }
    int port = values.get(Settings.DEMO_PORT);
    try {
      return DemoOrigin.builder().port(port).log(Logging::print).start();
    } catch (IOException e) {
      throw values.bad(
          Settings.DEMO_PORT,
          port + " cannot be listened on: " + ProxyServer.reason(e) + " (expected: a free port)",
          e);
    }
  }

  private static Configuration withDemo(Configuration configuration, @Nullable DemoOrigin demo) {
    return demo == null
        ? configuration
        : configuration.withOrigin(URI.create("http://localhost:" + demo.port()));
  }

  private CachingProxy newProxy(
      Configuration effective, @Nullable AccessLog accessLog, @Nullable ProxyMetrics metrics) {
    CachingProxy.Builder proxy = ProxySettings.builder(effective).maxMemory(memory.cacheBytes());
    if (accessLog != null && metrics != null) {
      proxy.listener(
          record -> {
            metrics.onExchange(record);
            accessLog.onExchange(record);
          });
    } else if (accessLog != null) {
      proxy.listener(accessLog);
    } else if (metrics != null) {
      proxy.listener(metrics);
    }
    return proxy.build();
  }

  private ProxyServer listen(CachingProxy proxy) {
    int threads = values.get(Settings.THREADS);
    ProxyServer.Listener listener =
        new ProxyServer.Listener(
            values.get(Settings.HOST),
            values.get(Settings.PORT),
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
            transport,
            values.get(Settings.PURGE_METHOD)
                ? AddressList.parse(values.get(Settings.PURGE_ALLOW))
                : null);
    try {
      return ProxyServer.start(proxy, listener);
    } catch (IOException e) {
      throw new BadSetting(
          "--host %s --port %d: cannot listen: %s (expected: an address of this machine and a free port)"
              .formatted(listener.host(), listener.port(), ProxyServer.reason(e)),
          e);
    }
  }

  private void announce(
      ProxyServer server,
      CachingProxy proxy,
      @Nullable AdminServer admin,
      @Nullable DemoOrigin demo) {
    String host = values.get(Settings.HOST);
    Logging.print(
        "simple-cache %s  http://%s/  %s  %s  %d event loops, %s"
            .formatted(
                Version.number(),
                NetUtil.toSocketAddressString(
                    host.equals("0.0.0.0") ? "localhost" : host, server.port()),
                Reloader.describe(proxy.config()),
                memory,
                server.threads(),
                server.transportDescription()));
    if (admin != null) {
      Logging.print(
          "admin  http://%s/"
              .formatted(
                  NetUtil.toSocketAddressString(values.get(Settings.ADMIN_HOST), admin.port())));
    }
    memory.warning().ifPresent(Logging::warn);
    if (demo != null) {
      Logging.print(
          """

          Open  http://localhost:%1$d/  in a browser, then reload: the second time the cache answers.
          Or    curl -i http://localhost:%1$d/demo/max-age/60     (twice; look at Age and Cache-Status)
          The main server itself is at http://localhost:%2$d/ and says whenever it is asked.
          """
              .formatted(server.port(), demo.port()));
    }
  }
}
