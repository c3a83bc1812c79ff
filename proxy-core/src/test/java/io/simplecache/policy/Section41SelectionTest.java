package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.1: calculating cache keys with Vary. */
class Section41SelectionTest {
  private static String value(String name, @Nullable String lines) {
    return Selection.selectingValue(Heads.fields(lines), name);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§4.1 MUST NOT use unless the nominated fields match: these differ")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            x-a             |                            | X-A:
            x-a             | X-A: 1                     |
            x-a             | X-A: 1                     | X-A: 2
            x-a             | X-A: a                     | X-A: A
            x-a             | X-A: 1, 2                  | X-A: 2, 1
            x-a             | X-A: 1                     | X-A: 1, 1
            x-a             | X-A: "1, 2"                | X-A: "1,2"
            user-agent      | User-Agent: a, b           | User-Agent: a,b
            cookie          | Cookie: a=1; b=2           | Cookie: b=2; a=1
            accept-encoding | Accept-Encoding: gzip      | Accept-Encoding: br
            accept-encoding | Accept-Encoding: gzip      |
            accept-encoding | Accept-Encoding:           |
            accept-encoding | Accept-Encoding: gzip      | Accept-Encoding: gzip;q=0.5
            accept-encoding | Accept-Encoding: gzip      | Accept-Encoding: gzip;q=0
            accept-encoding | Accept-Encoding: gzip      | Accept-Encoding: gzip, br
            accept-language | Accept-Language: en        | Accept-Language: de
            accept-language | Accept-Language: en, de    | Accept-Language: en, de;q=0.9
            accept-language | Accept-Language: en        | Accept-Language: en-GB
            accept          | Accept: a/b                | Accept: a/b;q=0.5
            accept          | Accept: a/b;p=x            | Accept: a/b;p=X
            """)
    void differ(String name, @Nullable String one, @Nullable String other) {
      assertNotEquals(value(name, one), value(name, other));
    }

    @Test
    @DisplayName("§4.1 an absent field MUST only match an absent one")
    void absent() {
      assertEquals(Selection.ABSENT, value("x-a", "X-B: 1"));
      assertEquals(value("x-a", null), value("x-a", "X-B: 1"));
      assertEquals("", value("x-a", "X-A:"));
      assertEquals("", value("accept-encoding", "Accept-Encoding: ,"));
    }

    @ParameterizedTest
    @DisplayName("§4.1 Vary: * always fails to match")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Vary: *             | true
            Vary: a, *          | true
            Vary: a ~ Vary: *   | true
            Vary: a,b ~ vary:*,c | true
            Vary: a             | false
            Vary: a*            | false
            Vary:               | false
                                | false
            """)
    void star(@Nullable String lines, boolean expected) {
      assertEquals(expected, Selection.variesOnEverything(Heads.fields(lines)));
    }

    @ParameterizedTest
    @DisplayName("§4.1 the fields that Vary nominates")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Vary: Accept-Encoding            | accept-encoding
            Vary: b, A                       | a b
            Vary: A ~ Vary: b,a              | a b
            Vary: , ,a,                      | a
            Vary: *, a                       | a
            Vary: *                          | ''
            Vary:                            | ''
                                             | ''
            """)
    void varyingFields(@Nullable String lines, String expected) {
      assertEquals(expected, String.join(" ", Selection.varyingFields(Heads.fields(lines))));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§4.1 MAY normalise white space, lines, order and case: these match")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            x-a             | X-A: 1                          | X-A:  1
            x-a             | X-A: 1, 2                       | X-A: 1,2
            x-a             | X-A: 1, 2                       | X-A: 1 ~ X-A: 2
            x-a             | X-A: 1,2                        | x-a: 1 ,, 2
            user-agent      | User-Agent: a, b                | User-Agent:  a, b
            accept-encoding | Accept-Encoding: gzip, br       | Accept-Encoding: br,gzip
            accept-encoding | Accept-Encoding: gzip, br       | Accept-Encoding: BR ~ Accept-Encoding: GZip
            accept-encoding | Accept-Encoding: gzip           | Accept-Encoding: gzip;q=1
            accept-encoding | Accept-Encoding: gzip;q=1.0     | Accept-Encoding: gzip;q=1.000
            accept-encoding | Accept-Encoding: gzip;q=0.5     | Accept-Encoding: gzip ; Q=0.50
            accept-encoding | Accept-Encoding: gzip;q=0       | Accept-Encoding: gzip;q=0.000
            accept-encoding | Accept-Encoding: x-gzip         | Accept-Encoding: gzip
            accept-encoding | Accept-Encoding: x-compress     | Accept-Encoding: compress
            accept-encoding | Accept-Encoding: gzip;q=1, *;q=0 | Accept-Encoding: *;q=0, gzip
            accept-language | Accept-Language: EN-gb          | Accept-Language: en-GB
            accept-language | Accept-Language: en;q=0.8,de    | Accept-Language: de, en; q=0.80
            accept-charset  | Accept-Charset: UTF-8, a;q=0.1  | Accept-Charset: a;q=0.1,utf-8
            accept          | Accept: a/b, c/d;q=0.1          | Accept: C/D;q=0.10,A/B
            accept          | Accept: a/b;p="x,y", c/d;q=0    | Accept: c/d;q=0, a/b; p="x,y"
            """)
    void match(String name, String one, String other) {
      assertEquals(value(name, one), value(name, other));
    }

    @ParameterizedTest
    @DisplayName("§4.1 what an unusable weight means is not known")
    @ValueSource(
        strings = {
          "gzip;q=",
          "gzip;q=x",
          "gzip;q=2",
          "gzip;q=-1",
          "gzip;q=0.1234",
          "gzip, gzip;q=0"
        })
    void invalidWeight(String members) {
      assertNotEquals("gzip", value("accept-encoding", "Accept-Encoding: " + members));
      String later = "br, " + members;
      assertNotEquals(
          value("accept-encoding", "Accept-Encoding: " + later),
          value("accept-encoding", "Accept-Encoding: " + members + ", br"));
    }
  }
}
