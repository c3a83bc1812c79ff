package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §3: storing responses. */
class Section3StoringTest {
  private static Reason reason(RequestHead request, ResponseHead response, CacheRules rules) {
    RequestDirectives directives = RequestDirectives.of(request.fields());
    Storability.Verdict verdict = Storability.of(request, directives, response, rules);
    boolean storable =
        verdict.reason() == Reason.STORABLE || verdict.reason() == Reason.STORABLE_FOR_VALIDATION;
    assertEquals(storable, verdict.storable(), "verdict and reason agree");
    return verdict.reason();
  }

  private static Reason reason(RequestHead request, ResponseHead response) {
    return reason(request, response, CacheRules.DEFAULTS);
  }

  private static Reason ofResponse(int status, @Nullable String fields) {
    ResponseHead response = Heads.response(status, fields);
    response.fields().add("Date", Heads.withDates("{T}"));
    return reason(Heads.get(null), response);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§3 MUST NOT store unless the method is understood")
    @CsvSource({
      "GET,STORABLE",
      "HEAD,METHOD",
      "POST,METHOD",
      "PUT,METHOD",
      "DELETE,METHOD",
      "OPTIONS,METHOD",
      "PROPFIND,METHOD",
      "get,METHOD",
      "FOO,METHOD"
    })
    void method(String method, Reason expected) {
      assertEquals(
          expected, reason(Heads.request(method, null), Heads.ok("Cache-Control: max-age=60")));
    }

    @ParameterizedTest
    @DisplayName("§3 MUST NOT store a response that is not final")
    @ValueSource(ints = {100, 101, 102, 103, 199})
    void notFinal(int status) {
      assertEquals(Reason.NOT_FINAL, ofResponse(status, "Cache-Control: max-age=60"));
    }

    @ParameterizedTest
    @DisplayName("§3 MUST NOT store 206, 304 or with must-understand unless understood")
    @CsvSource({
      "206,max-age=60,PARTIAL_CONTENT",
      "304,max-age=60,NOT_MODIFIED_STATUS",
      "206,'max-age=60,must-understand',PARTIAL_CONTENT",
      "299,'max-age=60,must-understand',NOT_UNDERSTOOD",
      "499,'max-age=60,must-understand',NOT_UNDERSTOOD",
      "599,'max-age=60,must-understand',NOT_UNDERSTOOD",
      "299,'max-age=60,must-understand,no-store',NOT_UNDERSTOOD",
      "299,'max-age=60,public,must-understand',NOT_UNDERSTOOD",
      "200,'max-age=60,must-understand',STORABLE",
      "404,'max-age=60,must-understand',STORABLE",
      "503,'max-age=60,must-understand',STORABLE"
    })
    void understood(int status, String cacheControl, Reason expected) {
      assertEquals(expected, ofResponse(status, "Cache-Control: " + cacheControl));
    }

    @ParameterizedTest
    @DisplayName(
        "RFC 9110 §15.5.13: a 412 is for who set the condition; without one it is a status")
    @CsvSource({
      "If-Match: \"a\",PRECONDITION",
      "'If-Unmodified-Since: Tue, 15 Nov 1994 12:45:26 GMT',PRECONDITION",
      "If-None-Match: *,PRECONDITION",
      "X-Other: 1,STORABLE"
    })
    void preconditionFailed(String condition, Reason expected) {
      assertEquals(
          expected, reason(Heads.get(condition), Heads.response(412, "Cache-Control: max-age=60")));
    }

    @ParameterizedTest
    @DisplayName("§3 MUST NOT store with no-store in the response")
    @ValueSource(
        strings = {
          "no-store",
          "NO-STORE",
          "max-age=60, no-store",
          "no-store, public, max-age=60",
          "no-store=1, max-age=60",
          "no-store=\"x\", max-age=60",
          "x=\"a, no-store, max-age=60",
          "foo, , no-store ,"
        })
    void noStore(String cacheControl) {
      assertEquals(Reason.NO_STORE, ofResponse(200, "Cache-Control: " + cacheControl));
    }

    @ParameterizedTest
    @DisplayName("§3 MUST NOT store a private response in a shared cache")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            private                              | PRIVATE
            private, max-age=60                  | PRIVATE
            private, s-maxage=60                 | PRIVATE
            private, public, max-age=60          | PRIVATE
            PrIvAtE, max-age=60                  | PRIVATE
            private="", max-age=60               | PRIVATE
            private="a b", max-age=60            | PRIVATE
            private="x-a, vary", max-age=60      | PRIVATE
            private="Cache-Control", max-age=60  | PRIVATE
            private=content-encoding, max-age=60 | PRIVATE
            private="x-a", private="vary"        | PRIVATE
            private, private="x-a", max-age=60   | PRIVATE
            private="x-a", max-age=60            | STORABLE
            private="x-a, x-b", max-age=60       | STORABLE
            private=x-a, max-age=60              | PRIVATE
            """)
    void isPrivate(String cacheControl, Reason expected) {
      assertEquals(expected, ofResponse(200, "Cache-Control: " + cacheControl));
    }

    @ParameterizedTest
    @DisplayName("§3 MUST NOT store unless something in the response allows it")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            299 | ETag: "a"                                             | STATUS_NOT_CACHEABLE
            302 | ETag: "a"                                             | STATUS_NOT_CACHEABLE
            500 | Last-Modified: {T-1000}                               | STATUS_NOT_CACHEABLE
            503 | ETag: "a" ~ Cache-Control: must-revalidate            | STATUS_NOT_CACHEABLE
            299 | Cache-Control: max-age=60                             | STORABLE
            499 | Cache-Control: max-age=60                             | STORABLE
            599 | Cache-Control: s-maxage=60                            | STORABLE
            599 | Expires: {T+60}                                       | STORABLE
            302 | Cache-Control: public ~ Last-Modified: {T-1000}       | STORABLE
            302 | Cache-Control: public ~ ETag: "a"                     | STORABLE_FOR_VALIDATION
            302 | Cache-Control: max-age=0 ~ ETag: "a"                  | STORABLE_FOR_VALIDATION
            302 | Expires: 0 ~ ETag: "a"                                | STORABLE_FOR_VALIDATION
            302 | CDN-Cache-Control: foo ~ ETag: "a" ~ Expires: {T+60}  | STATUS_NOT_CACHEABLE
            """)
    void somethingAllows(int status, String fields, Reason expected) {
      assertEquals(expected, ofResponse(status, fields));
    }

