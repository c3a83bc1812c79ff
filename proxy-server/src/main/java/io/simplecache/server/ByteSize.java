package io.simplecache.server;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 512}, {@code 64KiB}, {@code 256MiB}, {@code 2g}. */
record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kmg]?)(i?b)?");

  /** Reads flags. */
  static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
      Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!matcher.matches()) {
        throw new TypeConversionException(expected(text));
      }
      int shift =
          switch (matcher.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
          };
      long number = Long.parseLong(matcher.group(1));
      if (number > Long.MAX_VALUE >> shift) {
        throw new TypeConversionException(expected(text));
      }
      return new ByteSize(number << shift);
    }

    private static String expected(String text) {
      return "'" + text + "' (expected: a size such as 64KiB, 256MiB or 2GiB)";
    }
  }

  /** Returns the size in the largest unit that divides it. */
  @Override
  public String toString() {
    if (bytes > 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + " GiB";
    }
    if (bytes > 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    if (bytes > 0 && bytes % (1L << 10) == 0) {
      return (bytes >> 10) + " KiB";
    }
    return bytes + " bytes";
  }
}
