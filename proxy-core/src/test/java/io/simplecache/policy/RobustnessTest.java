package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.message.FieldLists;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random fields through every rule. Invariants: nothing throws; ages and lifetimes are not
 * negative; a range lies within the body; a target is one of the same origin; the same question has
 * the same answer.
 */
class RobustnessTest {
  private static final int HEADS_PER_RUN = 400;
  private static final long LENGTH = 1000;

  private static final String[] NAMES = {
    "Cache-Control",
    "Cache-Control",
    "Cache-Control",
    "CDN-Cache-Control",
    "Surrogate-Control",
    "Pragma",
    "Expires",
    "Date",
    "Age",
    "Last-Modified",
    "ETag",
    "Vary",
    "Range",
    "If-Range",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "Location",
    "Content-Location",
    "Cache-Groups",
    "Cache-Group-Invalidation",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Set-Cookie",
    "Cookie",
    "Connection",
    "Content-Length"
  };

  private static final String[] PIECES = {
    "max-age",
    "s-maxage",
    "no-cache",
    "private",
    "no-store",
    "stale-if-error",
    "bytes=",
    "=",
    "=\"",
    "\"",
    "\\",
    ",",
    ";",
    " ",
    "\t",
    "-",
    "+",
    ".",
    "/",
    "../",
    "//",
    ":",
    "http://example",
    "?",
    "#",
    "%",
    "*",
    "W/",
    "q=",
    "0",
    "1",
    "99999999999999999999",
    "-1",
    "\0",
    "\u00e9",
    "\u2028",
    "\ud800",
    "(",
    ")",
    "gzip",
    "GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "?1",
    ":eA==:",
    "@",
    "[",
    "]"
  };

  private static final CacheRules RULES = CacheRules.builder().surrogateControl(true).build();

  private static String value(Random random) {
    StringBuilder value = new StringBuilder();
    for (int pieces = random.nextInt(8); pieces > 0; pieces--) {
      value.append(
          random.nextInt(10) == 0
              ? String.valueOf((char) random.nextInt(0x250))
              : PIECES[random.nextInt(PIECES.length)]);
    }
    return value.toString();
  }

  private static HttpHeaders fields(Random random) {
    HttpHeaders fields =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    for (int count = random.nextInt(8); count > 0; count--) {
      fields.add(NAMES[random.nextInt(NAMES.length)], value(random));
    }
    return fields;
  }

  private static RequestHead request(Random random) {
    HttpMethod method = random.nextBoolean() ? HttpMethod.GET : HttpMethod.POST;
    return new RequestHead(method, "http", "example", "/a/" + value(random), fields(random));
  }

  private static ResponseHead response(Random random) {
    int code = random.nextInt(3) == 0 ? 100 + random.nextInt(900) : 200;
    return new ResponseHead(HttpResponseStatus.valueOf(code), fields(random));
  }

  @RepeatedTest(20)
  @DisplayName("no field makes a rule throw")
  void randomFields(RepetitionInfo run) {
    Random random = new Random(9111L * run.getCurrentRepetition());
    for (int i = 0; i < HEADS_PER_RUN; i++) {
      RequestHead request = request(random);
      ResponseHead response = response(random);
      ResponseHead other = response(random);
      long nowMillis = random.nextInt(4) == 0 ? random.nextLong() : Heads.T;
      storing(request, response);
      reuse(request, response, nowMillis);
      selection(request, response);
      validation(request, response, other);
      conditions(request, response, nowMillis);
      invalidation(request, response);
    }
  }

  private static void storing(RequestHead request, ResponseHead response) {
    RequestDirectives directives = RequestDirectives.of(request.fields());
    assertEquals(
        Storability.of(request, directives, response, RULES),
        Storability.of(request, directives, response, RULES));
    assertNotNull(Storability.storableHead(response, RULES));
  }

  private static void reuse(RequestHead request, ResponseHead response, long nowMillis) {
    RequestDirectives directives = RequestDirectives.of(request.fields());
    ReuseTerms terms = ReuseTerms.of(response, nowMillis, Heads.T, RULES);
    assertTrue(terms.currentAgeMillis(nowMillis) >= 0);
    assertTrue(terms.freshnessLifetimeMillis() >= 0);
    assertTrue(terms.staleForMillis(nowMillis) >= 0);
    assertNotNull(Reuse.decide(directives, terms, RULES, nowMillis).reason());
    assertNotNull(Reuse.mayServeStaleOnError(directives, terms, RULES, nowMillis, true).reason());
  }

  private static void selection(RequestHead request, ResponseHead response) {
    Selection.variesOnEverything(response.fields());
    for (String name : Selection.varyingFields(response.fields())) {
      Selection.selectingValue(request.fields(), name);
    }
    for (String name : List.of("accept", "accept-encoding", "accept-language", "cookie")) {
      assertNotNull(Selection.selectingValue(request.fields(), name));
    }
  }

  private static void validation(RequestHead request, ResponseHead response, ResponseHead other) {
    List<ResponseHead> candidates = List.of(response, other);
    int selected = Validation.selectedBy(other, candidates);
    assertTrue(selected >= -1 && selected < candidates.size());
    Validation.freshen(response, other);
    Validation.headEffect(response, LENGTH, other);
    Validation.makeConditional(request.fields().copy(), candidates);
  }

  private static void conditions(RequestHead request, ResponseHead response, long nowMillis) {
    Preconditions.evaluate(request, response, nowMillis);
    Preconditions.fieldsOfNotModified(response.fields());
    ByteRanges.Selection selection = ByteRanges.select(request, response, LENGTH, 8);
    if (selection instanceof ByteRanges.Parts parts) {
      for (ByteRanges.Range range : parts.ranges()) {
        assertTrue(range.first() >= 0 && range.length() > 0 && range.last() < LENGTH);
      }
    }
  }

  private static void invalidation(RequestHead request, ResponseHead response) {
    for (String target : Invalidation.targets(request, response)) {
      assertTrue(target.startsWith("/"), target);
    }
    CacheGroups.of(response.fields());
    CacheGroups.invalidatedBy(request.method(), response.fields());
    for (String name : response.fields().names()) {
      FieldLists.members(response.fields(), name);
      HttpDates.parseMillis(response.fields().get(name), Heads.T);
    }
  }
}
