package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OctetsTest {
  @Test
  @DisplayName("RFC 9110 §5.6.2: 77 octets may be in a token")
  void token_octets() {
    assertEquals(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
        IntStream.range(0, 256)
            .filter(Octets::isToken)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString());
  }

  @Test
  @DisplayName("RFC 9110 §5.5: all but controls may be in a value, and of those the tab")
  void text_octets() {
    IntStream.range(0, 256)
        .forEach(
            octet ->
                assertEquals(
                    octet == '\t' || (octet >= ' ' && octet != 0x7f), Octets.isText(octet)));
  }

  @Test
  void octets_asBytes_areTheSame() {
    IntStream.range(0, 256)
        .forEach(
            octet -> {
              assertEquals(Octets.isToken(octet), Octets.isToken((byte) octet));
              assertEquals(Octets.isText(octet), Octets.isText((byte) octet));
            });
  }

  @ParameterizedTest
  @CsvSource({"a, true", "Cache-Control, true", "'', false", "a b, false", "a\u0161, false"})
  void token_text(String text, boolean isToken) {
    assertEquals(isToken, Octets.isToken(text));
  }
}
