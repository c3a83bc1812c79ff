package io.simplecache.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagValuesTest {
  @ParameterizedTest
  @CsvSource({
    "512, 512, 512 bytes",
    "64k, 65536, 64 KiB",
    "64KiB, 65536, 64 KiB",
    "64 kb, 65536, 64 KiB",
    "256MiB, 268435456, 256 MiB",
    "2g, 2147483648, 2 GiB",
    "0, 0, 0 bytes"
  })
  void size_isRead(String text, long bytes, String shown) {
    ByteSize size = ByteSize.parse(text);

    assertEquals(bytes, size.bytes());
    assertEquals(shown, size.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "1.5g", "1TiB", "k", "99999999999999999999", "999999999999999g"})
  void size_thatIsNone_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"300ms, PT0.3S", "5s, PT5S", "2m, PT2M", "1h, PT1H", "5 S, PT5S"})
  void time_isRead(String text, Duration time) {
    assertEquals(time, TimeSpan.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-5s", "1d", "s", "9999999999s"})
  void time_thatIsNone_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse(text));
  }
}
