package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.Purge;
import io.simplecache.key.KeyRules;
import io.simplecache.observe.Departure;
import io.simplecache.observe.Explanation;
import io.simplecache.observe.Explanation.Outcome;
import io.simplecache.observe.Explanation.Variant;
import io.simplecache.policy.Reason;
import io.simplecache.policy.SiteRules;
import io.simplecache.proxy.RawClient.Response;
import io.simplecache.proxy.ScriptedOrigin.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is explained is what then happens. */
@Timeout(120)
class ExplainTest {
  private static final int STEPS = 150;
  private static final List<String> PATHS = List.of("/a", "/b?x=1", "/private/c");

  @RegisterExtension final Loopback loopback = new Loopback();

  private Explanation explain(String method, String target, List<String> fields) {
    HttpHeaders headers = new DefaultHttpHeaders().add("Host", RawClient.HOST);
    for (String field : fields) {
      int colon = field.indexOf(':');
      headers.add(field.substring(0, colon), field.substring(colon + 1).strip());
    }
    return loopback
        .proxy()
        .proxy()
        .explain(HttpMethod.valueOf(method), "http://" + RawClient.HOST + target, headers);
  }

  private Explanation explain(String target) {
    return explain("GET", target, List.of());
  }

  /**
   * Random responses are stored, time passes, and random requests are explained and then made. For
   * each: the answer's status and Cache-Status, and what the origin sees, are as explained.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void explain_randomly_isWhatTheProxyThenDoes(long seed) throws Exception {
    Random random = new Random(seed);
    SiteRules defaults = SiteRules.DEFAULTS;
    loopback.start(
        builder ->
            builder.rules(new SiteRules(defaults.rules(), defaults.paths(), Set.of("session"))));
    Set<Outcome> met = new TreeSet<>();
    for (int i = 0; i < STEPS; i++) {
      String target = PATHS.get(random.nextInt(PATHS.size()));
      String path = target;
      loopback
          .origin()
          .on(path, loopback.origin().answer("200 OK", "0123456789", responseFields(random)));
      String method = random.nextInt(8) == 0 ? "HEAD" : random.nextInt(20) == 0 ? "POST" : "GET";
      List<String> fields = requestFields(random);
      String what = seed + "/" + i + ": " + method + " " + target + " " + fields;
      Explanation explained = explain(method, target, fields);
      int askedBefore = loopback.origin().requests().size();

      Response response = perform(method, target, fields);

      loopback.proxy().awaitSettled();
      check(what + " " + explained, explained, response, askedBefore);
      met.add(explained.outcome());
      loopback.clock().advanceSeconds(random.nextInt(8));
    }
    assertEquals(Set.of(Outcome.values()), met);
  }

  private Response perform(String method, String target, List<String> fields) throws Exception {
    RawClient client = new RawClient(loopback.proxy().port());
    try (client) {
      client.send(RawClient.request(method, target, fields.toArray(String[]::new)));
      return client.receive(method);
    }
  }

  private void check(String what, Explanation explained, Response response, int askedBefore) {
    String cacheStatus = String.valueOf(response.cacheStatus());
    if (explained.status() != 0) {
      assertEquals(explained.status(), response.status(), what);
    }
    List<Request> asked = loopback.origin().requests();
    boolean behind = explained.outcome() == Outcome.STALE_WHILE_REVALIDATE;
    assertEquals(explained.forward() != null || behind, asked.size() > askedBefore, what);
    if (explained.forward() != null) {
      assertTrue(
          cacheStatus.startsWith("simple-cache; fwd=" + explained.forward().token() + ";"),
          () -> what + " " + cacheStatus);
      assertEquals(seen(asked.get(askedBefore)), said(explained), what);
      return;
    }
    boolean hit =
        Set.of(Outcome.HIT, Outcome.STALE, Outcome.STALE_WHILE_REVALIDATE)
            .contains(explained.outcome());
    String expected = "simple-cache";
    if (hit) {
      Variant selected =
          explained.variants().stream().filter(Variant::selected).findFirst().orElseThrow();
      expected +=
          "; hit; ttl=" + (selected.freshnessLifetimeSeconds() - selected.currentAgeSeconds());
      assertEquals(String.valueOf(selected.currentAgeSeconds()), response.field("Age"), what);
    }
    Reason reason = explained.reason();
    if (explained.outcome() != Outcome.HIT && reason != null) {
      expected += "; detail=" + reason.token();
    }
    assertEquals(expected, cacheStatus, what);
  }

  private static Map<String, List<String>> seen(Request request) {
    Map<String, List<String>> seen = new TreeMap<>();
    for (Fields.Line line : request.fields().lines()) {
      String name = line.name().toLowerCase(Locale.ROOT);
      seen.put(name, name.equals("cookie") ? List.of("(hidden)") : request.fields().all(name));
    }
    return seen;
  }

  private static Map<String, List<String>> said(Explanation explained) {
    Map<String, List<String>> said = new TreeMap<>();
    explained
        .originRequest()
        .forEach(
            (name, values) ->
                said.put(
                    name.toLowerCase(Locale.ROOT),
                    values.stream().map(v -> v.replace("_client", "127.0.0.1")).toList()));
    return said;
  }

  private static String[] responseFields(Random random) {
    List<String> fields = new ArrayList<>();
    fields.add(
        "Cache-Control: "
            + one(
                random,
                "max-age=5",
                "max-age=20",
                "max-age=5, stale-while-revalidate=10",
                "max-age=3, must-revalidate",
                "no-cache",
                "s-maxage=4",
                "public"));
    if (random.nextInt(3) > 0) {
      fields.add("ETag: " + one(random, "\"a\"", "\"b\"", "W/\"c\""));
    }
    if (random.nextInt(3) == 0) {
      fields.add("Last-Modified: Mon, 02 Jan 2023 10:00:00 GMT");
    }
    if (random.nextInt(2) == 0) {
      fields.add("Vary: " + one(random, "Accept-Language", "Accept-Encoding, Accept-Language"));
    }
    if (random.nextInt(4) == 0) {
      fields.add("Age: " + random.nextInt(6));
    }
    return fields.toArray(String[]::new);
  }

  private static List<String> requestFields(Random random) {
    List<String> fields = new ArrayList<>();
    if (random.nextInt(2) == 0) {
      fields.add("Accept-Language: " + one(random, "de", "en", "en;q=0.5, de"));
    }
    if (random.nextInt(4) == 0) {
      fields.add("Accept-Encoding: " + one(random, "gzip", "br, gzip"));
    }
    if (random.nextInt(3) == 0) {
      fields.add(
          "Cache-Control: "
              + one(
                  random,
                  "no-cache",
                  "max-age=0",
                  "max-age=3",
                  "max-stale",
                  "max-stale=4",
                  "min-fresh=3",
                  "only-if-cached",
                  "no-store"));
    }
    if (random.nextInt(6) == 0) {
      fields.add(
          one(
              random,
              "If-None-Match: \"a\"",
              "If-Match: \"b\"",
              "If-Modified-Since: Mon, 02 Jan 2023 10:00:00 GMT"));
    }
    if (random.nextInt(8) == 0) {
      fields.add("Range: bytes=" + one(random, "0-3", "5-", "20-", "0-1,4-5"));
    }
    if (random.nextInt(20) == 0) {
      fields.add("Cookie: session=1");
    }
    return fields;
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  @Test
  @DisplayName("an explanation says what became of a response, and why it is not stored")
  void explain_afterADeparture_saysWhy() throws Exception {
    loopback.start();
    assertNull(explain("/a").departure());
    loopback.origin().ok("/a", "hello", "Cache-Control: private, max-age=60");
    loopback.client().get("/a");
    Departure departure = explain("/a").departure();
    assertNotNull(departure);
    assertEquals(
        new Departure(loopback.clock().instant(), Departure.Cause.NOT_STORABLE, Reason.PRIVATE),
        departure);

    loopback.origin().ok("/b", "hello", "Cache-Control: max-age=60");
    loopback.client().get("/b");
    assertNull(explain("/b").departure());
    loopback.proxy().proxy().purge(new Purge.All(/* soft= */ false)).toCompletableFuture().join();
    Departure purged = explain("/b").departure();
    assertNotNull(purged);
    assertEquals(Departure.Cause.PURGED, purged.cause());
    loopback.client().get("/b");
    loopback.origin().on("/b", loopback.origin().answer("200 OK", ""));
    loopback.client().post("/b", "x");
    Departure invalidated = explain("/b").departure();
    assertNotNull(invalidated);
    assertEquals(Departure.Cause.INVALIDATED, invalidated.cause());
    assertTrue(
        explain("/b").steps().stream().anyMatch(step -> step.contains("invalidated")),
        () -> explain("/b").steps().toString());
  }

  @Test
  void explain_fresh_givesTheNumbersAndLeavesNoTrace() throws Exception {
    loopback.start();
    loopback
        .origin()
        .ok("/a", "hello", "Cache-Control: max-age=60", "Age: 7", "Surrogate-Key: one two");
    loopback.client().get("/a");
    loopback.clock().advanceSeconds(10);

    Explanation explained = explain("/a");

    assertEquals(Outcome.HIT, explained.outcome());
    Variant variant = explained.variants().get(0);
    assertEquals(60, variant.freshnessLifetimeSeconds());
    assertEquals(17, variant.currentAgeSeconds());
    assertEquals(10, variant.residentSeconds());
    assertEquals(0, variant.apparentAgeSeconds());
    assertEquals(Reason.LIFETIME_MAX_AGE, variant.lifetimeSource());
    assertEquals(List.of("one", "two"), variant.tags());
    assertEquals(1, loopback.origin().requests().size());
  }

  @Test
  void explain_softlyPurged_saysSo() throws Exception {
    loopback.start();
    loopback.origin().ok("/a", "hello", "Cache-Control: max-age=60");
    loopback.client().get("/a");
    loopback.proxy().proxy().purge(new Purge.All(/* soft= */ true)).toCompletableFuture().join();

    String steps = explain("/a").steps().toString();

    assertTrue(steps.contains("was made stale before its time, by a soft purge"), steps);
    assertFalse(steps.contains("since"), steps);
  }

  @Test
  void explain_underWay_saysThatItWouldBeJoined() throws Exception {
    loopback.start();
    Gate answer = new Gate();
    loopback
        .origin()
        .on(
            "/a",
            loopback.origin().answer("200 OK", "hello", "Cache-Control: max-age=60").after(answer));
    RawClient client = loopback.client().send(RawClient.request("GET", "/a"));
    loopback.proxy().awaitRequests(1);
    String joining = explain("/a").steps().toString();
    String alone = explain("GET", "/a", List.of("Authorization: x")).steps().toString();
    answer.open();
    client.receive();

    assertTrue(joining.contains("the request would join"), joining);
    assertFalse(alone.contains("the request would join"), alone);
  }

  @Test
  @DisplayName(
      "credentials and cookies are shown nowhere, be they in the key, in Vary or in a head")
  void explain_secrets_areHidden() throws Exception {
    KeyRules keys = new KeyRules(Set.of(), false, List.of("Cookie", "X-Country"));
    loopback.start(builder -> builder.keys(keys));
    loopback
        .origin()
        .ok(
            "/a",
            "hello",
            "Cache-Control: public, max-age=60",
            "Vary: Authorization, Proxy-Authorization",
            "Set-Cookie: id=stored-secret");
    List<String> fields =
        List.of(
            "Authorization: Bearer asked-secret",
            "Proxy-Authorization: Basic asked-secret",
            "Cookie: session=asked-secret",
            "X-Country: se");
    perform("GET", "/a", fields);
    loopback.proxy().awaitSettled();

    for (String method : List.of("GET", "HEAD", "POST")) {
      for (String path : List.of("/a", "/b")) {
        Explanation explained = explain(method, path, fields);
        assertFalse(explained.toString().contains("secret"), explained.toString());
        assertTrue(explained.key().contains("Cookie:(hidden)"), explained.key());
        assertTrue(explained.key().contains("X-Country:se"), explained.key());
      }
    }
    Explanation explained = explain("GET", "/a", fields);
    assertEquals(1, explained.variants().size());
    Variant variant = explained.variants().get(0);
    assertEquals(List.of("(hidden)"), variant.fields().get("Set-Cookie"));
    assertTrue(variant.storedValues().contains("(hidden)"), variant.toString());
    assertTrue(
        explained.steps().stream().anyMatch(step -> step.contains("\"(hidden)\"")),
        explained.steps().toString());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                loopback
                    .proxy()
                    .proxy()
                    .explain(HttpMethod.GET, "http://me:secret@h/", new DefaultHttpHeaders()));
    assertFalse(String.valueOf(refused.getMessage()).contains("secret"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "ftp://a/", "http:///"})
  void explain_noUri_isRefused(String uri) throws Exception {
    loopback.start();
    assertThrows(
        IllegalArgumentException.class,
        () -> loopback.proxy().proxy().explain(HttpMethod.GET, uri, new DefaultHttpHeaders()));
  }
}
