package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.ByteRanges.Parts;
import io.simplecache.policy.ByteRanges.Range;
import io.simplecache.policy.ByteRanges.Unsatisfiable;
import io.simplecache.policy.ByteRanges.Whole;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 §14 and §13.1.5. */
class ByteRangesTest {
  private static final int MAX_RANGES = 4;

  private static String select(RequestHead request, ResponseHead stored, long length) {
    ByteRanges.Selection selection = ByteRanges.select(request, stored, length, MAX_RANGES);
    if (selection instanceof Parts parts) {
      return parts.ranges().stream()
          .map(range -> range.first() + "-" + range.last())
          .collect(Collectors.joining(" "));
    }
    return selection instanceof Whole ? "whole" : "416";
  }

  private static String select(@Nullable String range, long length) {
    return select(
        Heads.get(range == null ? null : "Range: " + range), Heads.response(200, null), length);
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§3.3 of RFC 9111 MUST NOT answer from a stored part what does not lie within it")
    @CsvSource(
        nullValues = "-",
        delimiter = '|',
        textBlock =
            """
            bytes=10-19     | 10-19
            bytes=12-13     | 12-13
            bytes=9-19      | -
            bytes=10-20     | -
            bytes=10-       | -
            bytes=-1        | -
            bytes=12-13,15-16 | -
            bytes=12        | -
            lines=12-13     | -
            """)
    void withinStoredPart(String range, @Nullable String expected) {
      ByteRanges.Range selected =
          ByteRanges.selectWithin(
              Heads.get("Range: " + range),
              Heads.response(206, "Content-Range: bytes 10-19/100"),
              new PartialContent(10, 19, 100));
      assertEquals(expected, selected == null ? null : selected.first() + "-" + selected.last());
    }

    @ParameterizedTest
    @DisplayName("§14.1.2 byte ranges of a hundred bytes")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            bytes=0-0                       | 0-0
            bytes=0-49                      | 0-49
            bytes=0-99                      | 0-99
            bytes=0-100                     | 0-99
            bytes=0-                        | 0-99
            bytes=99-                       | 99-99
            bytes=50-9999999999999999999999 | 50-99
            bytes=-1                        | 99-99
            bytes=-100                      | 0-99
            bytes=-999                      | 0-99
            bytes=-9999999999999999999999   | 0-99
            bytes=007-008                   | 7-8
            BYTES=0-1                       | 0-1
            bytes=0-1, 5-6                  | 0-1 5-6
            bytes=5-6,0-1                   | 5-6 0-1
            bytes= 0-1 ,, 5-6 ,             | 0-1 5-6
            bytes=0-1,-1                    | 0-1 99-99
            bytes=0-1,200-300               | 0-1
            bytes=200-300,0-1               | 0-1
            bytes=0-1,-0                    | 0-1
            """)
    void satisfiable(String range, String expected) {
      assertEquals(expected, select(range, 100));
    }

    @ParameterizedTest
    @DisplayName("§15.5.17 nothing of the body: 416")
    @ValueSource(
        strings = {
          "bytes=100-",
          "bytes=100-200",
          "bytes=9223372036854775807-",
          "bytes=99999999999999999999-99999999999999999999",
          "bytes=-0",
          "bytes=-0,100-",
          "bytes=100-,200-300"
        })
    void unsatisfiable(String range) {
      assertEquals("416", select(range, 100));
    }

    @ParameterizedTest
    @DisplayName(
        "§14.2 MUST ignore an invalid Range, an unknown unit, and one with too many ranges")
    @ValueSource(
        strings = {
          "bytes",
          "bytes=",
          "bytes=,",
          "bytes=-",
          "bytes=1",
          "bytes=a-b",
          "bytes=1-b",
          "bytes=1 - 2",
          "bytes=5-4",
          "bytes=0-1,5-4",
          "bytes=0-1,x",
          "bytes=--1",
          "bytes=+1-2",
          "bytes=0-1-2",
          "bytes=1.0-2",
          "bytes=\u0661-\u0662",
          "bytes 0-1",
          "lines=0-1",
          "0-1",
          "bytes=0-0,2-2,4-4,6-6,8-8",
          "bytes=0-0,0-0,0-0,0-0,0-0"
        })
    void ignored(String range) {
      assertEquals("whole", select(range, 100));
    }

    @ParameterizedTest
    @DisplayName("§14.2 MUST ignore Range but in GET, and of what is not a complete 200")
    @CsvSource({
      "GET,200,100,0-1",
      "HEAD,200,100,whole",
      "POST,200,100,whole",
      "GET,404,100,whole",
      "GET,206,100,whole",
      "GET,200,-1,whole",
      "GET,200,0,whole"
    })
    void onlyGetOf200(String method, int status, long length, String expected) {
      RequestHead request = Heads.request(method, "Range: bytes=0-1");
      assertEquals(expected, select(request, Heads.response(status, null), length));
    }

    @Test
    @DisplayName("§14.2 two Range fields are ignored; none is none")
    void severalFields() {
      RequestHead request = Heads.get("Range: bytes=0-1 ~ Range: bytes=5-6");
      assertEquals("whole", select(request, Heads.response(200, null), 100));
      assertEquals("whole", select(null, 100));
    }

    @ParameterizedTest
    @DisplayName("§13.1.5 MUST compare If-Range strongly, a date exactly")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            "a"           | ETag: "a"                                   | 0-1
            "b"           | ETag: "a"                                   | whole
            W/"a"         | ETag: "a"                                   | whole
            "a"           | ETag: W/"a"                                 | whole
            W/"a"         | ETag: W/"a"                                 | whole
            a             | ETag: a                                     | whole
            "a"           | X: 1                                        | whole
            *             | ETag: "a"                                   | whole
            "a", "b"      | ETag: "a"                                   | whole
            {T-1}         | Last-Modified: {T-1} ~ Date: {T}            | 0-1
            {T}           | Last-Modified: {T} ~ Date: {T}              | whole
            {T-1}         | Last-Modified: {T-1}                        | whole
            {T}           | Last-Modified: {T-1} ~ Date: {T}            | whole
            {T-2}         | Last-Modified: {T-1} ~ Date: {T}            | whole
            {T-1}         | ETag: "a" ~ Date: {T}                       | whole
            yesterday     | Last-Modified: yesterday ~ Date: {T}        | whole
            """)
    void ifRange(String condition, String stored, String expected) {
      RequestHead request = Heads.get("Range: bytes=0-1 ~ If-Range: " + condition);
      assertEquals(expected, select(request, Heads.response(200, stored), 100));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§15.3.7.2 MAY coalesce overlapping and adjacent ranges")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            bytes=0-5,3-9             | 0-9
            bytes=3-9,0-5             | 0-9
            bytes=0-5,6-9             | 0-9
            bytes=0-5,7-9             | 0-5 7-9
            bytes=0-9,3-5             | 0-9
            bytes=0-0,0-0             | 0-0
            bytes=0-1,8-9,0-9         | 0-9
            bytes=20-29,0-1,8-9,2-7   | 20-29 0-9
            bytes=0-,-5               | 0-99
            bytes=90-,-20             | 80-99
            """)
    void coalesced(String range, String expected) {
      assertEquals(expected, select(range, 100));
    }
  }

  @Test
  @DisplayName("§14.2 is a range in bytes requested?")
  void isRequested() {
    assertEquals(true, ByteRanges.isRequested(Heads.fields("Range: bytes=0-1")));
    assertEquals(true, ByteRanges.isRequested(Heads.fields("range: Bytes=x")));
    assertEquals(false, ByteRanges.isRequested(Heads.fields("Range: lines=0-1")));
    assertEquals(false, ByteRanges.isRequested(Heads.fields("If-Range: \"a\"")));
  }

  @Test
  @DisplayName("§14.4 Content-Range of a part and of a 416")
  void contentRange() {
    assertEquals("bytes 0-9/100", ByteRanges.contentRange(new Range(0, 9), 100));
    assertEquals("bytes */100", ByteRanges.unsatisfiedContentRange(100));
    assertEquals(10, new Range(0, 9).length());
    assertEquals(new Unsatisfiable(), new Unsatisfiable());
  }
}
