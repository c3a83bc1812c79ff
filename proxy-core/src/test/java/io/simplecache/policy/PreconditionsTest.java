package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.Preconditions.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 §13 and RFC 9111 §4.3.2: the client's conditions against a stored response. */
class PreconditionsTest {
  private static Outcome evaluate(@Nullable String request, @Nullable String stored) {
    return Preconditions.evaluate(Heads.get(request), Heads.response(200, stored), Heads.T + 500);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§13.1.2 MUST compare If-None-Match weakly")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-None-Match: "a"                             | ETag: "a"    | NOT_MODIFIED
            If-None-Match: "a"                             | ETag: W/"a"  | NOT_MODIFIED
            If-None-Match: W/"a"                           | ETag: "a"    | NOT_MODIFIED
            If-None-Match: W/"a"                           | ETag: W/"a"  | NOT_MODIFIED
            If-None-Match: "x", "a"                        | ETag: "a"    | NOT_MODIFIED
            If-None-Match: "x","a","y"                     | ETag: "a"    | NOT_MODIFIED
            If-None-Match: "x" ~ If-None-Match: W/"a"      | ETag: "a"    | NOT_MODIFIED
            If-None-Match: "x,a", "a"                      | ETag: "a"    | NOT_MODIFIED
            If-None-Match: *                               | ETag: "a"    | NOT_MODIFIED
            If-None-Match: *                               | X: 1         | NOT_MODIFIED
            If-None-Match: a                               | ETag: a      | NOT_MODIFIED
            If-None-Match: "a"                             | ETag: a      | NOT_MODIFIED
            If-None-Match: a                               | ETag: "a"    | NOT_MODIFIED
            If-None-Match: ""                              | ETag: ""     | NOT_MODIFIED
            If-None-Match: "b"                             | ETag: "a"    | PROCEED
            If-None-Match: "A"                             | ETag: "a"    | PROCEED
            If-None-Match: "x,a"                           | ETag: "a"    | PROCEED
            If-None-Match: w/"a"                           | ETag: "a"    | PROCEED
            If-None-Match: "a"                             | X: 1         | PROCEED
            If-None-Match:                                 | ETag: "a"    | PROCEED
            If-None-Match: "a                              | ETag: "a"    | PROCEED
            """)
    void ifNoneMatch(String request, String stored, Outcome expected) {
      assertEquals(expected, evaluate(request, stored));
    }

    @ParameterizedTest
    @DisplayName("§13.1.3 MUST ignore an invalid or repeated If-Modified-Since")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-Modified-Since: yesterday                        | PROCEED
            If-Modified-Since: 0                                | PROCEED
            If-Modified-Since:                                  | PROCEED
            If-Modified-Since: {T}, {T}                         | PROCEED
            If-Modified-Since: {T} ~ If-Modified-Since: {T}     | PROCEED
            If-Modified-Since: {T}                              | NOT_MODIFIED
            If-Modified-Since: {T+1}                            | NOT_MODIFIED
            If-Modified-Since: {T-1}                            | PROCEED
            If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT  | NOT_MODIFIED
            If-Modified-Since: Tue Nov 14 22:13:20 2023         | NOT_MODIFIED
            If-Modified-Since: tue, 14 nov 2023 22:13:20 gmt    | NOT_MODIFIED
            """)
    void ifModifiedSince(String request, Outcome expected) {
      assertEquals(expected, evaluate(request, "Last-Modified: {T}"));
    }

