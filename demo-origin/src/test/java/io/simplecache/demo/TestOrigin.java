package io.simplecache.demo;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An origin on a free port, its printed lines, and a client. */
final class TestOrigin implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  final DemoOrigin origin;

  TestOrigin(@Nullable Path root) throws IOException {
    this(root, Duration.ofSeconds(60));
  }

  TestOrigin(@Nullable Path root, Duration maxAge) throws IOException {
    origin = DemoOrigin.builder().port(0).root(root).maxAge(maxAge).log(lines::add).start();
  }

  int port() {
    return origin.port();
  }

  /** Sends a GET request; {@code fields} are names and values in turn. */
  HttpResponse<String> get(String path, String... fields) throws Exception {
    return send("GET", path, "", fields);
  }

  HttpResponse<String> send(String method, String path, String body, String... fields)
      throws Exception {
    return client.send(request(method, path, body, fields), BodyHandlers.ofString());
  }

  HttpResponse<byte[]> getBytes(String path, String... fields) throws Exception {
    return client.send(request("GET", path, "", fields), BodyHandlers.ofByteArray());
  }

  private HttpRequest request(String method, String path, String body, String... fields) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return request.build();
  }

  /** Waits for the next printed line. */
  String nextLine() throws InterruptedException {
    String line = lines.poll(20, TimeUnit.SECONDS);
    assertNotNull(line, "a line should have been printed");
    return line;
  }

  @Override
  public void close() {
    origin.close();
  }

  static String field(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("(absent)");
  }
}
