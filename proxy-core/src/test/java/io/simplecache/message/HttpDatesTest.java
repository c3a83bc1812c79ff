package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 §5.6.7. */
class HttpDatesTest {
  private static final long NOV_6_1994 = 784_111_777_000L;

  @ParameterizedTest
  @DisplayName("§5.6.7 MUST accept all three formats, here in any case")
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun Nov 06 08:49:37 1994",
        "sun, 06 nov 1994 08:49:37 gmt",
        "SUN, 06 NOV 1994 08:49:37 GMT",
        "sUNDAY, 06-nOV-94 08:49:37 gmT",
        "SUN NOV  6 08:49:37 1994",
        "  Sun, 06 Nov 1994 08:49:37 GMT ",
        "Mon, 06 Nov 1994 08:49:37 GMT"
      })
  void parse_threeFormats_sameTime(String date) {
    assertEquals(NOV_6_1994, HttpDates.parseMillis(date));
  }

  @ParameterizedTest
  @DisplayName("§5.6.7 anything else is invalid")
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "-1",
        "now",
        "GMT",
        ",",
        "Sun, ",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 EST",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 06 Nov 1994 08.49.37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun, 06  Nov 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xyz 1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Someday, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-xx 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "1994-11-06T08:49:37Z",
        "784111777"
      })
  void parse_otherFormat_isInvalid(String date) {
    assertEquals(HttpDates.INVALID, HttpDates.parseMillis(date));
  }

  @Test
  void parse_absent_isInvalid() {
    assertEquals(HttpDates.INVALID, HttpDates.parseMillis(null));
    assertEquals(HttpDates.INVALID, HttpDates.parseMillis(null, 0));
  }

  @ParameterizedTest
  @DisplayName("§5.6.7 MUST read a year more than 50 years ahead as one of the past")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Sun, 06 Nov 1994 00:00:00 GMT | Sunday, 06-Nov-94 08:49:37 GMT | Sun, 06 Nov 1994 08:49:37 GMT
          Sun, 06 Nov 1994 00:00:00 GMT | Sunday, 06-Nov-44 08:49:37 GMT | Sun, 06 Nov 2044 08:49:37 GMT
          Sun, 06 Nov 1994 00:00:00 GMT | Sunday, 06-Nov-45 08:49:37 GMT | Mon, 06 Nov 1945 08:49:37 GMT
          Tue, 01 Jan 2030 00:00:00 GMT | Sunday, 06-Nov-79 08:49:37 GMT | Mon, 06 Nov 2079 08:49:37 GMT
          Tue, 01 Jan 2030 00:00:00 GMT | Sunday, 06-Nov-81 08:49:37 GMT | Fri, 06 Nov 1981 08:49:37 GMT
          """)
  void parse_twoDigitYear_within50YearsAhead(String now, String date, String expected) {
    assertEquals(
        HttpDates.parseMillis(expected), HttpDates.parseMillis(date, HttpDates.parseMillis(now)));
  }

  @Test
  @DisplayName("§5.6.7 a leap second is in the grammar")
  void parse_leapSecond_isNextMinute() {
    assertEquals(
        HttpDates.parseMillis("Sun, 01 Jan 2017 00:00:00 GMT"),
        HttpDates.parseMillis("Sat, 31 Dec 2016 23:59:60 GMT"));
  }

  @ParameterizedTest
  @DisplayName("§5.6.7 MUST generate IMF-fixdate")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          784111777000         | Sun, 06 Nov 1994 08:49:37 GMT
          784111777999         | Sun, 06 Nov 1994 08:49:37 GMT
          0                    | Thu, 01 Jan 1970 00:00:00 GMT
          -1                   | Thu, 01 Jan 1970 00:00:00 GMT
          -9223372036854775808 | Thu, 01 Jan 1970 00:00:00 GMT
          951782400000         | Tue, 29 Feb 2000 00:00:00 GMT
          9223372036854775807  | Fri, 31 Dec 9999 23:59:59 GMT
          """)
  void format_anyTime_isImfFixdate(long millis, String expected) {
    assertEquals(expected, HttpDates.format(millis));
  }
}
