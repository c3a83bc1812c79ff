package io.simplecache.demo;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The site that tells the story, loaded from the class path into memory once.
 *
 * <p>Its files may be kept by the shared cache but are asked for again by each browser, so that a
 * reload shows the cache at work. Their time of change is the moment the origin started, when they
 * began to be served. Thread: any; immutable.
 */
final class BundledSite implements Pages {
  static final List<String> FILES =
      List.of(
          "app.js",
          "favicon.svg",
          "index.html",
          "lonely.png",
          "paths.html",
          "story.html",
          "story.svg",
          "style.css",
          "try.html");

  private static final String CACHE_CONTROL = "public, s-maxage=300, max-age=0";
  private static final int ENTITY_TAG_HEX_DIGITS = 16;

  private final Map<String, Page> pages;
  private final InstantSource clock;

  private record Page(Representation representation, Representation.Content content) {}

  private BundledSite(Map<String, Page> pages, InstantSource clock) {
    this.pages = pages;
    this.clock = clock;
  }

  static BundledSite load(InstantSource clock) throws IOException {
    Instant started = HttpDates.wholeSeconds(clock.instant());
    Map<String, Page> pages = new HashMap<>();
    for (String file : FILES) {
      pages.put("/" + file, loadPage(file, started));
    }
    pages.put("/", pages.get("/index.html"));
    return new BundledSite(Map.copyOf(pages), clock);
  }

  private static Page loadPage(String file, Instant started) throws IOException {
    byte[] bytes;
    try (InputStream in = BundledSite.class.getResourceAsStream("site/" + file)) {
      if (in == null) {
        throw new FileNotFoundException("site/" + file + " is missing on the class path");
      }
      bytes = in.readAllBytes();
    }
    return new Page(
        new Representation(
            MediaTypes.of(file), entityTag(bytes), started, bytes.length, CACHE_CONTROL),
        (offset, length) -> BodySource.of(bytes, (int) offset, (int) length));
  }

  private static String entityTag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest).substring(0, ENTITY_TAG_HEX_DIGITS) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  @Override
  public Future<Answer> answer(OriginRequest request, EventExecutor loop) {
    Page page = pages.get(request.path());
    if (page == null) {
      return loop.newSucceededFuture(Answer.notFound());
    }
    try {
      return loop.newSucceededFuture(
          page.representation.answer(request, clock.instant(), page.content));
    } catch (IOException e) {
      return loop.newFailedFuture(e);
    }
  }
}
