package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.Validation.HeadEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9111 §3.2 and §4.3. Stored responses are separated by {@code &}, most recent first. */
class Section43ValidationTest {
  private static List<ResponseHead> candidates(@Nullable String heads) {
    List<ResponseHead> candidates = new ArrayList<>();
    for (String head : (heads == null ? "X: 1" : heads).split("&", -1)) {
      candidates.add(Heads.response(200, head));
    }
    return candidates;
  }

  private static String conditional(@Nullable String outgoing, @Nullable String stored) {
    HttpHeaders fields = Heads.fields(outgoing);
    Validation.makeConditional(fields, candidates(stored));
    return Heads.text(fields);
  }

  private static String freshened(String stored, @Nullable String update) {
    ResponseHead before = Heads.response(200, stored);
    ResponseHead after = Validation.freshen(before, Heads.response(304, update));
    assertNotSame(before.fields(), after.fields());
    assertEquals(200, after.code());
    return Heads.text(after.fields());
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§4.3.1 MUST send the entity tags of the stored responses")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ETag: "a"                            | if-none-match: "a"
            ETag: W/"a"                          | if-none-match: W/"a"
            ETag: a                              | if-none-match: a
            ETag: ""                             | if-none-match: ""
            ETag: "a" & ETag: "b" & ETag: W/"c"  | if-none-match: "a", "b", W/"c"
            ETag: "a" & ETag: "a"                | if-none-match: "a"
            ETag: "a" & X: 1                     | if-none-match: "a"
            ETag:                                | ''
            X: 1                                 | ''
            """)
    void entityTags(String stored, String expected) {
      assertEquals(expected, conditional(null, stored));
    }

    @Test
    @DisplayName("§4.3.1 the number and length of the entity tags is bounded")
    void entityTagsBounded() {
      List<ResponseHead> many =
          IntStream.range(0, 100)
              .mapToObj(i -> Heads.response(200, "ETag: \"" + i + "\""))
              .toList();
      HttpHeaders fields = Heads.fields(null);
      Validation.makeConditional(fields, many);
      assertEquals(16, String.valueOf(fields.get("If-None-Match")).split(",").length);
      String huge = "\"" + "x".repeat(5000) + "\"";
      assertEquals("if-none-match: \"b\"", conditional(null, "ETag: " + huge + " & ETag: \"b\""));
    }

    @ParameterizedTest
    @DisplayName("§4.3.1 MUST replace the client's own conditions and range")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            If-None-Match: "x"                          | A: 1 ~ if-none-match: "a"
            If-Modified-Since: {T}                      | A: 1 ~ if-none-match: "a"
            If-Match: "x" ~ If-Unmodified-Since: {T}    | A: 1 ~ if-none-match: "a"
            Range: bytes=0-1 ~ If-Range: "x"            | A: 1 ~ if-none-match: "a"
            """)
    void ownConditions(String outgoing, String expected) {
      assertEquals(expected, conditional("A: 1 ~ " + outgoing, "ETag: \"a\""));
    }

