package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.CachingProxy;
import io.simplecache.demo.DemoOrigin;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.ProxySettings;
import io.simplecache.server.config.SettingsBench;
import io.simplecache.transport.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ReloaderTest {
  private static final int RELOADS = 100;
  private static final int STORED = 200;
  private static final int CLIENTS = 4;

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void reload_underLoad_losesNoRequestAndNothingStored(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("cache.yaml");
    try (DemoOrigin origin = DemoOrigin.builder().port(0).start()) {
      String[] settings = {
        "origin: http://127.0.0.1:%d\nsort-query: true\n".formatted(origin.port()),
        """
        sites:
          - {name: all, origin: "http://127.0.0.1:%1$d", stale-if-error: 1m}
          - {name: slow, path-prefix: /demo/delay, origin: "http://127.0.0.1:%1$d", bypass: "*"}
        """
            .formatted(origin.port())
      };
      Files.writeString(file, settings[0]);
      Configuration configuration = SettingsBench.read(file);
      CachingProxy proxy = ProxySettings.builder(configuration).maxMemory(64L << 20).build();
      ProxyServer server =
          ProxyServer.start(
              proxy,
              new ProxyServer.Listener("127.0.0.1", 0, 2, Transport.NIO, /* purgers= */ null));
      Reloader reloader = new Reloader(proxy, configuration, () -> SettingsBench.read(file));
      try {
        for (int i = 0; i < STORED; i++) {
          get(server.port(), storedPath(i));
        }
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Void>> load =
            IntStream.range(0, CLIENTS)
                .mapToObj(n -> CompletableFuture.runAsync(() -> load(server.port(), n, done)))
                .toList();

        for (int i = 1; i <= RELOADS; i++) {
          Files.writeString(file, settings[i % 2]);
          assertEquals(List.of(), reloader.reload());
        }
        done.set(true);
        load.forEach(CompletableFuture::join);

        assertEquals(0, failed.get());
        assertTrue(answered.get() > RELOADS, answered + " answers");
        for (int i = 0; i < STORED; i++) {
          String status =
              get(server.port(), storedPath(i)).headers().firstValue("cache-status").orElse("");
          assertTrue(status.contains("; hit"), storedPath(i) + ": " + status);
        }
      } finally {
        server.stop(Duration.ZERO);
      }
    }
  }

  private static String storedPath(int i) {
    return "/demo/max-age/3600?n=" + i;
  }

  /** Asks for what is stored, for what is not, and for what takes its time, in turn. */
  private void load(int port, int client, AtomicBoolean done) {
    for (int i = client; !done.get(); i++) {
      String path =
          switch (i % 3) {
            case 0 -> storedPath(i % STORED);
            case 1 -> "/demo/max-age/3600?new=" + client + "-" + i;
            default -> "/demo/delay/5?n=" + client + "-" + i;
          };
      try {
        (get(port, path).statusCode() == 200 ? answered : failed).incrementAndGet();
      } catch (IOException | InterruptedException e) {
        failed.incrementAndGet();
      }
    }
  }
}