    @ParameterizedTest
    @DisplayName("§3.1 MUST include all header fields, unrecognised ones too")
    @ValueSource(
        strings = {
          "X-Foo: 1 ~ Content-Foo: 2 ~ Content-Type: a/b",
          "Cache-Control: max-age=1 ~ Content-Length: 3",
          "Strict-Transport-Security: max-age=1 ~ Clear-Site-Data: *",
          "Content-MD5: x ~ Content-Security-Policy: default-src",
          "Cache-Control: public ~ Set-Cookie: a=1 ~ Set-Cookie: b=2"
        })
    void allFields(String fields) {
      ResponseHead head = Heads.ok(fields);
      assertSame(head, Storability.storableHead(head, CacheRules.DEFAULTS));
    }

    @ParameterizedTest
    @DisplayName("§3.1 MUST NOT store fields of the proxy itself")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            A: 1 ~ Proxy-Authenticate: Basic               | A: 1
            A: 1 ~ Proxy-Authentication-Info: x            | A: 1
            A: 1 ~ Proxy-Authorization: x                  | A: 1
            A: 1 ~ proxy-authorization: x ~ Warning: 110 - | A: 1
            """)
    void proxyFields(String fields, String expected) {
      ResponseHead stored =
          Storability.storableHead(Heads.response(200, fields), CacheRules.DEFAULTS);
      assertEquals(expected, Heads.text(stored.fields()));
    }

    @ParameterizedTest
    @DisplayName("§3.5 MUST NOT reuse a response to Authorization without leave")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=60                            | AUTHORIZATION
            max-age=60, proxy-revalidate          | AUTHORIZATION
            max-age=60, immutable                 | AUTHORIZATION
            max-age=60, private="x"               | AUTHORIZATION
            max-age=60, public                    | STORABLE
            max-age=60, must-revalidate           | STORABLE
            s-maxage=60                           | STORABLE
            max-age=60, s-maxage=0                | NO_FRESHNESS_NO_VALIDATOR
            """)
    void authorization(String cacheControl, Reason expected) {
      assertEquals(
          expected,
          reason(
              Heads.get("Authorization: Basic eA=="), Heads.ok("Cache-Control: " + cacheControl)));
    }

    @ParameterizedTest
    @DisplayName("§5.2.1.5 MUST NOT store a response to a request with no-store")
    @ValueSource(strings = {"no-store", "no-store, max-age=60", "No-Store", "x, no-store=y"})
    void requestNoStore(String cacheControl) {
      assertEquals(
          Reason.REQUEST_NO_STORE,
          reason(
              Heads.get("Cache-Control: " + cacheControl), Heads.ok("Cache-Control: max-age=60")));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.7 MUST NOT store the fields that a qualified private lists")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            private="x-a"              | A: 1 ~ X-B: 3
            private="X-A, x-b"         | A: 1
            private="x-a", private="x-b" | A: 1
            private="x-a", no-cache="x-b" | A: 1
            private="other"            | A: 1 ~ X-A: 2 ~ X-B: 3
            """)
    void qualifiedPrivate(String cacheControl, String expected) {
      ResponseHead head = Heads.response(200, "A: 1 ~ X-A: 2 ~ X-B: 3");
      head.fields().add("Cache-Control", cacheControl);
      ResponseHead stored = Storability.storableHead(head, CacheRules.DEFAULTS);
      stored.fields().remove("Cache-Control");
      assertEquals(expected, Heads.text(stored.fields()));
    }
  }

  @Nested
  class Should {
    @ParameterizedTest
    @DisplayName(
        "§5.2.2.3 SHOULD ignore no-store with must-understand when the status is understood")
    @CsvSource({"200,STORABLE", "404,STORABLE", "451,STORABLE", "299,NOT_UNDERSTOOD"})
    void mustUnderstandNoStore(int status, Reason expected) {
      assertEquals(
          expected, ofResponse(status, "Cache-Control: must-understand, no-store, max-age=60"));
    }

    @ParameterizedTest
    @DisplayName("§3 what can never be reused SHOULD NOT take room")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
                                                             | NO_FRESHNESS_NO_VALIDATOR
            X-Foo: 1                                         | NO_FRESHNESS_NO_VALIDATOR
            Cache-Control: max-age=0                         | NO_FRESHNESS_NO_VALIDATOR
            Cache-Control: public                            | NO_FRESHNESS_NO_VALIDATOR
            Expires: {T}                                     | NO_FRESHNESS_NO_VALIDATOR
            Expires: {T-60}                                  | NO_FRESHNESS_NO_VALIDATOR
            Expires: 0                                       | NO_FRESHNESS_NO_VALIDATOR
            Last-Modified: yesterday                         | NO_FRESHNESS_NO_VALIDATOR
            Cache-Control: no-cache                          | RESPONSE_NO_CACHE
            Cache-Control: no-cache, max-age=60              | RESPONSE_NO_CACHE
            Cache-Control: max-age=60 ~ Vary: *              | VARY_STAR
            Cache-Control: max-age=60 ~ Vary: a, *           | VARY_STAR
            Cache-Control: max-age=60 ~ Vary: a ~ Vary: *    | VARY_STAR
            Cache-Control: no-cache ~ ETag: "a"              | STORABLE_FOR_VALIDATION
            Cache-Control: max-age=0 ~ ETag: W/"a"           | STORABLE_FOR_VALIDATION
            ETag: a                                          | STORABLE_FOR_VALIDATION
            Last-Modified: {T}                               | STORABLE_FOR_VALIDATION
            Last-Modified: {T-1000}                          | STORABLE
            Cache-Control: max-age=60                        | STORABLE
            Cache-Control: max-age=0, s-maxage=1             | STORABLE
            Cache-Control: max-age=0, stale-while-revalidate=9 | STORABLE
            Cache-Control: max-age=0, stale-if-error=9       | STORABLE
            Cache-Control: s-maxage=0, stale-if-error=9      | NO_FRESHNESS_NO_VALIDATOR
            Cache-Control: no-cache, stale-if-error=9        | RESPONSE_NO_CACHE
            Cache-Control: max-age=0, must-revalidate, stale-while-revalidate=9 | NO_FRESHNESS_NO_VALIDATOR
            Expires: {T+1}                                   | STORABLE
            """)
    void worthStoring(@Nullable String fields, Reason expected) {
      assertEquals(expected, ofResponse(200, fields));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§3.3 MAY store a 206 of one part, of which the place is known")
    @CsvSource(
        nullValues = "-",
        value = {
          "bytes 0-1/10, STORABLE",
          "BYTES 0-1/10, STORABLE",
          "bytes 9-9/10, STORABLE",
          "-, PARTIAL_CONTENT",
          "bytes 0-1/*, PARTIAL_CONTENT",
          "bytes */10, PARTIAL_CONTENT",
          "bytes 2-1/10, PARTIAL_CONTENT",
          "bytes 0-10/10, PARTIAL_CONTENT",
          "bytes 0-1/99999999999999999999, PARTIAL_CONTENT",
          "lines 0-1/10, PARTIAL_CONTENT",
          "bytes=0-1/10, PARTIAL_CONTENT",
          "bytes 0-1/10~Content-Range: bytes 0-1/10, PARTIAL_CONTENT"
        })
    void partialContent(@Nullable String contentRange, Reason expected) {
      String field = contentRange == null ? "" : "~Content-Range: " + contentRange;
      assertEquals(
          expected,
          Storability.of(
                  Heads.get("Range: bytes=0-1"),
                  RequestDirectives.NONE,
                  Heads.response(206, "Cache-Control: max-age=60" + field),
                  CacheRules.DEFAULTS)
              .reason());
    }

    @ParameterizedTest
    @DisplayName("§4.2.2 MAY store heuristically cacheable statuses without explicit freshness")
    @CsvSource({
      "200,STORABLE",
      "203,STORABLE",
      "204,STORABLE",
      "300,STORABLE",
      "301,STORABLE",
      "308,STORABLE",
      "404,STORABLE",
      "405,STORABLE",
      "410,STORABLE",
      "414,STORABLE",
      "501,STORABLE",
      "201,STATUS_NOT_CACHEABLE",
      "202,STATUS_NOT_CACHEABLE",
      "302,STATUS_NOT_CACHEABLE",
      "303,STATUS_NOT_CACHEABLE",
      "307,STATUS_NOT_CACHEABLE",
      "400,STATUS_NOT_CACHEABLE",
      "403,STATUS_NOT_CACHEABLE",
      "500,STATUS_NOT_CACHEABLE",
      "502,STATUS_NOT_CACHEABLE",
      "504,STATUS_NOT_CACHEABLE",
      "299,STATUS_NOT_CACHEABLE"
    })
    void heuristicStatuses(int status, Reason expected) {
      assertEquals(expected, ofResponse(status, "Last-Modified: {T-1000}"));
    }

    @ParameterizedTest
    @DisplayName("§3 MAY store any final status with explicit freshness")
    @ValueSource(
        ints = {
          200, 201, 202, 203, 204, 205, 299, 300, 302, 303, 307, 400, 401, 403, 418, 499, 500, 502,
          503, 504, 599, 600, 999
        })
    void explicitFreshness(int status) {
      assertEquals(Reason.STORABLE, ofResponse(status, "Cache-Control: max-age=60"));
    }

    @ParameterizedTest
    @DisplayName("§7.3 MAY store Set-Cookie: only with the origin's or the operator's leave")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Control: max-age=60                          | SET_COOKIE
            Cache-Control: s-maxage=60                         | SET_COOKIE
            Expires: {T+60}                                    | SET_COOKIE
            Cache-Control: max-age=60, no-cache="x-a"          | SET_COOKIE
            Cache-Control: max-age=60, public                  | STORABLE
            Cache-Control: max-age=60, no-cache="Set-Cookie"   | STORABLE
            Cache-Control: max-age=60, private="set-cookie, a" | STORABLE
            CDN-Cache-Control: max-age=60                      | STORABLE
            CDN-Cache-Control: MAX-AGE=60 ~ Cache-Control: max-age=60 | SET_COOKIE
            """)
    void setCookie(String fields, Reason expected) {
      assertEquals(expected, ofResponse(200, fields + " ~ Set-Cookie: id=1"));
    }

    @Test
    @DisplayName("§7.3 MAY store Set-Cookie where the operator wants it")
    void setCookieByOperator() {
      CacheRules rules = CacheRules.builder().storeSetCookie(true).build();
      ResponseHead head = Heads.ok("Cache-Control: max-age=60 ~ Set-Cookie: id=1");
      assertEquals(Reason.STORABLE, reason(Heads.get(null), head, rules));
      assertSame(head, Storability.storableHead(head, rules));
    }

    @ParameterizedTest
    @DisplayName("§7.3 a 304's Set-Cookie does not slip into a stored response")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=60                        | A: 1
            max-age=60, no-cache="set-cookie" | A: 1
            max-age=60, public                | A: 1 ~ Set-Cookie: id=1
            """)
    void setCookieByUpdate(String cacheControl, String expected) {
      ResponseHead head = Heads.response(200, "A: 1 ~ Set-Cookie: id=1");
      head.fields().add("Cache-Control", cacheControl);
      ResponseHead stored = Storability.storableHead(head, CacheRules.DEFAULTS);
      stored.fields().remove("Cache-Control");
      assertEquals(expected, Heads.text(stored.fields()));
    }

    @Test
    @DisplayName("operator: responses to requests with Cookie can be left out")
    void requestCookie() {
      CacheRules rules = CacheRules.builder().storeWithRequestCookie(false).build();
      RequestHead request = Heads.get("Cookie: a=1");
      ResponseHead head = Heads.ok("Cache-Control: max-age=60");
      assertEquals(Reason.STORABLE, reason(request, head));
      assertEquals(Reason.REQUEST_COOKIE, reason(request, head, rules));
    }

    @ParameterizedTest
    @DisplayName("operator: default lifetimes make a status storable, forced ones any")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            503 | -1 | STORABLE
            500 | -1 | STATUS_NOT_CACHEABLE
            500 | 10 | STORABLE
            200 | 10 | STORABLE
            """)
    void operatorLifetimes(int status, long forcedSeconds, Reason expected) {
      CacheRules rules =
          CacheRules.builder()
              .defaultLifetimeSecondsByStatus(Map.of(503, 5L))
              .forcedLifetimeSeconds(forcedSeconds)
              .build();
      assertEquals(expected, reason(Heads.get(null), Heads.response(status, null), rules));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.4 MAY reuse without the fields that a qualified no-cache lists")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            no-cache="x-a"             | A: 1 ~ X-B: 3
            no-cache="X-A,X-B"         | A: 1
            no-cache                   | A: 1 ~ X-A: 2 ~ X-B: 3
            """)
    void qualifiedNoCache(String cacheControl, String expected) {
      ResponseHead head = Heads.response(200, "A: 1 ~ X-A: 2 ~ X-B: 3");
      head.fields().add("Cache-Control", cacheControl);
      ResponseHead stored = Storability.storableHead(head, CacheRules.DEFAULTS);
      stored.fields().remove("Cache-Control");
      assertEquals(expected, Heads.text(stored.fields()));
    }

    @Test
    @DisplayName("§5.2.2.9 MAY store public responses that would otherwise be prohibited")
    void publicResponse() {
      assertEquals(
          Reason.STORABLE,
          reason(
              Heads.get("Authorization: x"),
              Heads.response(
                  499,
                  "Cache-Control: public ~ Date: {T} ~ Last-Modified: {T-1000} ~ Set-Cookie:"
                      + " a=1")));
    }
  }
}
