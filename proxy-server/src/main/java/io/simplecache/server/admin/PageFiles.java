package io.simplecache.server.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page and the description of the API, from the jar, in memory. */
final class PageFiles {
  private PageFiles() {}

  /** Returns the files by path. */
  static Map<String, Reply.Whole> all() {
    Map<String, Reply.Whole> files = new LinkedHashMap<>();
    files.put("/", file("text/html; charset=utf-8", read("index.html")));
    files.put("/page.css", file("text/css; charset=utf-8", read("page.css")));
    files.put("/page.js", file("text/javascript; charset=utf-8", read("page.js")));
    files.put("/charts.js", file("text/javascript; charset=utf-8", read("charts.js")));
    files.put("/icon.svg", file("image/svg+xml", read("icon.svg")));
    byte[] openApi = read("openapi.yaml");
    files.put("/openapi.yaml", file("application/yaml", openApi));
    files.put("/openapi.json", file("application/json", Json.ofYaml(openApi)));
    return files;
  }

  private static Reply.Whole file(String contentType, byte[] content) {
    return new Reply.Whole(HttpResponseStatus.OK, contentType, content, Map.of());
  }

  private static byte[] read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
