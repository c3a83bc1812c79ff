package io.simplecache.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRulesTest {
  private static RequestHead get(String target, String... fields) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return new RequestHead(HttpMethod.GET, "http", "a.example", target, headers);
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/?utm_source=x, /",
    "/?a=1&utm_source=x&b=2, /?a=1&b=2",
    "/?utm_source=x&utm_medium=y&a=1, /?a=1",
    "/?fbclid, /",
    "/?fbclid;a=2, /?fbclid;a=2",
    "/?fbclid2=x, /?fbclid2=x",
    "/?a=utm_source, /?a=utm_source",
    "/?a=1&&b=2, /?a=1&&b=2"
  })
  void ignoredParameters_areNotInTheKey(String target, String expected) {
    KeyRules rules = new KeyRules(Set.of("utm_*", "fbclid"), false, List.of());

    assertEquals(expected, rules.keyOf(get(target)).target());
  }

  @ParameterizedTest
  @CsvSource({"/?b=2&a=1, /?a=1&b=2", "/?b&a=2&a=1, /?a=2&a=1&b", "/x, /x", "/?, /?"})
  void sortedParameters_haveOneOrder(String target, String expected) {
    KeyRules rules = new KeyRules(Set.of(), true, List.of());

    assertEquals(expected, rules.keyOf(get(target)).target());
  }

  @Test
  void addedFields_makeKeysDiffer() {
    KeyRules rules = new KeyRules(Set.of(), false, List.of("x-country"));

    CacheKey one = rules.keyOf(get("/", "X-Country", "NZ"));
    CacheKey other = rules.keyOf(get("/", "X-Country", "AT"));

    assertNotEquals(one, other);
    assertNotEquals(one, rules.keyOf(get("/")));
    assertEquals(one, rules.keyOf(get("/", "x-country", "NZ")));
  }

  @Test
  void defaults_areTheTargetUri() {
    assertEquals(
        "http://a.example/p?b=2&a=1", KeyRules.DEFAULTS.keyOf(get("/p?b=2&a=1")).toString());
  }

  @Test
  void otherTarget_ofTheSameRequest_hasItsFields() {
    KeyRules rules = new KeyRules(Set.of("x"), false, List.of("lang"));

    assertEquals(
        rules.keyOf(get("/b?x=1", "lang", "de")), rules.keyOf(get("/a", "lang", "de"), "/b"));
  }
}
