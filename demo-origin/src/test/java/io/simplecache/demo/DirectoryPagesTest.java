package io.simplecache.demo;

import static io.simplecache.demo.TestOrigin.field;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
final class DirectoryPagesTest {
  private static final String CHANGED = "Tue, 03 Jun 2025 10:00:00 GMT";
  private static final String BEFORE = "Tue, 03 Jun 2025 09:59:59 GMT";
  private static final String AFTER = "Tue, 03 Jun 2025 10:00:01 GMT";

  private Path directory;
  private Path root;
  private TestOrigin origin;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(directory.resolve("secret.txt"), "secret");
    Path file = Files.writeString(root.resolve("digits.txt"), "0123456789");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-06-03T10:00:00.5Z")));
    Files.writeString(root.resolve("index.html"), "<p>start</p>");
    Files.writeString(Files.createDirectory(root.resolve("sub")).resolve("index.html"), "sub");
    Files.createDirectory(root.resolve("bare"));
    Files.writeString(root.resolve("empty.bin"), "");
    origin = new TestOrigin(root);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void file_isServedWithItsFields() throws Exception {
    HttpResponse<String> response = origin.get("/digits.txt");
    assertEquals(200, response.statusCode());
    assertEquals("0123456789", response.body());
    assertEquals("text/plain; charset=utf-8", field(response, "Content-Type"));
    assertEquals("public, max-age=60", field(response, "Cache-Control"));
    assertEquals("bytes", field(response, "Accept-Ranges"));
    assertEquals("10", field(response, "Content-Length"));
    assertEquals(CHANGED, field(response, "Last-Modified"));
    assertTrue(field(response, "ETag").matches("\"[0-9a-f-]+\""));
    assertTrue(field(response, "Date").endsWith(" GMT"));
  }

