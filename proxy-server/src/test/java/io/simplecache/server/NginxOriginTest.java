package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

/** A real nginx as the main server. Skipped where there is no Docker. */
@Testcontainers(disabledWithoutDocker = true)
@Timeout(120)
class NginxOriginTest {
  @Container
  private static final GenericContainer<?> NGINX =
      new GenericContainer<>(DockerImageName.parse("nginx:stable"))
          .withExposedPorts(80)
          .withCopyToContainer(
              Transferable.of(
                  """
                  server {
                    listen 80;
                    location = /fresh { add_header Cache-Control max-age=60; return 200 "fresh\\n"; }
                    location = /private { add_header Cache-Control private; return 200 "mine\\n"; }
                    location / { root /usr/share/nginx/html; }
                  }
                  """),
              "/etc/nginx/conf.d/default.conf");

  private final HttpClient client = HttpClient.newHttpClient();

  private String cacheStatus(ServerProcess server, String path, String... fields) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    if (fields.length > 0) {
      request.headers(fields);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    return response.statusCode() + " " + response.headers().firstValue("cache-status").orElse("");
  }

  private static ServerProcess startServer() throws Exception {
    return new ServerProcess("--origin=http://" + NGINX.getHost() + ":" + NGINX.getMappedPort(80));
  }

  @Test
  void fresh_secondRequest_isHit() throws Exception {
    try (ServerProcess server = startServer()) {
      assertEquals(
          "200 simple-cache; fwd=uri-miss; fwd-status=200; stored", cacheStatus(server, "/fresh"));
      assertTrue(cacheStatus(server, "/fresh").startsWith("200 simple-cache; hit; ttl="));
    }
  }

  @Test
  void private_isNeverStored() throws Exception {
    try (ServerProcess server = startServer()) {
      cacheStatus(server, "/private");
      assertEquals(
          "200 simple-cache; fwd=uri-miss; fwd-status=200; detail=private",
          cacheStatus(server, "/private"));
    }
  }

  @Test
  void file_hasHeuristicFreshness() throws Exception {
    try (ServerProcess server = startServer()) {
      cacheStatus(server, "/index.html");
      String second = cacheStatus(server, "/index.html");
      assertTrue(second.contains("; hit") || second.contains("fwd-status=304"), second);
    }
  }

  @Test
  void file_range_isAnsweredFromTheStoredWhole() throws Exception {
    try (ServerProcess server = startServer()) {
      cacheStatus(server, "/fresh");
      assertTrue(
          cacheStatus(server, "/fresh", "Range", "bytes=0-1").startsWith("206 simple-cache; hit"));
    }
  }
}
