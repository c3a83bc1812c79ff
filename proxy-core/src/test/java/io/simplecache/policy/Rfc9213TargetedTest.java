package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9213 and Surrogate-Control. */
class Rfc9213TargetedTest {
  private static void assertLifetime(
      String fields, long seconds, Reason expected, CacheRules rules) {
    ReuseTerms terms = Heads.terms(Heads.ok(fields), rules);
    assertEquals(expected, terms.lifetimeReason());
    assertEquals(seconds * 1000, terms.freshnessLifetimeMillis());
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("RFC 9213 §2.2 MUST use the first valid targeted field and ignore the others")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            CDN-Cache-Control: max-age=9                                        | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=9 ~ Cache-Control: max-age=5             | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=9 ~ Cache-Control: no-store              | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=9 ~ Expires: {T+5}                       | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=0 ~ Cache-Control: max-age=5             | 0  | LIFETIME_TARGETED
            CDN-Cache-Control: s-maxage=7, max-age=9                            | 7  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=5 ~ CDN-Cache-Control: max-age=9         | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: max-age=9;x=y, foo=(a b);c, bar=:eA==:           | 9  | LIFETIME_TARGETED
            CDN-Cache-Control: foo ~ Cache-Control: max-age=5                   | 0  | LIFETIME_NONE
            CDN-Cache-Control: foo ~ Expires: {T+5}                             | 0  | LIFETIME_NONE
            CDN-Cache-Control: public ~ Last-Modified: {T-100}                  | 10 | LIFETIME_HEURISTIC
            CDN-Cache-Control: ~ Cache-Control: max-age=5                       | 5  | LIFETIME_MAX_AGE
            Other-Cache-Control: max-age=9 ~ Cache-Control: max-age=5           | 5  | LIFETIME_MAX_AGE
            """)
    void firstValid(String fields, long seconds, Reason expected) {
      assertLifetime(fields, seconds, expected, CacheRules.DEFAULTS);
    }

    @ParameterizedTest
    @DisplayName("RFC 9213 §2.1 MUST ignore a field that is no Dictionary as a whole")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            MAX-AGE=9
            max-age=9,
            max-age = 9
            max-age= 9
            max-age =9
            max-age=9; Max-Age=3
            max-age=9, private="
            max-age=9999999999999999
            max-age=9,,foo
            "max-age"=9
            max-age=9 foo
            no-store, Private
            max-age=é
            """)
    void invalidField(String value) {
      assertLifetime(
          "CDN-Cache-Control: " + value + " ~ Cache-Control: max-age=5",
          5,
          Reason.LIFETIME_MAX_AGE,
          CacheRules.DEFAULTS);
    }

    @ParameterizedTest
    @DisplayName("RFC 9213 §2.1 MUST NOT consume values of another type: the response is stale")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            max-age="9"
            max-age=9.0
            max-age=a
            max-age=(9)
            max-age=:eA==:
            max-age=-9
            max-age
            s-maxage="9", max-age=9
            """)
    void otherType(String value) {
      assertLifetime(
          "CDN-Cache-Control: " + value + " ~ Cache-Control: max-age=5",
          0,
          Reason.LIFETIME_INVALID,
          CacheRules.DEFAULTS);
    }

    @ParameterizedTest
    @DisplayName("RFC 9213 §2.2 the directives of the targeted field decide about storing too")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            no-store                     | NO_STORE
            no-store=1                   | NO_STORE
            no-store=?0, max-age=9       | STORABLE
            private, max-age=9           | PRIVATE
            private=1, max-age=9         | PRIVATE
            private="x-a", max-age=9     | STORABLE
            private=("x-a" "x-b"), max-age=9 | STORABLE
            private=(), max-age=9        | PRIVATE
            private=?0, max-age=9        | STORABLE
            max-age=9                    | STORABLE
            must-understand, no-store, max-age=9 | STORABLE
            """)
    void storing(String value, Reason expected) {
      assertEquals(
          expected,
          Storability.of(
                  Heads.get(null),
                  RequestDirectives.NONE,
                  Heads.ok("Cache-Control: max-age=5 ~ CDN-Cache-Control: " + value),
                  CacheRules.DEFAULTS)
              .reason());
    }
  }

  @Test
  @DisplayName("RFC 9213 §2.2 the operator's list, in its order")
  void targetList() {
    CacheRules rules =
        CacheRules.builder()
            .targetedFields(List.of("Simple-Cache-Control", "CDN-Cache-Control"))
            .build();
    String both = "CDN-Cache-Control: max-age=9 ~ Simple-Cache-Control: ";
    assertLifetime(both + "max-age=3", 3, Reason.LIFETIME_TARGETED, rules);
    assertLifetime(both + "MAX", 9, Reason.LIFETIME_TARGETED, rules);
    CacheRules none = CacheRules.builder().targetedFields(List.of()).build();
    assertLifetime(both + "max-age=3 ~ Cache-Control: max-age=5", 5, Reason.LIFETIME_MAX_AGE, none);
  }

  @ParameterizedTest
  @DisplayName("Surrogate-Control by option: after the targeted fields, before Cache-Control")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Surrogate-Control: max-age=9                                       | 9  | -1 | LIFETIME_TARGETED
          Surrogate-Control: max-age=9+30                                    | 9  | 30 | LIFETIME_TARGETED
          Surrogate-Control: max-age=9+x                                     | 9  | 0  | LIFETIME_TARGETED
          Surrogate-Control: max-age=9 ~ CDN-Cache-Control: max-age=3        | 3  | -1 | LIFETIME_TARGETED
          Surrogate-Control: content="ESI/1.0" ~ Cache-Control: max-age=5    | 5  | -1 | LIFETIME_MAX_AGE
          Cache-Control: max-age=5                                           | 5  | -1 | LIFETIME_MAX_AGE
          """)
  void surrogateControl(String fields, long seconds, long staleSeconds, Reason expected) {
    CacheRules rules = CacheRules.builder().surrogateControl(true).build();
    assertLifetime(fields, seconds, expected, rules);
    assertEquals(staleSeconds, Heads.terms(Heads.ok(fields), rules).staleWhileRevalidateSeconds());
  }

  @Test
  @DisplayName("Surrogate-Control is ignored by default")
  void surrogateControlOff() {
    assertLifetime(
        "Surrogate-Control: max-age=9 ~ Cache-Control: max-age=5",
        5,
        Reason.LIFETIME_MAX_AGE,
        CacheRules.DEFAULTS);
  }
}
