package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.simplecache.server.admin.Wire.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
@ExtendWith(LeakGuard.class)
class AdminServerTest {
  private static final String TOKEN = "a-token-of-some-length";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Servers servers;

  AdminServerTest() throws IOException {
    servers = new Servers(/* token= */ null);
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private void restart(String token) throws IOException {
    servers.close();
    servers = new Servers(token);
  }

  private int admin() {
    return servers.admin.port();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Returns {@code hit} or the reason for asking the origin. */
  private String ask(String path) throws IOException {
    Answer answer = Wire.get(servers.port(), path, "Host: 127.0.0.1:" + servers.port());
    assertEquals(200, answer.status());
    return String.valueOf(answer.field("cache-status"))
        .replaceAll("^simple-cache; (fwd=)?([^;]*).*", "$2");
  }

  private void assertProblem(int status, Answer answer) throws IOException {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.field("content-type"));
    JsonNode problem = JSON.readTree(answer.body());
    assertEquals(status, problem.path("status").asInt());
    assertFalse(problem.path("detail").asText().isEmpty());
  }

  // ---- what it tells

  @Test
  void health_andReady_tellSo_untilItDrains() throws Exception {
    assertEquals("{\"status\":\"live\"}", Wire.get(admin(), "/health").body());
    assertEquals("{\"status\":\"ready\"}", Wire.get(admin(), "/ready").body());

    servers.admin.drain();

    assertProblem(503, Wire.get(admin(), "/ready"));
    assertEquals(200, Wire.get(admin(), "/health").status());
  }

  @Test
  void statistics_areNumbers() throws Exception {
    ask("/demo/max-age/60");

    JsonNode statistics = JSON.readTree(Wire.get(admin(), "/statistics").body());

    assertTrue(statistics.path("storedBytes").asLong() > 0, statistics.toString());
  }

  @Test
  void explain_isJson_andHidesCredentials() throws Exception {
    String target =
        "/explain?url="
            + encoded(servers.url("/demo/max-age/60"))
            + "&header="
            + encoded("Authorization: Basic c2VjcmV0");

    Answer answer = Wire.get(admin(), target);

    assertEquals(200, answer.status());
    JsonNode explanation = JSON.readTree(answer.body());
    assertEquals(servers.url("/demo/max-age/60"), explanation.path("key").asText());
    assertFalse(answer.body().contains("c2VjcmV0"));
  }

  @Test
  void events_beginWithHistory_andGoOn() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

      assertTrue(await(lines, "event: ").endsWith("history"));
      assertTrue(await(lines, "data: ").startsWith("data: ["));
      assertTrue(await(lines, "event: ").endsWith("sample"));
      JsonNode sample = JSON.readTree(await(lines, "data: ").substring(6));
      assertEquals(64 << 20, sample.path("memoryLimitBytes").asLong());
    }
  }

  private static String await(BufferedReader lines, String start) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.startsWith(start)) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  @Test
  void head_isGetWithoutContent() throws Exception {
    Answer head = Wire.send(admin(), Wire.request("HEAD", "/statistics"));

    assertEquals(200, head.status());
    assertEquals("", head.body());
    assertNotNull(head.field("content-length"));
  }

  @Test
  void pipelinedCalls_areAnsweredInOrder() throws Exception {
    String call = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String purge = "POST /purge?all=true HTTP/1.1\r\nHost: localhost\r\n\r\n";

    String all = Wire.sendForAll(admin(), purge + call + purge + Wire.request("GET", "/ready"));

    assertTrue(
        all.replaceAll("(?s)HTTP/1.1 200 OK.*?\r\n\r\n", "|")
            .matches(
                "\\|\\{\"soft\":false.*\\}\\|\\{\"status\":\"live\"}\\|\\{\"soft\":false.*\\}"
                    + "\\|\\{\"status\":\"ready\"}"),
        all);
  }

  @Test
  void page_mayNotLoadFromElsewhere_norBeFramed() throws Exception {
    Answer page = Wire.get(admin(), "/");

    assertEquals("text/html; charset=utf-8", page.field("content-type"));
    String policy = String.valueOf(page.field("content-security-policy"));
    assertTrue(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assertEquals("nosniff", page.field("x-content-type-options"));
  }

  @Test
  void openApi_listsExactlyWhatIsServed() throws Exception {
    JsonNode document = JSON.readTree(Wire.get(admin(), "/openapi.json").body());
    TreeSet<String> described = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(method -> described.add(method.getKey() + " " + path.getKey())));
    described.add("get /page.css");
    described.add("get /page.js");
    described.add("get /charts.js");
    described.add("get /icon.svg");

    TreeSet<String> served = new TreeSet<>();
    AdminRoutes routes =
        new AdminRoutes(servers.proxy, servers.metrics, List::of, Runnable::run, () -> false);
    routes
        .byPath()
        .values()
        .forEach(
            route ->
                served.add(route.method().name().toLowerCase(Locale.ROOT) + " " + route.path()));

    assertEquals(described, served);
  }

  @Test
  void openApi_describesEveryParameter() throws Exception {
    JsonNode paths = JSON.readTree(Wire.get(admin(), "/openapi.json").body()).path("paths");
    AdminRoutes routes =
        new AdminRoutes(servers.proxy, servers.metrics, List::of, Runnable::run, () -> false);
    for (Route route : routes.byPath().values()) {
      TreeSet<String> described = new TreeSet<>();
      String method = route.method().name().toLowerCase(Locale.ROOT);
      paths
          .path(route.path())
          .path(method)
          .path("parameters")
          .forEach(parameter -> described.add(parameter.path("name").asText()));
      assertEquals(new TreeSet<>(route.parameters()), described, route.path());
    }
  }

  @Test
  void openApi_namesEveryStatusOfACall() throws Exception {
    JsonNode document = JSON.readTree(Wire.get(admin(), "/openapi.json").body());
    AdminRoutes routes =
        new AdminRoutes(servers.proxy, servers.metrics, List::of, Runnable::run, () -> false);
    List<String> ofAll = List.of("200", "400", "413", "414", "421", "431", "500");
    for (Route route : routes.byPath().values()) {
      JsonNode path = document.path("paths").path(route.path());
      if (path.isMissingNode()) {
        continue; // a file of the page
      }
      JsonNode responses =
          path.path(route.method().name().toLowerCase(Locale.ROOT)).path("responses");
      ofAll.forEach(status -> assertTrue(responses.has(status), route.path() + " " + status));
      assertEquals(!route.open(), responses.has("401"), route.path());
      assertEquals(route.sameSite(), responses.has("403"), route.path());
    }
    String description = document.path("info").path("description").asText();
    assertTrue(description.contains("404") && description.contains("405"), description);
  }

  // ---- purge

  @Test
  void purge_byUrl_isInEffectForTheNextRequest() throws Exception {
    assertEquals("uri-miss", ask("/demo/max-age/60"));
    assertEquals("hit", ask("/demo/max-age/60"));

    Answer purged = Wire.post(admin(), "/purge?url=" + encoded(servers.url("/demo/max-age/60")));

    assertEquals("{\"soft\":false,\"responses\":1}", purged.body());
    assertEquals("uri-miss", ask("/demo/max-age/60"));
  }

  @Test
  void purge_ofWhatIsNoUriOfRfc3986_isInEffectToo() throws Exception {
    String url = "http://my_app/demo/max-age/60?{a}|%zz";
    String get = Wire.request("GET", url, "Host: my_app");
    Wire.send(servers.port(), get);

    Answer explained = Wire.get(admin(), "/explain?url=" + encoded(url));
    assertEquals("hit", JSON.readTree(explained.body()).path("outcome").asText());
    assertEquals(
        "{\"soft\":false,\"responses\":1}",
        Wire.post(admin(), "/purge?url=" + encoded(url)).body());

    Wire.send(servers.port(), get);
    assertEquals(
        "{\"soft\":false,\"responses\":1}",
        Wire.post(admin(), "/purge?prefix=" + encoded("http://my_app/demo/max-age/60?{")).body());

    Wire.send(servers.port(), get);
    assertEquals(
        "{\"soft\":false,\"responses\":1}", Wire.post(admin(), "/purge?host=my_app").body());
  }

  @Test
  void purge_isLogged_withoutWhatIsNotPrintable() throws Exception {
    ask("/demo/max-age/60");
    Logger logger = (Logger) LoggerFactory.getLogger("Purge");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      String url = servers.url("/demo/max-age/60");
      Wire.post(admin(), "/purge?soft=true&url=" + encoded(url));
      Wire.send(servers.port(), Wire.request("PURGE", "/x", "Host: cache.example"));
      Wire.postJson(admin(), "/purge", "{\"tag\":\"a\\nb\\u001b[2J\"}");

      assertEquals(
          List.of(
              "url " + url + " by 127.0.0.1: 1 made stale",
              "url http://cache.example/x by 127.0.0.1: 0 removed",
              "tag a?b?[2J by 127.0.0.1: 0 removed"),
          lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void purge_ofEverything_asJson() throws Exception {
    ask("/demo/max-age/60");
    ask("/demo/max-age/61");

    Answer purged = Wire.postJson(admin(), "/purge", "{\"all\":true}");

    assertEquals("{\"soft\":false,\"responses\":2}", purged.body());
    assertEquals("uri-miss", ask("/demo/max-age/61"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/purge",
        "/purge?soft=true",
        "/purge?all=false",
        "/purge?all=yes",
        "/purge?all=true&soft=maybe",
        "/purge?all=true&tag=x",
        "/purge?url=http://h/&prefix=http://h/",
        "/purge?url=/path",
        "/purge?url=ftp://h/x",
        "/purge?url=http://user@h/x",
        "/purge?url=http://h/x%23y",
        "/purge?url=http://h:99999/x",
        "/purge?url=http://h:x/x",
        "/purge?url=http:///x",
        "/purge?host=h:99999",
        "/purge?host=a@b",
        "/purge?host=a?b",
        "/purge?url=http://h/%20x",
        "/purge?url=",
        "/purge?prefix=h",
        "/purge?host=a/b",
        "/purge?host=",
        "/purge?tag=",
        "/purge?urls=http://h/",
        "/purge?url=http://h/&url=http://h/2",
        "/purge?tag=%zz",
        "/explain",
        "/explain?url=nothing",
        "/explain?url=http://h/&method=A%20B",
        "/explain?url=http://h/&header=nocolon",
        "/explain?url=http://h/&header=a%0d%0ab:%20c",
        "/explain?url=http://h/&force=true",
        "/statistics?x=1"
      })
  void badCall_isAProblem_andChangesNothing(String target) throws Exception {
    ask("/demo/max-age/60");
    boolean purge = target.startsWith("/purge");

    assertProblem(400, purge ? Wire.post(admin(), target) : Wire.get(admin(), target));

    assertEquals("hit", ask("/demo/max-age/60"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{}",
        "null",
        "{\"all\":\"true\"}",
        "{\"all\":true,\"all\":true}",
        "{\"all\":true} {}",
        "{\"tag\":1}",
        "{\"tag\":null}",
        "{\"tags\":\"x\"}",
        "{\"all\":true,\"soft\":1}"
      })
  void badJson_isAProblem_andChangesNothing(String json) throws Exception {
    ask("/demo/max-age/60");

    assertProblem(400, Wire.postJson(admin(), "/purge", json));

    assertEquals("hit", ask("/demo/max-age/60"));
  }

  @Test
  void purge_withOtherContent_isRefused() throws Exception {
    String form = "all=true";
    String request =
        Wire.request(
            "POST",
            "/purge",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Length: " + form.length());

    assertProblem(415, Wire.send(admin(), request + form));
    assertProblem(400, Wire.postJson(admin(), "/purge?all=true", "{\"all\":true}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Expect: 100-continue"})
  void content_tooLarge_isRefused(String expect) throws Exception {
    String[] fields =
        expect.isEmpty()
            ? new String[] {"Content-Type: application/json", "Content-Length: 70000"}
            : new String[] {"Content-Type: application/json", "Content-Length: 70000", expect};
    assertProblem(413, Wire.send(admin(), Wire.request("POST", "/purge", fields)));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/purge,POST",
    "DELETE,/purge,POST",
    "OPTIONS,/purge,POST",
    "POST,/statistics,'GET, HEAD'",
    "GET,/reload,POST"
  })
  void otherMethod_isRefused_withAllow(String method, String path, String allow) throws Exception {
    Answer answer = Wire.send(admin(), Wire.request(method, path));

    assertProblem(405, answer);
    assertEquals(allow, answer.field("allow"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/nothing", "/health/", "/../etc/passwd", "/%2e%2e/x", "http://localhost/health"})
  void unknownPath_isRefused(String path) throws Exception {
    assertProblem(404, Wire.get(admin(), path));
  }

  @Test
  void whatIsNoRequest_isAProblem() throws Exception {
    assertProblem(400, Wire.send(admin(), "nonsense\r\n\r\n"));
    assertProblem(400, Wire.send(admin(), "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"));
    assertProblem(414, Wire.get(admin(), "/explain?url=http://h/" + "x".repeat(20_000)));
    assertProblem(431, Wire.get(admin(), "/health", "X: " + "x".repeat(40_000)));
  }

  @Test
  void silentConnections_shutNobodyOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        silent.add(new Socket(InetAddress.getLoopbackAddress(), admin()));
      }

      assertEquals(200, Wire.get(admin(), "/health").status());
      silent.get(0).setSoTimeout(20_000);
      assertEquals(-1, silent.get(0).getInputStream().read());
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  // ---- who may ask

  @ParameterizedTest
  @CsvSource({
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
    "Sec-Fetch-Site: none",
    "Origin: http://evil.example",
    "Origin: null",
    "Origin: http://localhost:1"
  })
  void crossSiteRequest_cannotPurge(String field) throws Exception {
    ask("/demo/max-age/60");

    assertProblem(403, Wire.post(admin(), "/purge?all=true", field));
    assertProblem(403, Wire.get(admin(), "/events", field));

    assertEquals("hit", ask("/demo/max-age/60"));
  }

  @Test
  void ownPage_canPurge() throws Exception {
    String host = "localhost:" + admin();

    Answer answer =
        Wire.post(
            admin(),
            "/purge?all=true",
            "Host: " + host,
            "Origin: http://" + host,
            "Sec-Fetch-Site: same-origin");

    assertEquals(200, answer.status());
    assertEquals(null, answer.field("access-control-allow-origin"));
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example, 421",
    "localhost.evil.example, 421",
    "10.0.0.1, 421",
    "127.0.0.1, 200",
    "LOCALHOST:1234, 200",
    "[::1]:80, 200"
  })
  void host_mustBeOurs(String host, int status) throws Exception {
    assertEquals(status, Wire.get(admin(), "/statistics", "Host: " + host).status());
  }

  @Test
  void token_isNeeded_andNotShown() throws Exception {
    restart(TOKEN);
    ask("/demo/max-age/60");

    Answer none = Wire.post(admin(), "/purge?all=true");
    Answer wrong =
        Wire.post(admin(), "/purge?all=true", "Authorization: Bearer another-token-of-length");
    Answer shorter = Wire.post(admin(), "/purge?all=true", "Authorization: Bearer a-token");

    assertProblem(401, none);
    assertProblem(401, wrong);
    assertProblem(401, shorter);
    assertProblem(401, Wire.get(admin(), "/statistics"));
    assertProblem(401, Wire.get(admin(), "/metrics", "Authorization: Basic " + TOKEN));
    assertEquals("Bearer realm=\"simple-cache\"", none.field("www-authenticate"));
    assertFalse(wrong.body().contains("another-token"));
    assertEquals("hit", ask("/demo/max-age/60"));
  }

  @Test
  void rightToken_opens_fromAnyHostName() throws Exception {
    restart(TOKEN);
    String shown = "Authorization: bearer " + TOKEN;

    assertEquals(200, Wire.post(admin(), "/purge?all=true", shown).status());
    assertEquals(200, Wire.get(admin(), "/metrics", shown, "Host: cache.example").status());
    assertEquals(200, Wire.get(admin(), "/health", "Host: cache.example").status());
  }

  @Test
  void replacedToken_counts_andTheOldOneDoesNotAnyMore() throws Exception {
    restart(TOKEN);
    String old = "Authorization: Bearer " + TOKEN;
    String other = "Authorization: Bearer another-token-of-length";
    try (Socket stream = new Socket(InetAddress.getLoopbackAddress(), admin())) {
      stream.setSoTimeout(20_000);
      stream
          .getOutputStream()
          .write(Wire.request("GET", "/events", old).getBytes(StandardCharsets.UTF_8));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8));
      await(lines, "event: ");

      servers.admin.replaceToken("another-token-of-length");

      assertEquals("null", await(lines, "the end of what the old token opened"));
    }
    assertProblem(401, Wire.get(admin(), "/statistics", old));
    assertEquals(200, Wire.get(admin(), "/statistics", other).status());
    assertThrows(IllegalArgumentException.class, () -> servers.admin.replaceToken("short"));
    assertEquals(200, Wire.get(admin(), "/statistics", other).status());
  }

  @Test
  void config_withoutToken_isForLoopbackOnly() {
    new AdminConfig("::1", 0, null);
    new AdminConfig("0.0.0.0", 0, TOKEN);
    assertThrows(IllegalArgumentException.class, () -> new AdminConfig("0.0.0.0", 0, null));
    assertThrows(IllegalArgumentException.class, () -> new AdminConfig("10.1.2.3", 0, null));
    assertThrows(IllegalArgumentException.class, () -> new AdminConfig("example.org", 0, null));
    assertThrows(IllegalArgumentException.class, () -> new AdminConfig("::1", 0, "short"));
    assertThrows(IllegalArgumentException.class, () -> new AdminConfig("::1", 65_536, null));
    assertFalse(new AdminConfig("::1", 0, TOKEN).toString().contains(TOKEN));
  }

  // ---- reload

  @Test
  void reload_namesWhatNeedsARestart() throws Exception {
    servers.reload = () -> List.of("threads");

    assertEquals("{\"needRestart\":[\"threads\"]}", Wire.post(admin(), "/reload").body());
  }

  @Test
  void reload_whileOneIsUnderWay_isAConflict() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    servers.reload =
        () -> {
          begun.countDown();
          Unchecked.await(goOn);
          return List.of();
        };
    CompletableFuture<Answer> first =
        CompletableFuture.supplyAsync(() -> Unchecked.post(admin(), "/reload"));
    begun.await();

    assertProblem(409, Wire.post(admin(), "/reload"));

    assertEquals(200, Wire.get(admin(), "/health").status());
    goOn.countDown();
    assertEquals(200, first.join().status());
  }

  @Test
  void portInUse_isAnIoException() {
    AdminConfig config = new AdminConfig("127.0.0.1", admin(), null);

    assertThrows(
        IOException.class,
        () -> AdminServer.start(config, servers.proxy, servers.metrics, List::of));
  }

  @Test
  void head_ofEvents_isNoStream() throws Exception {
    Answer head = Wire.send(admin(), Wire.request("HEAD", "/events"));

    assertEquals("text/event-stream; charset=utf-8", head.field("content-type"));
  }

  /** Calls that a lambda cannot make as they are, for their checked exceptions. */
  private static final class Unchecked {
    static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    static Answer post(int port, String target) {
      try {
        return Wire.post(port, target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void reload_ofWhatIsNotValid_saysWhere() throws Exception {
    servers.reload =
        () -> {
          throw new IllegalArgumentException("cache.yaml:3: port: x (expected: 0 to 65535)");
        };

    Answer answer = Wire.post(admin(), "/reload");

    assertProblem(422, answer);
    assertTrue(answer.body().contains("cache.yaml:3"));
  }
}
