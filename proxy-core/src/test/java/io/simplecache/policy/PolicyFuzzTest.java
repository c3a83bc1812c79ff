package io.simplecache.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.testing.FuzzedFields;
import java.util.Arrays;
import java.util.Locale;

/**
 * Any bytes as what a peer can send to the rules: nothing throws, and what comes out keeps to its
 * bounds. Without a fuzzer the inputs of {@code PolicyFuzzTestInputs} are run; see README, Tests.
 */
class PolicyFuzzTest {
  private static final long NOW_MILLIS = 1_715_934_600_000L;
  private static final long LENGTH = 1000;

  private static RequestHead request(HttpHeaders fields) {
    return new RequestHead(HttpMethod.GET, "http", "www.example.com", "/a/b?c=d", fields);
  }

  private static ResponseHead response(HttpHeaders fields) {
    return new ResponseHead(HttpResponseStatus.OK, fields);
  }

  @FuzzTest
  void requestDirectives(byte[] input) {
    RequestDirectives directives = RequestDirectives.of(FuzzedFields.of("Cache-Control", input));
    assertTrue(directives.maxAgeSeconds() >= -1, "max-age");
  }

  @FuzzTest
  void responseDirectives(byte[] input) {
    ResponseDirectives directives =
        ResponseDirectives.of(FuzzedFields.of("Cache-Control", input), CacheRules.DEFAULTS);
    assertTrue(directives.sMaxageSeconds() >= -1, "s-maxage");
    for (String name : directives.unstoredFields()) {
      assertEquals(name.toLowerCase(Locale.ROOT), name);
    }
  }

  @FuzzTest
  void byteRanges(byte[] input) {
    HttpHeaders fields = FuzzedFields.of("Range", input);
    ByteRanges.Selection selection =
        ByteRanges.select(
            request(fields), response(EmptyHttpHeaders.INSTANCE), LENGTH, /* maxRanges= */ 8);
    if (selection instanceof ByteRanges.Parts parts) {
      assertTrue(!parts.ranges().isEmpty() && parts.ranges().size() <= 8, "number of parts");
      parts
          .ranges()
          .forEach(
              range ->
                  assertTrue(
                      range.first() >= 0 && range.first() <= range.last() && range.last() < LENGTH,
                      () -> "bounds of " + range));
    }
  }

  @FuzzTest
  void noVarySearch(byte[] input) {
    // Before the bar is the field, behind it a query.
    String[] lines = FuzzedFields.value(input).split("\\|", 2);
    NoVarySearch rule =
        NoVarySearch.of(FuzzedFields.of("No-Vary-Search", lines[0].getBytes(ISO_8859_1)));
    String target = "/a?" + (lines.length > 1 ? lines[1] : "b=c&d&b=e");
    if (rule != null) {
      String normal = rule.normalTarget(target);
      assertEquals(normal, rule.normalTarget(normal), "twice is once");
    }
  }

  @FuzzTest
  void cacheGroups(byte[] input) {
    CacheGroups.of(FuzzedFields.of("Cache-Groups", input));
    CacheGroups.invalidatedBy(HttpMethod.POST, FuzzedFields.of("Cache-Group-Invalidation", input));
  }

  @FuzzTest
  void uriReferences(byte[] input) {
    String target =
        UriReferences.sameOriginTarget(
            request(EmptyHttpHeaders.INSTANCE), FuzzedFields.value(input));
    if (target != null) {
      assertTrue(target.startsWith("/"), target);
      assertTrue(target.indexOf('#') < 0, target);
    }
  }

  /** The first half are the fields of a request, the second those of the response to it. */
  @FuzzTest
  void heads(byte[] input) {
    int half = input.length / 2;
    RequestHead request = request(FuzzedFields.of(Arrays.copyOf(input, half)));
    ResponseHead response =
        response(FuzzedFields.of(Arrays.copyOfRange(input, half, input.length)));
    RequestDirectives directives = RequestDirectives.of(request.fields());
    Preconditions.evaluate(request, response, NOW_MILLIS);
    Preconditions.fieldsOfNotModified(response.fields());
    Storability.of(request, directives, response, CacheRules.DEFAULTS);
    ResponseHead storable = Storability.storableHead(response, CacheRules.DEFAULTS);
    assertEquals(
        storable, Storability.storableHead(storable, CacheRules.DEFAULTS), "twice is once");
    ReuseTerms.of(storable, NOW_MILLIS, NOW_MILLIS, CacheRules.DEFAULTS);
    for (String name : Selection.varyingFields(response.fields())) {
      String selecting = Selection.selectingValue(request.fields(), name);
      assertEquals(selecting, Selection.selectingValue(request.fields().copy(), name));
    }
    Validation.freshen(storable, response);
    ByteRanges.select(request, response, LENGTH, /* maxRanges= */ 4);
    PartialContent.of(response);
  }
}
