package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 §5.6.1. Lines are separated by {@code ~}, expected members by {@code ;}. */
class FieldListsTest {
  @ParameterizedTest
  @DisplayName(
      "§5.6.1 MUST parse and ignore empty members; commas in quoted strings do not separate")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a             | a
          a,b           | a;b
          a , b         | a;b
          ,a,,b,        | a;b
          a~b           | a;b
          a,b~c         | a;b;c
          ~a            | a
          "a,b",c       | "a,b";c
          x="a,b", c    | x="a,b";c
          "a\\",b",c    | "a\\",b";c
          "a,b          | "a;b
          x="a,b , c    | x="a;b;c
          "a\\          | "a\\
          "\\",b        | "\\";b
          a"b,c"d,e     | a"b,c"d;e
          """)
  void members_ofAllLines(String lines, String expected) {
    HttpHeaders fields = new DefaultHttpHeaders();
    for (String line : lines.split("~", -1)) {
      fields.add("x", line.strip());
    }
    assertEquals(expected, String.join(";", FieldLists.members(fields, "X")));
  }

  @Test
  void members_absent_none() {
    assertEquals(List.of(), FieldLists.members(new DefaultHttpHeaders(), "x"));
  }

  @Test
  void parameters_semicolonsInQuotes_doNotSeparate() {
    assertEquals(List.of("a", "b=\"c;d\"", "e"), FieldLists.parametersOf("a; b=\"c;d\" ;; e"));
  }

  @ParameterizedTest
  @CsvSource({"No-Cache,true", "no-cachee,false", "x,false", "NO-CACHE,true"})
  void containsToken_ignoresCase(String value, boolean expected) {
    HttpHeaders fields = new DefaultHttpHeaders().add("pragma", "a, " + value);
    assertEquals(expected, FieldLists.containsToken(fields, "pragma", "no-cache"));
  }
}
