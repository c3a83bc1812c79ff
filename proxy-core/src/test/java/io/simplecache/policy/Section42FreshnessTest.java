package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.message.ResponseHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.2.1 to §4.2.3: lifetimes and ages. */
class Section42FreshnessTest {
  private static final String MAX_SECONDS = "2147483647";

  private static void assertLifetime(
      @Nullable String fields, long expectedSeconds, Reason expected, CacheRules rules) {
    ReuseTerms terms = Heads.terms(Heads.ok(fields), rules);
    assertEquals(expectedSeconds * 1000, terms.freshnessLifetimeMillis());
    assertEquals(expected, terms.lifetimeReason());
  }

  private static void assertLifetime(@Nullable String fields, long seconds, Reason expected) {
    assertLifetime(fields, seconds, expected, CacheRules.DEFAULTS);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§4.2.1 MUST use the first of s-maxage, max-age, Expires")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Control: s-maxage=10, max-age=20 ~ Expires: {T+30}    | 10 | LIFETIME_S_MAXAGE
            Cache-Control: max-age=20, s-maxage=10                      | 10 | LIFETIME_S_MAXAGE
            Cache-Control: max-age=20 ~ Expires: {T+30}                 | 20 | LIFETIME_MAX_AGE
            Cache-Control: max-age=20 ~ Expires: 0                      | 20 | LIFETIME_MAX_AGE
            Cache-Control: max-age=0 ~ Expires: {T+30}                  | 0  | LIFETIME_MAX_AGE
            Cache-Control: s-maxage=0 ~ Expires: {T+30}                 | 0  | LIFETIME_S_MAXAGE
            Cache-Control: public ~ Expires: {T+30}                     | 30 | LIFETIME_EXPIRES
            Expires: {T+30}                                             | 30 | LIFETIME_EXPIRES
            Expires: {T+30} ~ Date: {T+10}                              | 20 | LIFETIME_EXPIRES
            Expires: {T+30} ~ Date: {T-10}                              | 40 | LIFETIME_EXPIRES
            Expires: {T+30} ~ Date: nonsense                            | 30 | LIFETIME_EXPIRES
            Expires: {T-30}                                             | 0  | LIFETIME_EXPIRES
            Expires: {T}                                                | 0  | LIFETIME_EXPIRES
            Expires: {T-30} ~ Last-Modified: {T-9000}                   | 0  | LIFETIME_EXPIRES
                                                                        | 0  | LIFETIME_NONE
            Cache-Control: public                                       | 0  | LIFETIME_NONE
            """)
    void precedence(@Nullable String fields, long seconds, Reason expected) {
      assertLifetime(fields, seconds, expected);
    }

    @ParameterizedTest
    @DisplayName("§5.3 MUST read an invalid Expires as a time in the past")
    @ValueSource(
        strings = {
          "Expires: 0",
          "Expires: -1",
          "Expires:",
          "Expires: now",
          "Expires: Tue, 14 Nov 2023 23:13:20 UTC",
          "Expires: Tue, 14 Nov 2023 23:13:20 EST",
          "Expires: Tue, 14 Nov 2023 23:13:20",
          "Expires: Tue, 14 Nov 2023 3:13:20 GMT",
          "Expires: Tue, 14 Nov 23 23:13:20 GMT",
          "Expires: 2023-11-14T23:13:20Z",
          "Expires: {T+30}, {T+30}",
          "Expires: {T+30} ~ Expires: {T+30}",
          "Expires: {T+30} ~ Expires: {T-30}",
          "Expires: 0 ~ Last-Modified: {T-9000}"
        })
    void invalidExpires(String fields) {
      assertLifetime(fields, 0, Reason.LIFETIME_INVALID);
    }

    @Test
    @DisplayName("§5.3 MUST read all three date formats")
    void expiresFormats() {
      assertLifetime("Expires: Tue, 14 Nov 2023 22:14:20 GMT", 60, Reason.LIFETIME_EXPIRES);
      assertLifetime("Expires: Tuesday, 14-Nov-23 22:14:20 GMT", 60, Reason.LIFETIME_EXPIRES);
      assertLifetime("Expires: Tue Nov 14 22:14:20 2023", 60, Reason.LIFETIME_EXPIRES);
    }

    @ParameterizedTest
    @DisplayName("§4.2.2 MUST NOT use heuristics with explicit freshness, nor for other statuses")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            200 | Cache-Control: max-age=0                  | LIFETIME_MAX_AGE
            200 | Cache-Control: max-age=x                  | LIFETIME_INVALID
            200 | Expires: 0                                | LIFETIME_INVALID
            200 | Expires: {T}                              | LIFETIME_EXPIRES
            201 |                                           | LIFETIME_NONE
            302 |                                           | LIFETIME_NONE
            500 |                                           | LIFETIME_NONE
            503 | Cache-Control: must-revalidate            | LIFETIME_NONE
            """)
    void noHeuristic(int status, @Nullable String fields, Reason expected) {
      ResponseHead head = Heads.response(status, fields);
      head.fields().add(Heads.fields("Date: {T} ~ Last-Modified: {T-9000}"));
      ReuseTerms terms = Heads.terms(head, CacheRules.DEFAULTS);
      assertEquals(0, terms.freshnessLifetimeMillis());
      assertEquals(expected, terms.lifetimeReason());
    }

