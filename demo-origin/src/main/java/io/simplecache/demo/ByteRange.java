package io.simplecache.demo;

import org.jspecify.annotations.Nullable;

/**
 * One range of bytes, both ends included (RFC 9110 §14.1.2).
 *
 * @param first position of the first byte; {@link #UNSATISFIABLE} has none
 */
record ByteRange(long first, long last) {
  /** Stands for a range which has no byte of the representation; answered with 416. */
  static final ByteRange UNSATISFIABLE = new ByteRange(-1, -1);

  private static final String UNIT = "bytes=";
  private static final int MAX_DIGITS = 18;

  /**
   * Parses the value of a Range field for a representation of {@code length} bytes.
   *
   * @return null if the field is to be ignored: malformed, another unit, several ranges, or nothing
   *     to cut from
   */
  static @Nullable ByteRange parse(String value, long length) {
    if (!value.regionMatches(/* ignoreCase= */ true, 0, UNIT, 0, UNIT.length())) {
      return null;
    }
    String spec = value.substring(UNIT.length()).trim();
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return null;
    }
    String first = spec.substring(0, dash);
    String last = spec.substring(dash + 1);
    return first.isEmpty() ? suffix(last, length) : interval(first, last, length);
  }

  long length() {
    return last - first + 1;
  }

  private static @Nullable ByteRange suffix(String digits, long length) {
    long suffixLength = number(digits);
    if (suffixLength < 0 || (suffixLength > 0 && length == 0)) {
      return null;
    }
    return suffixLength == 0
        ? UNSATISFIABLE
        : new ByteRange(Math.max(0, length - suffixLength), length - 1);
  }

  private static @Nullable ByteRange interval(String firstDigits, String lastDigits, long length) {
    long first = number(firstDigits);
    long last = lastDigits.isEmpty() ? Long.MAX_VALUE : number(lastDigits);
    if (first < 0 || last < first) {
      return null;
    }
    return first >= length ? UNSATISFIABLE : new ByteRange(first, Math.min(last, length - 1));
  }

  /**
   * Returns -1 if the text is not a number of digits only; a very large number is as good as the
   * largest.
   */
  private static long number(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
  }
}
