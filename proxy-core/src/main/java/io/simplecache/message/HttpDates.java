package io.simplecache.message;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dates of HTTP fields (<a href="https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.7">RFC
 * 9110 §5.6.7</a>): IMF-fixdate, rfc850-date and asctime-date. Names of days, months and the zone
 * are compared without regard to case; every other deviation from the grammar makes a date invalid.
 * Whether the name of the day fits the date is not checked.
 */
public final class HttpDates {
  /** What {@link #parseMillis} answers for an absent or unparsable date. */
  public static final long INVALID = Long.MIN_VALUE;

  /** From here the century of a two-digit year is reckoned where the caller names no time. */
  private static final int REFERENCE_YEAR = 2026;

  private static final int MAX_YEARS_AHEAD = 50;
  private static final long MAX_FORMATTED_MILLIS = 253_402_300_799_999L; // end of the year 9999
  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final List<String> LONG_DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private HttpDates() {}

  /**
   * Returns the date in epoch milliseconds, or {@link #INVALID} when it is absent or unparsable. A
   * two-digit year is read as one of 1977 to 2076; {@link #parseMillis(CharSequence, long)} reckons
   * it from a given time.
   */
  public static long parseMillis(@Nullable CharSequence value) {
    return parse(value, REFERENCE_YEAR);
  }

  /**
   * Returns the date in epoch milliseconds, or {@link #INVALID}. A two-digit year that appears to
   * be more than 50 years after {@code nowMillis} is the most recent year in the past with the same
   * last two digits.
   */
  public static long parseMillis(@Nullable CharSequence value, long nowMillis) {
    if (value == null) {
      return INVALID;
    }
    long seconds = Math.min(Math.max(nowMillis, 0), MAX_FORMATTED_MILLIS) / 1000;
    return parse(value, LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC).getYear());
  }

  /**
   * Returns the date as IMF-fixdate. Fractions of a second are cut off; times outside the years
   * 1970 to 9999 become the nearest that can be written.
   */
  public static String format(long epochMillis) {
    long seconds = Math.min(Math.max(epochMillis, 0), MAX_FORMATTED_MILLIS) / 1000;
    LocalDateTime date = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    StringBuilder out = new StringBuilder(29);
    out.append(DAYS.get(date.getDayOfWeek().getValue() - 1)).append(", ");
    appendTwoDigits(out, date.getDayOfMonth()).append(' ');
    out.append(MONTHS.get(date.getMonthValue() - 1)).append(' ');
    appendTwoDigits(out, date.getYear() / 100);
    appendTwoDigits(out, date.getYear() % 100).append(' ');
    appendTwoDigits(out, date.getHour()).append(':');
    appendTwoDigits(out, date.getMinute()).append(':');
    return appendTwoDigits(out, date.getSecond()).append(" GMT").toString();
  }

  private static StringBuilder appendTwoDigits(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static long parse(@Nullable CharSequence value, int referenceYear) {
    if (value == null) {
      return INVALID;
    }
    String text = value.toString().strip();
    int comma = text.indexOf(',');
    if (comma == 3) {
      return parseImfFixdate(text);
    }
    if (comma > 3) {
      return parseRfc850(text, comma, referenceYear);
    }
    return parseAsctime(text);
  }

  /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  private static long parseImfFixdate(String text) {
    boolean shaped =
        text.length() == 29
            && text.startsWith(", ", 3)
            && text.charAt(7) == ' '
            && text.charAt(11) == ' '
            && text.charAt(16) == ' '
            && indexIn(DAYS, text, 0, 3) >= 0
            && endsWithGmt(text, 25);
    if (!shaped) {
      return INVALID;
    }
    return toMillis(text, number(text, 12, 4), monthAt(text, 8), number(text, 5, 2), 17);
  }

  /** {@code Sunday, 06-Nov-94 08:49:37 GMT}. */
  private static long parseRfc850(String text, int comma, int referenceYear) {
    boolean shaped =
        text.length() == comma + 24
            && text.charAt(comma + 1) == ' '
            && text.charAt(comma + 4) == '-'
            && text.charAt(comma + 8) == '-'
            && text.charAt(comma + 11) == ' '
            && indexIn(LONG_DAYS, text, 0, comma) >= 0
            && endsWithGmt(text, comma + 20);
    int twoDigits = shaped ? number(text, comma + 9, 2) : -1;
    if (twoDigits < 0) {
      return INVALID;
    }
    int year = fullYear(twoDigits, referenceYear);
    return toMillis(text, year, monthAt(text, comma + 5), number(text, comma + 2, 2), comma + 12);
  }

  private static int fullYear(int twoDigits, int referenceYear) {
    int latest = referenceYear + MAX_YEARS_AHEAD;
    return latest - Math.floorMod(latest - twoDigits, 100);
  }

  /** {@code Sun Nov 6 08:49:37 1994}. */
  private static long parseAsctime(String text) {
    boolean shaped =
        text.length() == 24
            && text.charAt(3) == ' '
            && text.charAt(7) == ' '
            && text.charAt(10) == ' '
            && text.charAt(19) == ' '
            && indexIn(DAYS, text, 0, 3) >= 0;
    if (!shaped) {
      return INVALID;
    }
    int day = text.charAt(8) == ' ' ? number(text, 9, 1) : number(text, 8, 2);
    return toMillis(text, number(text, 20, 4), monthAt(text, 4), day, 11);
  }

  private static long toMillis(String text, int year, int month, int day, int timeAt) {
    boolean separated = text.charAt(timeAt + 2) == ':' && text.charAt(timeAt + 5) == ':';
    int hour = number(text, timeAt, 2);
    int minute = number(text, timeAt + 3, 2);
    int second = number(text, timeAt + 6, 2);
    // §5.6.7: the grammar of second allows 60, a leap second.
    boolean inRange =
        separated
            && year >= 0
            && month >= 1
            && day >= 1
            && hour >= 0
            && hour <= 23
            && minute >= 0
            && minute <= 59
            && second >= 0
            && second <= 60;
    if (!inRange || day > YearMonth.of(year, month).lengthOfMonth()) {
      return INVALID;
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
  }

  private static int monthAt(String text, int start) {
    return indexIn(MONTHS, text, start, 3) + 1;
  }

  private static int indexIn(List<String> names, String text, int start, int length) {
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.length() == length && text.regionMatches(true, start, name, 0, length)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean endsWithGmt(String text, int start) {
    return text.regionMatches(true, start, " GMT", 0, 4);
  }

  /** Returns the number of exactly {@code length} digits, or -1. */
  private static int number(String text, int start, int length) {
    int number = 0;
    for (int i = start; i < start + length; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + (digit - '0');
    }
    return number;
  }
}
