package io.simplecache.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUriTest {
  @ParameterizedTest
  @CsvSource({
    "http, example.com, example.com",
    "http, EXAMPLE.com, example.com",
    "http, example.com:80, example.com",
    "https, example.com:443, example.com",
    "http, example.com:443, example.com:443",
    "https, example.com:80, example.com:80",
    "http, example.com:8080, example.com:8080",
    "http, example.com:, example.com",
    "http, example.com., example.com",
    "http, example.com.:80, example.com",
    "http, example.com.:8080, example.com:8080",
    "http, EXAMPLE.com.:, example.com",
    "http, [::1], [::1]",
    "http, [::1]:80, [::1]",
    "http, [2001:DB8::80], [2001:db8::80]",
    "http, [::1]:8080, [::1]:8080",
    "http, ., .",
    "http, '', ''",
  })
  void normalAuthority_table(String scheme, String authority, String normal) {
    assertEquals(normal, TargetUri.normalAuthority(scheme, authority));
    assertEquals(normal, TargetUri.normalAuthority(scheme, normal));
  }

  @ParameterizedTest
  @CsvSource({
    "/%61%7a%41%5A%30%39, /azAZ09",
    "/%2d%2e%5f%7e, /-._~",
    "/%2f%3f%23%25, /%2F%3F%23%25",
    "/%c3%a4, /%C3%A4",
    "/%2541, /%2541",
    "/%25%34%31, /%2541",
    "/a%20b?c%3dd, /a%20b?c%3Dd",
    "/%00, /%00",
    "/../a/./b//c, /../a/./b//c",
    "/%2e%2e/a, /../a",
    "/%, /%",
    "/%4, /%4",
    "/%zz, /%zz",
    "/%4g%41, /%4gA",
    "/%%41, /%%41",
    "/%%34%31, /%%341",
    "/%2%46, /%2%46",
    "/%2%46%46, /%2%46F",
    "/A, /A",
  })
  void normalTarget_table(String target, String normal) {
    assertEquals(normal, TargetUri.normalTarget(target));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a/b?c=d&e", "/~user/-._", "/\u00e4", "*"})
  void normalTarget_nothingEncoded_isTheSameString(String target) {
    assertSame(target, TargetUri.normalTarget(target));
  }

  /** A normal form that is normalised again must not become another key. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void normalTarget_wellFormedAtRandom_isAFixedPoint(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder target = new StringBuilder("/");
      for (int n = random.nextInt(12); n > 0; n--) {
        if (random.nextBoolean()) {
          int octet = random.nextInt(256);
          target.append('%').append(hexDigit(random, octet >> 4)).append(hexDigit(random, octet));
        } else {
          target.append("abAB/?&=.~".charAt(random.nextInt(10)));
        }
      }
      String normal = TargetUri.normalTarget(target.toString());
      assertEquals(normal, TargetUri.normalTarget(normal), target.toString());
    }
  }

  private static char hexDigit(Random random, int value) {
    return (random.nextBoolean() ? "0123456789abcdef" : "0123456789ABCDEF").charAt(value & 15);
  }

  @Test
  void normalTarget_malformedEscapes_staysDistinctFromWellFormed() {
    assertEquals("/%%41", TargetUri.normalTarget("/%%41"));
    assertEquals("/%%341", TargetUri.normalTarget("/%%341"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a/b?c, a, /b?c",
    "HTTPS://A:1/b, A:1, /b",
    "http://a, a, /",
    "http://a?b, a, /?b",
    "http://a/b/http://c, a, /b/http://c",
    "http://, '', /",
    "http:///b, '', /b",
    "http://u@a/, u@a, /",
    "ftp://a/b, ,",
    "a:80, ,",
    "/b, ,",
    "http:/a, ,",
    "'', ,",
  })
  void absoluteForm_table(String uri, @Nullable String authority, @Nullable String target) {
    assertEquals(authority, TargetUri.authorityOfAbsoluteForm(uri));
    assertEquals(target, TargetUri.targetOfAbsoluteForm(uri));
  }
}
