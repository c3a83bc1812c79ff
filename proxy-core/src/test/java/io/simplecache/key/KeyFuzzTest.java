package io.simplecache.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.simplecache.testing.FuzzedFields;
import java.util.regex.Pattern;

/** Any bytes as a target: its normal form is one, and names no other resource. */
class KeyFuzzTest {
  private static final Pattern MALFORMED_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  @FuzzTest
  void targetUri(byte[] input) {
    String target = "/" + FuzzedFields.value(input);
    String normal = TargetUri.normalTarget(target);
    if (!MALFORMED_ESCAPE.matcher(target).find()) {
      assertEquals(normal, TargetUri.normalTarget(normal), "twice is once");
    }
    assertEquals(
        target.chars().filter(c -> c == '?' || c == '#' || c == '/' || c == '&').count(),
        normal.chars().filter(c -> c == '?' || c == '#' || c == '/' || c == '&').count(),
        "delimiters");
  }

  @FuzzTest
  void absoluteForm(byte[] input) {
    String absolute = FuzzedFields.value(input);
    String authority = TargetUri.authorityOfAbsoluteForm(absolute);
    String target = TargetUri.targetOfAbsoluteForm(absolute);
    assertEquals(authority == null, target == null, absolute);
    if (authority != null && target != null) {
      assertTrue(target.startsWith("/"), target);
      assertTrue(authority.indexOf('/') < 0, authority);
      TargetUri.normalAuthority("http", authority);
    }
  }
}
