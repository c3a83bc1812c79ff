package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoVarySearchTest {
  private static @Nullable NoVarySearch parse(String value) {
    return NoVarySearch.of(new DefaultHttpHeaders().add("No-Vary-Search", value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          params                          | /p?a=1&b=2      | /p
          params                          | /p              | /p
          params=("a")                    | /p?a=1&b=2      | /p?b=2
          params=("a" "b")                | /p?a=1&b=2      | /p
          params, except=("a")            | /p?a=1&b=2      | /p?a=1
          key-order                       | /p?b=2&a=1      | /p?a=1&b=2
          key-order                       | /p?b=2&a=2&a=1  | /p?a=2&a=1&b=2
          key-order, params=("b")         | /p?c=3&b=2&a=1  | /p?a=1&c=3
          params=("a b")                  | /p?a%20b=1&c=2  | /p?c=2
          params=("a b")                  | /p?a+b=1&c=2    | /p?c=2
          params=("a"), unknown=1         | /p?a=1          | /p
          """)
  void rule_removesWhatDoesNotMatter(String value, String target, String expected) {
    NoVarySearch rule = parse(value);

    assertNotNull(rule);
    assertEquals(expected, rule.normalTarget(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "params=?0",
        "key-order=?0",
        "key-order=1",
        "params=a",
        "params=(a)",
        "params=(1)",
        "except=(\"a\")",
        "params=(\"a\"), except=(\"b\")",
        "params=(\"a\"",
        "=",
        "params, except=a"
      })
  void value_thatSaysNothingValid_isNoRule(String value) {
    assertNull(parse(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/p?%zz=1", "/p?&&", "/p?=", "/p??a=1", "/p?%"})
  void target_malformed_doesNotThrow(String target) {
    NoVarySearch rule = parse("key-order, params=(\"a\")");

    assertNotNull(rule);
    assertNotNull(rule.normalTarget(target));
  }
}