    @ParameterizedTest
    @DisplayName("§4.2.3 MUST reckon Age from the time of the request")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            # fields              | delay | resident | expected, all milliseconds
                                  | 0     | 0        | 0
                                  | 0     | 1500     | 1500
                                  | 700   | 0        | 700
                                  | 700   | 1000     | 1700
            Age: 10               | 0     | 0        | 10000
            Age: 10               | 700   | 1000     | 11700
            Date: {T-5}           | 0     | 0        | 5000
            Date: {T-5}           | 700   | 1000     | 6000
            Date: {T-5} ~ Age: 3  | 0     | 1000     | 6000
            Date: {T-5} ~ Age: 5  | 700   | 1000     | 6700
            Date: {T+5}           | 0     | 1000     | 1000
            Date: {T+5} ~ Age: 2  | 0     | 1000     | 3000
            Date: nonsense        | 0     | 1000     | 1000
            Date: {T-9999}        | 0     | 0        | 9999000
            """)
    void currentAge(@Nullable String fields, long delay, long resident, long expected) {
      ResponseHead head = Heads.response(200, fields);
      ReuseTerms terms = ReuseTerms.of(head, Heads.T - delay, Heads.T, CacheRules.DEFAULTS);
      assertEquals(expected, terms.currentAgeMillis(Heads.T + resident));
    }

    @Test
    @DisplayName("§4.2.3 Date has whole seconds: its fraction adds no age")
    void dateWithinSecond() {
      ReuseTerms terms =
          ReuseTerms.of(Heads.ok(null), Heads.T + 900, Heads.T + 999, CacheRules.DEFAULTS);
      assertEquals(99, terms.currentAgeMillis(Heads.T + 999));
    }

    @Test
    @DisplayName("§4.2.3 an age is never negative and never overflows, whatever the clock does")
    void clockJumps() {
      ReuseTerms terms = Heads.terms("Age: 99999999999999999999");
      assertEquals(Integer.MAX_VALUE * 1000L, terms.currentAgeMillis(Heads.T));
      assertEquals(Long.MAX_VALUE, terms.currentAgeMillis(Long.MAX_VALUE));
      assertEquals(Integer.MAX_VALUE * 1000L, terms.currentAgeMillis(Long.MIN_VALUE));
      ReuseTerms backwards =
          ReuseTerms.of(Heads.ok(null), Heads.T + 5000, Heads.T, CacheRules.DEFAULTS);
      assertEquals(0, backwards.currentAgeMillis(Heads.T - 1000));
      ReuseTerms extreme =
          ReuseTerms.of(Heads.ok(null), Long.MIN_VALUE, Long.MAX_VALUE, CacheRules.DEFAULTS);
      assertTrue(extreme.currentAgeMillis(0) > 0);
    }

    @ParameterizedTest
    @DisplayName("§4.2 MUST be fresh exactly while freshness_lifetime > current_age")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Control: max-age=10          | 0     | true  | 0
            Cache-Control: max-age=10          | 9999  | true  | 0
            Cache-Control: max-age=10          | 10000 | false | 0
            Cache-Control: max-age=10          | 10001 | false | 1
            Cache-Control: max-age=0           | 0     | false | 0
            Cache-Control: max-age=10 ~ Age: 9 | 999   | true  | 0
            Cache-Control: max-age=10 ~ Age: 9 | 1000  | false | 0
            Cache-Control: max-age=10 ~ Age: 20 | 0    | false | 10000
            Expires: {T+10}                    | 9999  | true  | 0
            Expires: {T+10}                    | 12000 | false | 2000
            Expires: {T+10} ~ Date: {T-4}      | 9999  | true  | 0
            Expires: {T+10} ~ Date: {T+4}      | 5999  | true  | 0
            Expires: {T+10} ~ Date: {T+4}      | 6000  | false | 0
            """)
    void freshWhile(String fields, long resident, boolean fresh, long staleFor) {
      ReuseTerms terms = Heads.terms(fields);
      assertEquals(fresh, terms.isFresh(Heads.T + resident));
      assertEquals(staleFor, terms.staleForMillis(Heads.T + resident));
    }

    @Test
    @DisplayName("§6.6.1 of RFC 9110 MUST use the time of receipt where Date is absent")
    void dateAbsent() {
      ResponseHead head = Heads.response(200, null);
      assertEquals(
          Heads.T + 7, ReuseTerms.of(head, 0, Heads.T + 7, CacheRules.DEFAULTS).dateMillis());
      assertEquals(Heads.T, Heads.terms("Date: {T}").dateMillis());
      assertEquals(Heads.T - 5000, Heads.terms("Date: {T-5}").dateMillis());
    }
  }

  @Nested
  class Should {
    @ParameterizedTest
    @DisplayName("§4.2.1 SHOULD consider invalid freshness information stale")
    @ValueSource(
        strings = {
          "max-age",
          "max-age=",
          "max-age=\"\"",
          "max-age=x",
          "max-age=-1",
          "max-age=+10",
          "max-age=10.0",
          "max-age=10.5",
          "max-age=1e3",
          "max-age=0x10",
          "max-age=10s",
          "max-age='10'",
          "max-age=10 20",
          "max-age=\"10",
          "max-age=10;x",
          "max-age=x, max-age=10",
          "max-age=10, max-age=x",
          "s-maxage=x, max-age=10",
          "s-maxage",
          "max-age=\u0661\u0660"
        })
    void invalidDirective(String cacheControl) {
      assertLifetime("Cache-Control: " + cacheControl, 0, Reason.LIFETIME_INVALID);
    }

    @ParameterizedTest
    @DisplayName(
        "§4.2.1 of several values SHOULD use the first, or be stale: never longer than either")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Control: max-age=10, max-age=20                     | 10
            Cache-Control: max-age=20, max-age=10                     | 10
            Cache-Control: max-age=20, max-age=0                      | 0
            Cache-Control: max-age=0, max-age=20                      | 0
            Cache-Control: max-age=10 ~ Cache-Control: max-age=20     | 10
            Cache-Control: max-age=20 ~ Cache-Control: max-age=10     | 10
            Cache-Control: max-age=10, max-age=10                     | 10
            """)
    void duplicates(String fields, long seconds) {
      assertLifetime(fields, seconds, Reason.LIFETIME_MAX_AGE);
    }

    @ParameterizedTest
    @DisplayName("§5.2 SHOULD accept both argument forms, any case, unknown neighbours")
    @ValueSource(
        strings = {
          "max-age=60",
          "max-age=\"60\"",
          "max-age=\"6\\0\"",
          "MaX-aGe=60",
          "max-age=060",
          "max-age=0000000000000000000000060",
          " max-age = 60 ",
          "max-age= 60",
          "foo, max-age=60, bar=1",
          "foo=\"max-age=1\", max-age=60",
          "foo=\"a, max-age=1, b\", max-age=60",
          "foo=\"\\\", max-age=1\", max-age=60",
          ",,max-age=60,,",
          "xmax-age=1, max-age=60, max-agex=1",
          "=, max-age=60",
          "=1, max-age=60"
        })
    void tolerantParsing(String cacheControl) {
      assertLifetime("Cache-Control: " + cacheControl, 60, Reason.LIFETIME_MAX_AGE);
    }

    @ParameterizedTest
    @DisplayName("§1.2.2 MUST take an overflow as the greatest number")
    @ValueSource(
        strings = {
          "2147483647",
          "2147483648",
          "2147483649",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "99999999999999999999999999999999"
        })
    void overflow(String number) {
      assertLifetime(
          "Cache-Control: max-age=" + number, Long.parseLong(MAX_SECONDS), Reason.LIFETIME_MAX_AGE);
      assertTrue(Heads.terms("Cache-Control: max-age=" + number).isFresh(Heads.T + 1));
    }

    @ParameterizedTest
    @DisplayName("§4.2 SHOULD match dates without regard to case")
    @ValueSource(
        strings = {
          "TUE, 14 NOV 2023 22:14:20 GMT",
          "tue, 14 nov 2023 22:14:20 gmt",
          "tUe, 14 noV 2023 22:14:20 gMt"
        })
    void dateCase(String date) {
      assertLifetime("Expires: " + date, 60, Reason.LIFETIME_EXPIRES);
    }

    @ParameterizedTest
    @DisplayName("§5.1 SHOULD use the first member of Age and ignore an invalid one")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Age: 10                | 10
            Age: 10, 20            | 10
            Age: 20, 10            | 20
            Age: 10 ~ Age: 20      | 10
            Age: 20 ~ Age: 10      | 20
            Age: 010               | 10
            Age: 0                 | 0
            Age:                   | 0
            Age: -10               | 0
            Age: +10               | 0
            Age: 10.5              | 0
            Age: 10s               | 0
            Age: abc               | 0
            Age: "10"              | 0
            Age: 10 20             | 0
            Age: abc, 10           | 0
            Age: 10, abc           | 10
            Age: 10;foo            | 0
            Age: 2147483648        | 2147483647
            Age: 99999999999999999 | 2147483647
            """)
    void age(String fields, long seconds) {
      assertEquals(seconds * 1000, Heads.terms(fields).currentAgeMillis(Heads.T));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName(
        "§4.2.2 MAY assign a heuristic lifetime: a tenth since Last-Modified, one day at most")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            200 | Last-Modified: {T-1000}                           | 100   | LIFETIME_HEURISTIC
            200 | Last-Modified: {T-1009}                           | 100   | LIFETIME_HEURISTIC
            200 | Last-Modified: {T-5}                              | 0     | LIFETIME_HEURISTIC
            200 | Last-Modified: {T-864000}                         | 86400 | LIFETIME_HEURISTIC
            200 | Last-Modified: {T-86400000}                       | 86400 | LIFETIME_HEURISTIC
            200 | Last-Modified: {T}                                | 0     | LIFETIME_NONE
            200 | Last-Modified: {T+1000}                           | 0     | LIFETIME_NONE
            200 | Last-Modified: yesterday                          | 0     | LIFETIME_NONE
            404 | Last-Modified: {T-1000}                           | 100   | LIFETIME_HEURISTIC
            501 | Last-Modified: {T-1000}                           | 100   | LIFETIME_HEURISTIC
            302 | Last-Modified: {T-1000} ~ Cache-Control: public   | 100   | LIFETIME_HEURISTIC
            599 | Last-Modified: {T-1000} ~ Cache-Control: public   | 100   | LIFETIME_HEURISTIC
            200 | Last-Modified: {T-1000} ~ Cache-Control: no-cache | 100   | LIFETIME_HEURISTIC
            """)
    void heuristic(int status, String fields, long seconds, Reason expected) {
      ResponseHead head = Heads.response(status, fields + " ~ Date: {T}");
      ReuseTerms terms = Heads.terms(head, CacheRules.DEFAULTS);
      assertEquals(seconds * 1000, terms.freshnessLifetimeMillis());
      assertEquals(expected, terms.lifetimeReason());
    }

    @Test
    @DisplayName("operator: fraction and bound of the heuristic")
    void heuristicSettings() {
      CacheRules rules =
          CacheRules.builder().heuristicFraction(0.5).maxHeuristicSeconds(400).build();
      assertLifetime("Last-Modified: {T-600}", 300, Reason.LIFETIME_HEURISTIC, rules);
      assertLifetime("Last-Modified: {T-6000}", 400, Reason.LIFETIME_HEURISTIC, rules);
      CacheRules none = CacheRules.builder().heuristicFraction(0).build();
      assertLifetime("Last-Modified: {T-600}", 0, Reason.LIFETIME_HEURISTIC, none);
    }

    @Test
    @DisplayName("operator: default lifetimes where the origin says nothing, forced ones always")
    void operatorLifetimes() {
      CacheRules byStatus =
          CacheRules.builder().defaultLifetimeSecondsByStatus(Map.of(200, 7L)).build();
      assertLifetime(null, 7, Reason.LIFETIME_DEFAULT, byStatus);
      assertLifetime("Last-Modified: {T-1000}", 7, Reason.LIFETIME_DEFAULT, byStatus);
      assertLifetime("Cache-Control: max-age=3", 3, Reason.LIFETIME_MAX_AGE, byStatus);
      assertLifetime("Expires: 0", 0, Reason.LIFETIME_INVALID, byStatus);
      CacheRules forced = byStatus.toBuilder().forcedLifetimeSeconds(9).build();
      assertLifetime("Cache-Control: max-age=3", 9, Reason.LIFETIME_FORCED, forced);
      assertLifetime(null, 9, Reason.LIFETIME_FORCED, forced);
    }
  }
}