  @Test
  void maxAge_isThatOfTheBuilder() throws Exception {
    origin.close();
    origin = new TestOrigin(root, Duration.ofHours(1));
    assertEquals("public, max-age=3600", field(origin.get("/digits.txt"), "Cache-Control"));
    assertEquals("public, max-age=3600", field(origin.get("/sub"), "Cache-Control"));
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=utf-8",
    "a.CSS, text/css; charset=utf-8",
    "a.js, text/javascript; charset=utf-8",
    "a.json, application/json",
    "a.svg, image/svg+xml",
    "a.png, image/png",
    "a.tar.gz, application/gzip",
    "a, application/octet-stream",
    "a.unknown, application/octet-stream"
  })
  void mediaType_isThatOfTheExtension(String name, String mediaType) throws Exception {
    Files.writeString(root.resolve(name), "x");
    assertEquals(mediaType, field(origin.get("/" + name), "Content-Type"));
  }

  @Test
  void name_withSpaceAndUmlaut_isFound() throws Exception {
    Files.writeString(root.resolve("a b+c%.txt"), "x");
    assertEquals(200, origin.get("/a%20b+c%25.txt?query=1").statusCode());
  }

  @Test
  void directory_isItsIndexPage() throws Exception {
    assertEquals("<p>start</p>", origin.get("/").body());
    assertEquals("sub", origin.get("/sub/").body());
    assertEquals(404, origin.get("/bare/").statusCode());
    assertEquals(404, origin.get("/digits.txt/").statusCode());
  }

  @Test
  void directory_withoutSlash_isRedirected() throws Exception {
    HttpResponse<String> response = origin.get("/sub?a=b");
    assertEquals(301, response.statusCode());
    assertEquals("/sub/?a=b", field(response, "Location"));
  }

  @Test
  void head_isTheHeadOfGet() throws Exception {
    HttpResponse<String> response = origin.send("HEAD", "/digits.txt", "", "Range", "bytes=0-1");
    assertEquals(200, response.statusCode());
    assertEquals("10", field(response, "Content-Length"));
    assertEquals("", response.body());
  }

  @Test
  void otherMethod_isNotAllowed() throws Exception {
    HttpResponse<String> response = origin.send("PUT", "/digits.txt", "new");
    assertEquals(405, response.statusCode());
    assertEquals("GET, HEAD", field(response, "Allow"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "If-None-Match     | TAG               | 304",
        "If-None-Match     | W/TAG             | 304",
        "If-None-Match     | \"a,b\", TAG      | 304",
        "If-None-Match     | *                 | 304",
        "If-None-Match     | \"other\"         | 200",
        "If-Match          | TAG               | 200",
        "If-Match          | W/TAG             | 412",
        "If-Match          | *                 | 200",
        "If-Match          | \"other\"         | 412",
        "If-Modified-Since | " + CHANGED + "   | 304",
        "If-Modified-Since | " + BEFORE + "    | 200",
        "If-Modified-Since | nonsense          | 200",
        "If-Unmodified-Since | " + CHANGED + " | 200",
        "If-Unmodified-Since | " + BEFORE + "  | 412",
      })
  void condition_isEvaluated(String name, String value, int status) throws Exception {
    assertEquals(status, origin.get("/digits.txt", name, withTag(value)).statusCode());
  }

  @Test
  void conditions_areEvaluatedInOrder() throws Exception {
    assertEquals(
        412,
        origin
            .get("/digits.txt", "If-Match", "\"x\"", "If-None-Match", withTag("TAG"))
            .statusCode());
    assertEquals(
        200,
        origin
            .get("/digits.txt", "If-None-Match", "\"x\"", "If-Modified-Since", AFTER)
            .statusCode());
    assertEquals(
        200,
        origin
            .get("/digits.txt", "If-Match", withTag("TAG"), "If-Unmodified-Since", BEFORE)
            .statusCode());
    assertEquals(
        304,
        origin
            .get("/digits.txt", "If-None-Match", withTag("TAG"), "Range", "bytes=0-1")
            .statusCode());
  }

  @Test
  void notModified_hasValidatorsAndNoContent() throws Exception {
    HttpResponse<String> response = origin.get("/digits.txt", "If-None-Match", "*");
    assertEquals(withTag("TAG"), field(response, "ETag"));
    assertEquals("public, max-age=60", field(response, "Cache-Control"));
    assertEquals("(absent)", field(response, "Content-Length"));
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=7-, 206, 789, bytes 7-9/10",
    "bytes=-2, 206, 89, bytes 8-9/10",
    "bytes=-99, 206, 0123456789, bytes 0-9/10",
    "bytes=5-99999999999999999999, 206, 56789, bytes 5-9/10",
    "'bytes=0-1,3-4', 200, 0123456789, (absent)",
    "bytes=3-1, 200, 0123456789, (absent)",
    "bytes=x, 200, 0123456789, (absent)",
    "lines=0-1, 200, 0123456789, (absent)",
    "bytes=10-, 416, '416: no such bytes.\n', bytes */10",
    "bytes=-0, 416, '416: no such bytes.\n', bytes */10"
  })
  void range_selectsBytes(String range, int status, String body, String contentRange)
      throws Exception {
    HttpResponse<String> response = origin.get("/digits.txt", "Range", range);
    assertEquals(status, response.statusCode());
    assertEquals(body, response.body());
    assertEquals(contentRange, field(response, "Content-Range"));
  }

  @Test
  void range_ofEmptyFile_isIgnoredOrUnsatisfiable() throws Exception {
    assertEquals(200, origin.get("/empty.bin", "Range", "bytes=-5").statusCode());
    assertEquals(416, origin.get("/empty.bin", "Range", "bytes=0-").statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"TAG | 206", "W/TAG | 200", "\"x\" | 200", CHANGED + " | 206", BEFORE + " | 200"})
  void ifRange_decidesOnTheRange(String value, int status) throws Exception {
    assertEquals(
        status,
        origin.get("/digits.txt", "Range", "bytes=0-1", "If-Range", withTag(value)).statusCode());
  }

  private String withTag(String value) throws Exception {
    return value.contains("TAG")
        ? value.replace("TAG", field(origin.get("/digits.txt"), "ETag"))
        : value;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/sub/../digits.txt",
        "/./digits.txt",
        "//digits.txt",
        "//example.org/..",
        "/%2e%2e/secret.txt",
        "/%2E%2e/secret.txt",
        "/.%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/digits.txt%00",
        "/digits.txt%00.html",
        "/digits.txt%0a",
        "/%c0%ae%c0%ae/secret.txt",
        "/%",
        "/%2",
        "/%zz",
        "/C:/secret.txt",
        "/sub//index.html",
        "/link.txt",
        "/linked/secret.txt",
        "/linked/",
        "/loop/x",
        "digits.txt",
        "*",
      })
  void wayOut_isNotFound(String target) throws Exception {
    Files.createSymbolicLink(root.resolve("link.txt"), directory.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("linked"), directory);
    Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
    String response = RawClient.exchange(origin.port(), "GET " + target + " HTTP/1.1");
    assertTrue(response.startsWith("HTTP/1.1 404 "), response);
    assertFalse(response.contains("secret"), response);
  }

  @Test
  void link_thatStaysInside_isFollowed() throws Exception {
    Files.createSymbolicLink(root.resolve("link.txt"), root.resolve("digits.txt"));
    assertEquals("0123456789", origin.get("/link.txt").body());
  }

  @Test
  void bigFile_isStreamedWhole() throws Exception {
    int size = 64 * 1024 * 1024;
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("big.bin").toFile(), "rw")) {
      file.setLength(size);
      for (int position = 4095; position < size; position += 1_000_003) {
        file.seek(position);
        file.write(position % 251 + 1);
      }
    }
    byte[] expected = Files.readAllBytes(root.resolve("big.bin"));
    assertArrayEquals(expected, origin.getBytes("/big.bin").body());
    assertArrayEquals(
        Arrays.copyOfRange(expected, 60_000_000, size),
        origin.getBytes("/big.bin", "Range", "bytes=60000000-").body());
  }

  @Test
  void file_whoseClientLeaves_isGivenUp() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("big.bin").toFile(), "rw")) {
      file.setLength(64 * 1024 * 1024);
    }
    try (RawClient client = new RawClient(origin.port())) {
      client.send("GET /big.bin HTTP/1.1\r\nHost: demo\r\n\r\n").readHead();
      client.reset();
    }
    assertTrue(origin.nextLine().endsWith("(cut off)"));
  }
}
