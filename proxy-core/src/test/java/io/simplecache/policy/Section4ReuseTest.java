package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9111 §4, §4.2.4, §5.2.1, RFC 5861 and RFC 8246: reuse. Ages in seconds. */
class Section4ReuseTest {
  private static String decide(
      @Nullable String asked, String stored, long ageSeconds, CacheRules rules) {
    ReuseTerms terms = Heads.terms(Heads.ok("Cache-Control: " + stored), rules);
    long nowMillis = Heads.T + ageSeconds * 1000;
    Reuse.Decision decision = Reuse.decide(Heads.asks(asked), terms, rules, nowMillis);
    return decision.action() + " " + decision.reason();
  }

  private static String decide(@Nullable String asked, String stored, long ageSeconds) {
    return decide(asked, stored, ageSeconds, CacheRules.DEFAULTS);
  }

  private static String onError(
      @Nullable String asked, String stored, long age, boolean serverError, CacheRules rules) {
    ReuseTerms terms = Heads.terms(Heads.ok("Cache-Control: " + stored), rules);
    long nowMillis = Heads.T + age * 1000;
    Reuse.Decision decision =
        Reuse.mayServeStaleOnError(Heads.asks(asked), terms, rules, nowMillis, serverError);
    return decision.action() + " " + decision.reason();
  }

  private static String onError(
      @Nullable String asked, String stored, long age, boolean serverError) {
    return onError(asked, stored, age, serverError, CacheRules.DEFAULTS);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§4 MUST NOT reuse unless fresh, allowed stale or validated")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=60              | 0   | SERVE FRESH
            max-age=60              | 59  | SERVE FRESH
            max-age=60              | 60  | VALIDATE STALE
            max-age=60              | 999 | VALIDATE STALE
            max-age=0               | 0   | VALIDATE STALE
            s-maxage=60             | 59  | SERVE FRESH
            max-age=9, s-maxage=60  | 59  | SERVE FRESH
            max-age=60, s-maxage=9  | 59  | VALIDATE MUST_REVALIDATE
            public                  | 0   | VALIDATE STALE
            max-age=60, immutable   | 59  | SERVE FRESH
            max-age=60, immutable   | 60  | VALIDATE STALE
            """)
    void freshOrValidated(String stored, long age, String expected) {
      assertEquals(expected, decide(null, stored, age));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.4 MUST NOT reuse no-cache without validation")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            no-cache                                        | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache                            | VALIDATE RESPONSE_NO_CACHE
            max-age=60, NO-CACHE                            | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache=""                         | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache="a b"                      | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache="x, Vary"                  | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache="date"                     | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache="x", no-cache              | VALIDATE RESPONSE_NO_CACHE
            max-age=60, immutable, no-cache                 | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache, stale-while-revalidate=99 | VALIDATE RESPONSE_NO_CACHE
            max-age=60, no-cache="x"                        | SERVE FRESH
            max-age=60, no-cache=x                          | VALIDATE RESPONSE_NO_CACHE
            """)
    void noCache(String stored, String expected) {
      assertEquals(expected, decide(null, stored, 1));
    }