    @ParameterizedTest
    @DisplayName("§4.3.2 If-None-Match MUST take precedence over If-Modified-Since")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-None-Match: "a" ~ If-Modified-Since: {T-9} | NOT_MODIFIED
            If-None-Match: "b" ~ If-Modified-Since: {T+9} | PROCEED
            If-None-Match: "b" ~ If-Modified-Since: x     | PROCEED
            """)
    void precedence(String request, Outcome expected) {
      assertEquals(expected, evaluate(request, "ETag: \"a\" ~ Last-Modified: {T}"));
    }

    @ParameterizedTest
    @DisplayName("§13.1.1 MUST compare If-Match strongly")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-Match: "a"            | ETag: "a"   | PROCEED
            If-Match: "x", "a"       | ETag: "a"   | PROCEED
            If-Match: *              | ETag: "a"   | PROCEED
            If-Match: *              | X: 1        | PROCEED
            If-Match: "b"            | ETag: "a"   | PRECONDITION_FAILED
            If-Match: W/"a"          | ETag: "a"   | PRECONDITION_FAILED
            If-Match: "a"            | ETag: W/"a" | PRECONDITION_FAILED
            If-Match: W/"a"          | ETag: W/"a" | PRECONDITION_FAILED
            If-Match: a              | ETag: a     | PRECONDITION_FAILED
            If-Match: "a"            | X: 1        | PRECONDITION_FAILED
            If-Match:                | ETag: "a"   | PRECONDITION_FAILED
            """)
    void ifMatch(String request, String stored, Outcome expected) {
      assertEquals(expected, evaluate(request, stored));
    }

    @ParameterizedTest
    @DisplayName("§13.1.4 MUST ignore If-Unmodified-Since without a valid date on either side")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-Unmodified-Since: {T}                             | Last-Modified: {T} | PROCEED
            If-Unmodified-Since: {T+1}                           | Last-Modified: {T} | PROCEED
            If-Unmodified-Since: {T-1}                           | Last-Modified: {T} | PRECONDITION_FAILED
            If-Unmodified-Since: x                               | Last-Modified: {T} | PROCEED
            If-Unmodified-Since: {T-1} ~ If-Unmodified-Since: {T-1} | Last-Modified: {T} | PROCEED
            If-Unmodified-Since: {T-1}                           | ETag: "a"          | PROCEED
            If-Unmodified-Since: {T-1}                           | Last-Modified: x   | PROCEED
            """)
    void ifUnmodifiedSince(String request, String stored, Outcome expected) {
      assertEquals(expected, evaluate(request, stored));
    }

    @ParameterizedTest
    @DisplayName("§13.2.2 MUST evaluate in this order")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-Match: "a" ~ If-Unmodified-Since: {T-1}                       | PROCEED
            If-Match: "b" ~ If-Unmodified-Since: {T+1}                       | PRECONDITION_FAILED
            If-Match: "a" ~ If-None-Match: "a"                               | NOT_MODIFIED
            If-Match: "b" ~ If-None-Match: "a"                               | PRECONDITION_FAILED
            If-Unmodified-Since: {T} ~ If-Modified-Since: {T}                | NOT_MODIFIED
            If-Unmodified-Since: {T-1} ~ If-Modified-Since: {T}              | PRECONDITION_FAILED
            If-Unmodified-Since: {T} ~ If-None-Match: "b"                    | PROCEED
                                                                             | PROCEED
            """)
    void order(@Nullable String request, Outcome expected) {
      assertEquals(expected, evaluate(request, "ETag: \"a\" ~ Last-Modified: {T}"));
    }

    @ParameterizedTest
    @DisplayName("§13.2.1 MUST ignore conditions unless GET or HEAD would get a 200")
    @CsvSource({
      "GET,200,NOT_MODIFIED", "HEAD,200,NOT_MODIFIED", "POST,200,PROCEED", "OPTIONS,200,PROCEED",
      "GET,404,PROCEED", "GET,301,PROCEED", "GET,500,PROCEED", "HEAD,410,PROCEED"
    })
    void onlyFor200(String method, int status, Outcome expected) {
      RequestHead request = Heads.request(method, "If-None-Match: \"a\" ~ If-Modified-Since: {T}");
      ResponseHead stored = Heads.response(status, "ETag: \"a\" ~ Last-Modified: {T}");
      assertEquals(expected, Preconditions.evaluate(request, stored, Heads.T));
    }

    @ParameterizedTest
    @DisplayName("§15.4.5 a 304 MUST carry what guides caches and no other representation metadata")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Control: max-age=1 ~ Expires: 0 ~ Vary: a | Cache-Control: max-age=1 ~ Expires: 0 ~ Vary: a
            Content-Location: /a ~ Date: {T} ~ ETag: "a"    | Content-Location: /a ~ Date: {T} ~ ETag: "a"
            ETag: "a" ~ Last-Modified: {T}                  | ETag: "a"
            Last-Modified: {T}                              | Last-Modified: {T}
            A: 1 ~ Content-Type: a/b ~ Content-Length: 5    | A: 1
            A: 1 ~ Content-Encoding: gzip                   | A: 1
            A: 1 ~ Content-Language: en ~ Content-MD5: x    | A: 1
            A: 1 ~ Content-Range: bytes 0-1/2               | A: 1
            A: 1 ~ Repr-Digest: x ~ Content-Digest: y       | A: 1
            A: 1 ~ Transfer-Encoding: chunked ~ Trailer: B  | A: 1
            Access-Control-Allow-Origin: * ~ X-Foo: 1       | Access-Control-Allow-Origin: * ~ X-Foo: 1
            """)
    void notModified(String stored, String expected) {
      HttpHeaders fields = Preconditions.fieldsOfNotModified(Heads.response(200, stored).fields());
      assertEquals(Heads.withDates(expected), Heads.text(fields));
    }
  }

  @Nested
  class Should {
    @ParameterizedTest
    @DisplayName("§4.3.2 SHOULD use Date, or the time of receipt, where Last-Modified is absent")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            # the Date of the stored response, or its receipt, is T and half a second
            If-Modified-Since: {T+1} |                         | NOT_MODIFIED
            If-Modified-Since: {T}   |                         | NOT_MODIFIED
            If-Modified-Since: {T-1} |                         | PROCEED
            If-Modified-Since: {T-1} | Last-Modified: nonsense | PROCEED
            If-Modified-Since: {T}   | Last-Modified: nonsense | NOT_MODIFIED
            If-Modified-Since: {T-5} | Last-Modified: {T-9}    | NOT_MODIFIED
            """)
    void dateInstead(String request, @Nullable String stored, Outcome expected) {
      assertEquals(expected, evaluate(request, stored));
    }

    @ParameterizedTest
    @DisplayName("§4.3.2 SHOULD evaluate any of these fields")
    @ValueSource(
        strings = {"If-None-Match", "If-Modified-Since", "If-Match", "if-unmodified-since"})
    void hasAny(String name) {
      assertTrue(Preconditions.hasAny(Heads.fields(name + ": x")));
    }

    @Test
    @DisplayName("§4.3.2 no condition: nothing to evaluate")
    void hasNone() {
      assertFalse(Preconditions.hasAny(Heads.fields("If-Range: \"a\" ~ Range: bytes=0-")));
    }
  }
}
