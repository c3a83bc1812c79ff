package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.4 and RFC 9875. */
class Section44InvalidationTest {
  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§4.4 MUST invalidate on a non-error response to an unsafe or unknown method")
    @CsvSource({
      "POST,200,true", "PUT,201,true", "DELETE,204,true", "PATCH,200,true", "FOO,200,true",
      "get,200,true", "PURGE,200,true", "POST,299,true", "POST,301,true", "POST,303,true",
      "POST,399,true", "POST,199,false", "POST,400,false", "POST,404,false", "DELETE,500,false",
      "FOO,503,false", "PUT,999,false", "GET,200,false", "HEAD,200,false", "OPTIONS,200,false",
      "TRACE,200,false", "PROPFIND,207,false"
    })
    void invalidates(String method, int status, boolean expected) {
      assertEquals(expected, Invalidation.invalidates(HttpMethod.valueOf(method), status));
    }

    @ParameterizedTest
    @DisplayName("§4.4 MUST NOT invalidate URIs of another origin")
    @ValueSource(
        strings = {
          "http://other/x",
          "https://example/x",
          "http://example:81/x",
          "//other/x",
          "//example:443/x",
          "http://example.evil/x",
          "http://example@other/x",
          "http:x",
          "http:/x",
          "mailto:a@example",
          "javascript:x",
          "data:,x",
          "urn:a:b",
          "http://",
          "http:///x",
          "http://[::1]/x"
        })
    void otherOrigin(String location) {
      for (String name : List.of("Location", "Content-Location")) {
        assertEquals(
            List.of("/a/b?c"),
            Invalidation.targets(
                Heads.request("POST", "/a/b?c", null),
                Heads.response(201, name + ": " + location)));
      }
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§4.4 MAY invalidate the same-origin URIs of Location and Content-Location")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            /x                       | /x
            /x?y#z                   | /x?y
            http://example/x         | /x
            HTTP://EXAMPLE/x         | /x
            http://example:80/x      | /x
            http://example:/x        | /x
            http://user@example/x    | /x
            //example/x?y            | /x?y
            http://example           | /
            http://example?y         | /?y
            http://example#f         | /
            x                        | /a/x
            ./x                      | /a/x
            ../x                     | /x
            ../../../x               | /x
            x/../y                   | /a/y
            .                        | /a/
            ..                       | /
            /x/./y/..                | /x/
            /x/../                   | /
            /..a/.b                  | /..a/.b
            /x?y=/../z               | /x?y=/../z
            ?d                       | /a/b?d
            x:y                      |
            1x:y                     | /a/1x:y
            %2e%2e/x                 | /a/%2e%2e/x
            #f                       |
            /a/b?c                   |
            é x\\                    | /a/é x\\
            """)
    void sameOrigin(String location, @Nullable String expected) {
      RequestHead request = Heads.request("POST", "/a/b?c", null);
      List<String> targets = expected == null ? List.of("/a/b?c") : List.of("/a/b?c", expected);
      for (String name : List.of("Location", "Content-Location")) {
        assertEquals(
            targets, Invalidation.targets(request, Heads.response(201, name + ": " + location)));
      }
    }

    @Test
    @DisplayName("§4.4 both fields, each target once")
    void bothFields() {
      assertEquals(
          List.of("/a", "/x", "/y"),
          Invalidation.targets(
              Heads.request("POST", null),
              Heads.response(201, "Location: /x ~ Content-Location: /y")));
      assertEquals(
          List.of("/a", "/x"),
          Invalidation.targets(
              Heads.request("POST", null),
              Heads.response(201, "Location: /x ~ Content-Location: x")));
      assertEquals(
          List.of("*"), Invalidation.targets(Heads.request("POST", "*", null), Heads.ok(null)));
    }
  }

  @Nested
  class Groups {
    @ParameterizedTest
    @DisplayName("RFC 9875 §2 Cache-Groups is a List of Strings, else ignored")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Cache-Groups: "a"                       | a
            Cache-Groups: "a", "b"                  | a b
            Cache-Groups: "a" ~ Cache-Groups: "b"   | a b
            Cache-Groups: "a";x=1, "A"              | a A
            Cache-Groups: "a b","c\\"d"             | a b c"d
            Cache-Groups: a                         | ''
            Cache-Groups: "a", b                    | ''
            Cache-Groups: "a", ("b")                | ''
            Cache-Groups: "a", 1                    | ''
            Cache-Groups: "a                        | ''
            Cache-Groups: "a",                      | ''
            Cache-Groups: "é"                       | ''
            Cache-Groups:                           | ''
                                                    | ''
            """)
    void cacheGroups(@Nullable String fields, String expected) {
      assertEquals(expected, String.join(" ", CacheGroups.of(Heads.fields(fields))));
    }

    @ParameterizedTest
    @DisplayName("RFC 9875 §3 MUST ignore Cache-Group-Invalidation in answers to safe methods")
    @CsvSource({"GET,''", "HEAD,''", "OPTIONS,''", "POST,a b", "DELETE,a b", "FOO,a b"})
    void cacheGroupInvalidation(String method, String expected) {
      assertEquals(
          expected,
          String.join(
              " ",
              CacheGroups.invalidatedBy(
                  HttpMethod.valueOf(method),
                  Heads.fields("Cache-Group-Invalidation: \"a\", \"b\";x"))));
    }
  }

  @ParameterizedTest
  @DisplayName("RFC 9110 §9.2 safe, idempotent, cacheable")
  @CsvSource({
    "GET,true,true,true",
    "HEAD,true,true,true",
    "OPTIONS,true,true,false",
    "TRACE,true,true,false",
    "QUERY,true,true,false",
    "PUT,false,true,false",
    "DELETE,false,true,false",
    "POST,false,false,false",
    "PATCH,false,false,false",
    "CONNECT,false,false,false",
    "FOO,false,false,false",
    "get,false,false,false"
  })
  void methods(String name, boolean safe, boolean idempotent, boolean cacheable) {
    HttpMethod method = HttpMethod.valueOf(name);
    assertEquals(safe, Methods.isSafe(method));
    assertEquals(idempotent, Methods.isIdempotent(method));
    assertEquals(cacheable, Methods.isCacheable(method));
  }
}
