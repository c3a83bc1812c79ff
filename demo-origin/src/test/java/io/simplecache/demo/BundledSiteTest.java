package io.simplecache.demo;

import static io.simplecache.demo.TestOrigin.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
final class BundledSiteTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src|data-path)=\"([^\"]*)\"");

  private TestOrigin origin;

  @BeforeEach
  void start() throws IOException {
    origin = new TestOrigin(/* root= */ null);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void everyFile_isServedForSharedCaches() throws Exception {
    for (String file : BundledSite.FILES) {
      HttpResponse<byte[]> response = origin.getBytes("/" + file);
      assertEquals(200, response.statusCode(), file);
      assertEquals(MediaTypes.of(file), field(response, "Content-Type"));
      assertEquals("public, s-maxage=300, max-age=0", field(response, "Cache-Control"));
      assertEquals(
          304, origin.getBytes("/" + file, "If-None-Match", field(response, "ETag")).statusCode());
      assertEquals(
          304,
          origin
              .getBytes("/" + file, "If-Modified-Since", field(response, "Last-Modified"))
              .statusCode());
    }
    assertEquals(origin.get("/index.html").body(), origin.get("/").body());
  }

  @Test
  void everyReference_leadsToSomethingHere() throws Exception {
    for (String file : BundledSite.FILES) {
      if (!file.endsWith(".html")) {
        continue;
      }
      Matcher references = REFERENCE.matcher(origin.get("/" + file).body());
      while (references.find()) {
        String reference = references.group(1);
        if (reference.startsWith("#") || reference.startsWith("/demo/broken/")) {
          continue;
        }
        assertTrue(reference.startsWith("/"), reference);
        int expected = reference.startsWith("/demo/status/404") ? 404 : 200;
        assertEquals(
            expected, origin.send("HEAD", reference, "").statusCode(), file + ": " + reference);
      }
    }
  }

  @Test
  void range_ofAPicture_isServed() throws Exception {
    HttpResponse<byte[]> response = origin.getBytes("/lonely.png", "Range", "bytes=1-3");
    assertEquals(206, response.statusCode());
    assertEquals("PNG", new String(response.body(), StandardCharsets.US_ASCII));
  }

  @Test
  void otherPath_isNotFound() throws Exception {
    assertEquals(404, origin.get("/nothing.html").statusCode());
    assertEquals(404, origin.get("/demo").statusCode());
    assertFalse(origin.get("/../package-info.class").body().contains("simplecache"));
  }
}