    @ParameterizedTest
    @DisplayName("§4.3.4 MUST NOT update but those with the same strong validator")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ETag: "a"                        | ETag: "a"                                    | 0
            ETag: "b"                        | ETag: "a" & ETag: "b"                        | 1
            ETag: "a"                        | ETag: "a" & ETag: "a"                        | 0
            ETag: "c"                        | ETag: "a" & ETag: "b"                        | -1
            ETag: "c"                        | ETag: "a"                                    | -1
            ETag: "a"                        | ETag: W/"a"                                  | -1
            ETag: "A"                        | ETag: "a"                                    | -1
            ETag: "a"                        | X: 1                                         | -1
            ETag: "a" ~ Last-Modified: {T}   | Last-Modified: {T}                           | -1
            ETag: "c" ~ Last-Modified: {T}   | ETag: "a" ~ Last-Modified: {T}               | -1
            """)
    void strongValidator(String notModified, String stored, int expected) {
      assertEquals(
          expected, Validation.selectedBy(Heads.response(304, notModified), candidates(stored)));
    }

    @ParameterizedTest
    @DisplayName("§4.3.4 with a weak validator MUST update the most recent that corresponds")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ETag: W/"a"            | ETag: W/"a"                                       | 0
            ETag: W/"a"            | ETag: "a"                                         | 0
            ETag: W/"a"            | ETag: "b" & ETag: "a" & ETag: W/"a"               | 1
            ETag: W/"a"            | ETag: W/"b"                                       | -1
            ETag: a                | ETag: a                                           | 0
            ETag: a                | ETag: "a"                                         | 0
            Last-Modified: {T}     | Last-Modified: {T}                                | 0
            Last-Modified: {T}     | Last-Modified: {T-1} & Last-Modified: {T}         | 1
            Last-Modified: {T}     | Last-Modified: {T-1}                              | -1
            Last-Modified: {T}     | ETag: "a"                                         | -1
            Last-Modified: {T}     | Last-Modified: Tuesday, 14-Nov-23 22:13:20 GMT    | 0
            """)
    void weakValidator(String notModified, String stored, int expected) {
      assertEquals(
          expected, Validation.selectedBy(Heads.response(304, notModified), candidates(stored)));
    }

    @ParameterizedTest
    @DisplayName("§4.3.4 without a validator MUST NOT update but a single stored response")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
                                | X: 1                       | 0
                                | ETag: "a"                  | 0
                                | Last-Modified: {T}         | 0
            Last-Modified: soon | Last-Modified: {T}         | 0
                                | ETag: "a" & ETag: "b"      | -1
                                | X: 1 & X: 2                | -1
            """)
    void noValidator(@Nullable String notModified, String stored, int expected) {
      assertEquals(
          expected, Validation.selectedBy(Heads.response(304, notModified), candidates(stored)));
    }

    @Test
    @DisplayName("§4.3.4 nothing stored, nothing updated")
    void noCandidates() {
      for (String validator : List.of("ETag: \"a\"", "Last-Modified: {T}", "X: 1")) {
        assertEquals(-1, Validation.selectedBy(Heads.response(304, validator), List.of()));
      }
    }

    @ParameterizedTest
    @DisplayName("§3.2 MUST replace the stored fields by those of the update")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            A: 1                         | A: 2                    | A: 2
            A: 1                         | a: 2                    | a: 2
            A: 1                         | B: 2                    | A: 1 ~ B: 2
            A: 1 ~ A: 2                  | A: 3                    | A: 3
            A: 1                         | A: 2 ~ A: 3             | A: 2 ~ A: 3
            A: 1                         |                         | A: 1
            Cache-Control: max-age=1     | Cache-Control: max-age=2 | Cache-Control: max-age=2
            Expires: 0                   | Expires: {T}            | Expires: Tue, 14 Nov 2023 22:13:20 GMT
            ETag: "a"                    | ETag: W/"a"             | ETag: W/"a"
            Content-Type: a/b            | Content-Type: c/d       | Content-Type: c/d
            Content-Location: /a         | Content-Location: /b    | Content-Location: /b
            Content-Foo: 1               | Content-Foo: 2          | Content-Foo: 2
            Content-Security-Policy: a   | Content-Security-Policy: b | Content-Security-Policy: b
            Vary: a                      | Vary: b                 | Vary: b
            X-Frame-Options: a           | X-Frame-Options: b      | X-Frame-Options: b
            """)
    void updated(String stored, @Nullable String update, String expected) {
      assertEquals(expected, freshened(stored, update));
    }

    @ParameterizedTest
    @DisplayName("§3.2 MUST NOT update Content-Length and the fields that are not stored")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Content-Length: 5      | Content-Length: 0                   | Content-Length: 5
            Content-Length: 5      | content-length: 9                   | Content-Length: 5
            Content-Encoding: gzip | Content-Encoding: br                | Content-Encoding: gzip
            A: 1                   | Content-Encoding: gzip              | A: 1
            A: 1                   | Content-Range: bytes 0-1/2          | A: 1
            A: 1                   | Transfer-Encoding: chunked          | A: 1
            A: 1                   | Trailer: B                          | A: 1
            A: 1                   | Connection: close                   | A: 1
            A: 1                   | Connection: B ~ B: 2 ~ C: 3         | A: 1 ~ C: 3
            A: 1                   | Connection: a, b ~ A: 2 ~ B: 2      | A: 1
            A: 1                   | Keep-Alive: 5 ~ Upgrade: h2c        | A: 1
            A: 1                   | Proxy-Authenticate: x               | A: 1
            A: 1                   | Proxy-Authentication-Info: x        | A: 1
            A: 1                   | Proxy-Authorization: x ~ TE: x      | A: 1
            A: 1                   | Proxy-Connection: x                 | A: 1
            A: 1                   | Warning: 110 - "stale"              | A: 1
            """)
    void notUpdated(String stored, String update, String expected) {
      assertEquals(expected, freshened(stored, update));
    }

    @ParameterizedTest
    @DisplayName("§4.3.4 the freshened response's age MUST count from the update")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            A: 1 ~ Age: 100 ~ Date: {T-100} | Date: {T}          | A: 1 ~ Date: Tue, 14 Nov 2023 22:13:20 GMT
            A: 1 ~ Age: 100                 | Age: 3             | A: 1 ~ Age: 3
            A: 1 ~ Age: 100 ~ Date: {T-100} |                    | A: 1
            """)
    void ageCountsFromUpdate(String stored, @Nullable String update, String expected) {
      assertEquals(expected, freshened(stored, update));
    }

    @Test
    @DisplayName("§4.3.4 freshening leaves both arguments as they are")
    void argumentsUnchanged() {
      ResponseHead stored = Heads.ok("A: 1 ~ Age: 5");
      ResponseHead update = Heads.response(304, "A: 2 ~ Connection: x");
      String storedBefore = Heads.text(stored.fields());
      String updateBefore = Heads.text(update.fields());
      Validation.freshen(stored, update);
      assertEquals(storedBefore, Heads.text(stored.fields()));
      assertEquals(updateBefore, Heads.text(update.fields()));
    }

    @Test
    @DisplayName("§4.3.5 MUST use the fields of the HEAD response for the update")
    void headUpdate() {
      ResponseHead after =
          Validation.freshen(
              Heads.response(200, "A: 1 ~ Content-Length: 5"),
              Heads.response(200, "A: 2 ~ Content-Length: 5 ~ Cache-Control: max-age=9"));
      assertEquals(
          "A: 2 ~ Cache-Control: max-age=9 ~ Content-Length: 5", Heads.text(after.fields()));
    }
  }

  @Nested
  class Should {
    @ParameterizedTest
    @DisplayName("§4.3.1 SHOULD send Last-Modified of a single stored response")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Last-Modified: {T}                        | if-modified-since: {T}
            Last-Modified: {T} ~ ETag: "a"            | if-modified-since: {T} ~ if-none-match: "a"
            Last-Modified: Tue Nov 14 22:13:20 2023   | if-modified-since: Tue Nov 14 22:13:20 2023
            Last-Modified: yesterday                  | ''
            Last-Modified: {T} & Last-Modified: {T-1} | ''
            Last-Modified: {T} & ETag: "a"            | if-none-match: "a"
            """)
    void lastModified(String stored, String expected) {
      assertEquals(Heads.withDates(expected), conditional(null, stored));
    }

    @ParameterizedTest
    @DisplayName("§4.3.5 SHOULD update or invalidate the stored response of GET by a 200 to HEAD")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            # stored (5 bytes), status and fields of the response to HEAD
            ETag: "a"          | 200 |                                       | FRESHEN
            ETag: "a"          | 200 | ETag: "a"                             | FRESHEN
            ETag: "a"          | 200 | ETag: "a" ~ Content-Length: 5         | FRESHEN
            ETag: "a"          | 200 | ETag: "a" ~ Content-Length: 6         | INVALIDATE
            ETag: "a"          | 200 | ETag: "a" ~ Content-Length: x         | INVALIDATE
            ETag: "a"          | 200 | ETag: "b"                             | INVALIDATE
            ETag: "a"          | 200 | ETag: W/"a"                           | INVALIDATE
            X: 1               | 200 | ETag: "a"                             | INVALIDATE
            X: 1               | 200 |                                       | FRESHEN
            X: 1               | 200 | Content-Length: 5                     | FRESHEN
            X: 1               | 200 | Content-Length: 4                     | INVALIDATE
            Last-Modified: {T} | 200 | Last-Modified: {T}                    | FRESHEN
            Last-Modified: {T} | 200 | Last-Modified: {T-1}                  | INVALIDATE
            Last-Modified: {T} ~ ETag: "a" | 200 | Last-Modified: {T-1} ~ ETag: "a" | INVALIDATE
            X: 1               | 200 | Last-Modified: {T}                    | INVALIDATE
            ETag: "a"          | 404 | ETag: "b"                             | IGNORE
            ETag: "a"          | 500 |                                       | IGNORE
            ETag: "a"          | 304 | ETag: "b"                             | IGNORE
            """)
    void headEffect(String stored, int status, @Nullable String head, HeadEffect expected) {
      assertEquals(
          expected,
          Validation.headEffect(
              Heads.response(200, stored), /* storedLength= */ 5, Heads.response(status, head)));
    }

    @Test
    @DisplayName("§4.3.5 a stored 404 is not what a 200 to HEAD describes")
    void headOfOtherStatus() {
      assertEquals(
          HeadEffect.INVALIDATE,
          Validation.headEffect(Heads.response(404, null), 5, Heads.response(200, null)));
    }
  }

  @Nested
  class May {
    @Test
    @DisplayName("§4.3.2 MAY combine the client's entity tags with its own: not done")
    void union() {
      assertEquals(
          "if-none-match: \"a\"", conditional("If-None-Match: \"x\", \"y\"", "ETag: \"a\""));
    }

    @Test
    @DisplayName("§4.3.4 freshening makes a stale response fresh again")
    void freshAgain() {
      ResponseHead stored = Heads.ok("Cache-Control: max-age=60 ~ ETag: \"a\"");
      ResponseHead after =
          Validation.freshen(stored, Heads.response(304, "ETag: \"a\" ~ Date: {T+100}"));
      long later = Heads.T + 100_000;
      assertTrue(ReuseTerms.of(after, later, later, CacheRules.DEFAULTS).isFresh(later + 59_999));
    }
  }
}
