package io.simplecache.front;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "EXAMPLE.com",
        "example.com.",
        "example.com:80",
        "example.com:",
        "example.com:0",
        "example.com:65535",
        "127.0.0.1:8080",
        "[::1]",
        "[::1]:",
        "[::1]:8080",
        "[2001:db8::7]",
        "[::ffff:192.0.2.1]:80",
        "a_b-c~d",
        "caf%C3%A9"
      })
  void isValid_hostAndPort_true(String authority) {
    assertTrue(Authority.isValid(authority));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":80",
        ":",
        "user@example.com",
        "user:password@example.com",
        "example.com:65536",
        "example.com:080000",
        "example.com:-1",
        "example.com:+80",
        "example.com:8a",
        "example.com:80:80",
        "example.com:80 ",
        " example.com",
        "exa mple.com",
        "example.com\t",
        "example.com/",
        "example.com/path",
        "example.com?query",
        "example.com#fragment",
        "example.com\\",
        "exam\u00e4ple.com",
        "exam\u0000ple.com",
        "exam\u007fple.com",
        "example.com\"",
        "<example.com>",
        "::1",
        "[::1",
        "::1]",
        "[]",
        "[]:80",
        "[:]",
        "[::1]x",
        "[::1]80",
        "[::1%25eth0]",
        "[::1]:65536",
        "[[::1]]"
      })
  void isValid_anythingElse_false(String authority) {
    assertFalse(Authority.isValid(authority));
  }
}