    @ParameterizedTest
    @DisplayName("§4.2.4 MUST NOT serve stale when a directive prohibits it")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-stale      | max-age=9, must-revalidate                             | VALIDATE MUST_REVALIDATE
            max-stale=99   | max-age=9, proxy-revalidate                            | VALIDATE MUST_REVALIDATE
            max-stale      | s-maxage=9                                             | VALIDATE MUST_REVALIDATE
            max-stale      | max-age=9, no-cache                                    | VALIDATE RESPONSE_NO_CACHE
                           | max-age=9, must-revalidate, stale-while-revalidate=99  | VALIDATE MUST_REVALIDATE
                           | max-age=9, proxy-revalidate, stale-while-revalidate=99 | VALIDATE MUST_REVALIDATE
                           | s-maxage=9, stale-while-revalidate=99                  | VALIDATE MUST_REVALIDATE
            """)
    void staleProhibited(@Nullable String asked, String stored, String expected) {
      assertEquals(expected, decide(asked, stored, 10));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.2 MUST answer an error when disconnected with must-revalidate")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=9, must-revalidate                    | FAIL MUST_REVALIDATE
            max-age=9, must-revalidate, stale-if-error=99 | FAIL MUST_REVALIDATE
            """)
    void mustRevalidateDisconnected(String stored, String expected) {
      assertEquals(expected, onError(null, stored, 10, false));
      assertEquals(expected, onError("stale-if-error=99, max-stale", stored, 10, true));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.8 MUST NOT reuse stale with proxy-revalidate in a shared cache")
    @CsvSource({"false", "true"})
    void proxyRevalidate(boolean serverError) {
      assertEquals(
          "FAIL MUST_REVALIDATE",
          onError(null, "max-age=9, proxy-revalidate, stale-if-error=99", 10, serverError));
    }

    @ParameterizedTest
    @DisplayName("§5.2.2.10 MUST NOT reuse stale with s-maxage in a shared cache")
    @CsvSource({"false", "true"})
    void sMaxage(boolean serverError) {
      assertEquals(
          "FAIL MUST_REVALIDATE", onError(null, "s-maxage=9, stale-if-error=99", 10, serverError));
    }

    @ParameterizedTest
    @DisplayName("§4.4 MUST validate what was invalidated before its next use")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
                           | VALIDATE INVALIDATED
            max-stale      | VALIDATE INVALIDATED
            only-if-cached | GATEWAY_TIMEOUT ONLY_IF_CACHED
            """)
    void invalidated(@Nullable String asked, String expected) {
      ReuseTerms terms =
          Heads.terms("Cache-Control: max-age=60, stale-while-revalidate=60").asInvalidated();
      Reuse.Decision decision =
          Reuse.decide(Heads.asks(asked), terms, CacheRules.DEFAULTS, Heads.T);
      assertEquals(expected, decision.action() + " " + decision.reason());
      assertFalse(terms.isFresh(Heads.T));
      assertSame(terms, terms.asInvalidated());
      assertEquals(Reason.LIFETIME_MAX_AGE, terms.lifetimeReason());
      assertEquals(60_000, terms.freshnessLifetimeMillis());
      assertEquals(
          Reuse.Action.FAIL,
          Reuse.mayServeStaleOnError(
                  RequestDirectives.NONE, terms, CacheRules.DEFAULTS, Heads.T, false)
              .action());
    }
  }

  @Nested
  class Should {
    @ParameterizedTest
    @DisplayName("§5.2.1.7 SHOULD answer only-if-cached from the store or with 504")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            only-if-cached              | max-age=60                           | 10 | SERVE FRESH
            only-if-cached              | max-age=60                           | 60 | GATEWAY_TIMEOUT ONLY_IF_CACHED
            only-if-cached              | no-cache                             | 10 | GATEWAY_TIMEOUT ONLY_IF_CACHED
            only-if-cached, no-cache    | max-age=60                           | 10 | GATEWAY_TIMEOUT ONLY_IF_CACHED
            only-if-cached, max-age=5   | max-age=60                           | 10 | GATEWAY_TIMEOUT ONLY_IF_CACHED
            only-if-cached, max-stale   | max-age=60                           | 70 | SERVE_STALE REQUEST_MAX_STALE
            only-if-cached              | max-age=60,stale-while-revalidate=60 | 70 | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            ONLY-IF-CACHED              | max-age=60                           | 60 | GATEWAY_TIMEOUT ONLY_IF_CACHED
            """)
    void onlyIfCached(String asked, String stored, long age, String expected) {
      assertEquals(expected, decide(asked, stored, age));
    }

    @Test
    @DisplayName("§5.2.1.7 SHOULD answer 504 when nothing is stored")
    void onlyIfCachedNothingStored() {
      assertTrue(Reuse.onlyIfCachedFails(Heads.asks("only-if-cached")));
      assertFalse(Reuse.onlyIfCachedFails(Heads.asks("max-age=0")));
      assertFalse(Reuse.onlyIfCachedFails(RequestDirectives.NONE));
    }

    @ParameterizedTest
    @DisplayName("§5.2.1.4 a stored response SHOULD NOT satisfy no-cache without validation")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            no-cache            | max-age=60            | VALIDATE REQUEST_NO_CACHE
            No-Cache            | max-age=60            | VALIDATE REQUEST_NO_CACHE
            no-cache, max-stale | max-age=60            | VALIDATE REQUEST_NO_CACHE
            no-cache            | max-age=60, immutable | VALIDATE REQUEST_NO_CACHE
            """)
    void requestNoCache(String asked, String stored, String expected) {
      assertEquals(expected, decide(asked, stored, 1));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§5.2.1 MAY implement the request directives: max-age")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=0               | max-age=60                            | 0  | VALIDATE REQUEST_MAX_AGE
            max-age=0               | max-age=60, immutable                 | 5  | VALIDATE REQUEST_MAX_AGE
            max-age=10              | max-age=60                            | 10 | SERVE FRESH
            max-age=10              | max-age=60                            | 11 | VALIDATE REQUEST_MAX_AGE
            max-age=99              | max-age=60                            | 59 | SERVE FRESH
            max-age=99              | max-age=60                            | 60 | VALIDATE STALE
            max-age=99              | max-age=60, stale-while-revalidate=60 | 60 | VALIDATE STALE
            max-age=99, max-stale   | max-age=60                            | 70 | SERVE_STALE REQUEST_MAX_STALE
            max-age=65, max-stale   | max-age=60                            | 70 | VALIDATE REQUEST_MAX_AGE
            max-age=20, max-age=10  | max-age=60                            | 15 | VALIDATE REQUEST_MAX_AGE
            max-age="10"            | max-age=60                            | 11 | VALIDATE REQUEST_MAX_AGE
            max-age=99999999999999  | max-age=60                            | 11 | SERVE FRESH
            max-age=x               | max-age=60                            | 11 | SERVE FRESH
            max-age                 | max-age=60                            | 11 | SERVE FRESH
            max-age=-1              | max-age=60                            | 11 | SERVE FRESH
            max-age=x, max-age=10   | max-age=60                            | 11 | VALIDATE REQUEST_MAX_AGE
            """)
    void requestMaxAge(String asked, String stored, long age, String expected) {
      assertEquals(expected, decide(asked, stored, age));
    }

    @ParameterizedTest
    @DisplayName("§5.2.1 MAY implement the request directives: max-stale")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-stale               | max-age=60                            | 999999 | SERVE_STALE REQUEST_MAX_STALE
            max-stale=10            | max-age=60                            | 59     | SERVE FRESH
            max-stale=10            | max-age=60                            | 70     | SERVE_STALE REQUEST_MAX_STALE
            max-stale=10            | max-age=60                            | 71     | VALIDATE STALE
            max-stale=10            | max-age=60, stale-while-revalidate=99 | 71     | VALIDATE STALE
            max-stale=10            | max-age=60, stale-while-revalidate=99 | 70     | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            max-stale=20, max-stale=10 | max-age=60                         | 75     | VALIDATE STALE
            max-stale, max-stale=10 | max-age=60                            | 75     | VALIDATE STALE
            max-stale=x             | max-age=60                            | 70     | VALIDATE STALE
            max-stale=              | max-age=60                            | 70     | VALIDATE STALE
            """)
    void requestMaxStale(String asked, String stored, long age, String expected) {
      assertEquals(expected, decide(asked, stored, age));
    }

    @ParameterizedTest
    @DisplayName("§5.2.1 MAY implement the request directives: min-fresh")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            min-fresh=10               | max-age=60                            | 50 | SERVE FRESH
            min-fresh=10               | max-age=60                            | 51 | VALIDATE REQUEST_MIN_FRESH
            min-fresh=10               | max-age=60, stale-while-revalidate=99 | 70 | VALIDATE REQUEST_MIN_FRESH
            min-fresh=10               | max-age=60, immutable                 | 51 | VALIDATE REQUEST_MIN_FRESH
            min-fresh=0                | max-age=60                            | 59 | SERVE FRESH
            min-fresh=5, min-fresh=10  | max-age=60                            | 51 | VALIDATE REQUEST_MIN_FRESH
            min-fresh=x                | max-age=60                            | 51 | SERVE FRESH
            min-fresh=9999999999       | max-age=60                            | 0  | VALIDATE REQUEST_MIN_FRESH
            """)
    void requestMinFresh(String asked, String stored, long age, String expected) {
      assertEquals(expected, decide(asked, stored, age));
    }

    @ParameterizedTest
    @DisplayName("§5.2.1.5 a request's no-store MAY still be answered from the store")
    @CsvSource({"no-store", "'no-store, foo'", "no-transform", "'foo=1, bar'"})
    void requestWithoutEffect(String asked) {
      assertEquals("SERVE FRESH", decide(asked, "max-age=60", 1));
    }

    @ParameterizedTest
    @DisplayName("RFC 5861 §3 MAY serve stale while revalidating")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age=60, stale-while-revalidate=10                            | 59 | SERVE FRESH
            max-age=60, stale-while-revalidate=10                            | 60 | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            max-age=60, stale-while-revalidate=10                            | 70 | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            max-age=60, stale-while-revalidate=10                            | 71 | VALIDATE STALE
            max-age=0, stale-while-revalidate=10                             | 0  | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            max-age=60, stale-while-revalidate="10"                          | 70 | SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE
            max-age=60, stale-while-revalidate=0                             | 60 | VALIDATE STALE
            max-age=60, stale-while-revalidate                               | 61 | VALIDATE STALE
            max-age=60, stale-while-revalidate=x                             | 61 | VALIDATE STALE
            max-age=60, stale-while-revalidate=9, stale-while-revalidate=99  | 70 | VALIDATE STALE
            max-age=60, stale-if-error=99                                    | 61 | VALIDATE STALE
            """)
    void staleWhileRevalidate(String stored, long age, String expected) {
      assertEquals(expected, decide(null, stored, age));
    }

    @Test
    @DisplayName("operator: a default stale-while-revalidate, which the response overrides")
    void defaultStaleWhileRevalidate() {
      CacheRules rules = CacheRules.builder().defaultStaleWhileRevalidateSeconds(30).build();
      assertEquals(
          "SERVE_STALE_AND_VALIDATE STALE_WHILE_REVALIDATE", decide(null, "max-age=60", 90, rules));
      assertEquals("VALIDATE STALE", decide(null, "max-age=60", 91, rules));
      assertEquals(
          "VALIDATE STALE", decide(null, "max-age=60, stale-while-revalidate=5", 66, rules));
      assertEquals(
          "VALIDATE MUST_REVALIDATE", decide(null, "max-age=60, must-revalidate", 61, rules));
    }

    @ParameterizedTest
    @DisplayName("RFC 5861 §4 MAY serve stale after a server error, either side saying so")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
                                   | max-age=60                     | 61 | FAIL STALE_TOO_LONG
                                   | max-age=60, stale-if-error=10  | 70 | SERVE_STALE STALE_IF_ERROR
                                   | max-age=60, stale-if-error=10  | 71 | FAIL STALE_TOO_LONG
                                   | max-age=60, stale-if-error=0   | 60 | FAIL STALE_TOO_LONG
                                   | max-age=60, stale-if-error=x   | 61 | FAIL STALE_TOO_LONG
            stale-if-error=10      | max-age=60                     | 70 | SERVE_STALE STALE_IF_ERROR
            stale-if-error=10      | max-age=60                     | 71 | FAIL STALE_TOO_LONG
            stale-if-error=10      | max-age=60, stale-if-error=20  | 80 | SERVE_STALE STALE_IF_ERROR
            stale-if-error=20      | max-age=60, stale-if-error=10  | 80 | SERVE_STALE STALE_IF_ERROR
            stale-if-error=x       | max-age=60                     | 61 | FAIL STALE_TOO_LONG
            no-cache               | max-age=60, stale-if-error=10  | 61 | FAIL REQUEST_NO_CACHE
                                   | no-cache, stale-if-error=10    | 5  | FAIL RESPONSE_NO_CACHE
            max-age=1              | max-age=60                     | 5  | SERVE FRESH
            min-fresh=59           | max-age=60                     | 5  | SERVE FRESH
            """)
    void staleIfServerError(@Nullable String asked, String stored, long age, String expected) {
      assertEquals(expected, onError(asked, stored, age, /* serverError= */ true));
    }

    @ParameterizedTest
    @DisplayName("§4.2.4 MAY serve stale when disconnected, within a bound")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
                              | max-age=60                    | 61    | SERVE_STALE STALE_ORIGIN_UNREACHABLE
                              | max-age=60                    | 86460 | SERVE_STALE STALE_ORIGIN_UNREACHABLE
                              | max-age=60                    | 86461 | FAIL STALE_TOO_LONG
                              | max-age=60, stale-if-error=10 | 70    | SERVE_STALE STALE_ORIGIN_UNREACHABLE
                              | max-age=60, stale-if-error=10 | 71    | FAIL STALE_TOO_LONG
                              | max-age=60, stale-if-error=0  | 61    | FAIL STALE_TOO_LONG
            stale-if-error=10 | max-age=60                    | 71    | FAIL STALE_TOO_LONG
                              | public                        | 10    | SERVE_STALE STALE_ORIGIN_UNREACHABLE
                              | no-cache                      | 10    | FAIL RESPONSE_NO_CACHE
            no-cache          | max-age=60                    | 10    | FAIL REQUEST_NO_CACHE
            """)
    void staleIfUnreachable(@Nullable String asked, String stored, long age, String expected) {
      assertEquals(expected, onError(asked, stored, age, /* serverError= */ false));
    }

    @Test
    @DisplayName("operator: both windows, and none")
    void errorWindows() {
      CacheRules rules =
          CacheRules.builder().staleOnServerErrorSeconds(5).defaultStaleIfErrorSeconds(0).build();
      assertEquals("SERVE_STALE STALE_IF_ERROR", onError(null, "max-age=60", 65, true, rules));
      assertEquals("FAIL STALE_TOO_LONG", onError(null, "max-age=60", 66, true, rules));
      assertEquals("FAIL STALE_TOO_LONG", onError(null, "max-age=60", 60, false, rules));
    }

    @Test
    @DisplayName("the decision of a hit is a constant")
    void constants() {
      ReuseTerms terms = Heads.terms("Cache-Control: max-age=60");
      assertSame(
          Reuse.decide(RequestDirectives.NONE, terms, CacheRules.DEFAULTS, Heads.T),
          Reuse.decide(RequestDirectives.NONE, terms, CacheRules.DEFAULTS, Heads.T + 1));
    }
  }

  @Nested
  class Pragma {
    @ParameterizedTest
    @DisplayName("§5.4 Pragma: no-cache counts where there is no Cache-Control")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Pragma: no-cache                               | true
            Pragma: No-Cache                               | true
            Pragma: foo, no-cache                          | true
            Pragma: foo                                    | false
            Pragma: no-cache ~ Cache-Control: max-age=60   | false
            Pragma: no-cache ~ Cache-Control:              | false
            Pragma: foo ~ Cache-Control: no-cache          | true
                                                           | false
            """)
    void pragma(@Nullable String fields, boolean noCache) {
      assertEquals(noCache, RequestDirectives.of(Heads.fields(fields)).noCache());
    }

    @Test
    @DisplayName("§5.4 Pragma in a response has no meaning")
    void response() {
      assertFalse(Heads.terms("Pragma: no-cache ~ Cache-Control: max-age=60").noCache());
    }

    @Test
    void neitherField_isNone() {
      assertSame(RequestDirectives.NONE, RequestDirectives.of(Heads.fields("Accept: a/b")));
      assertSame(RequestDirectives.NONE, RequestDirectives.of(Heads.fields("Pragma: foo")));
    }
  }
}
