package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.ResponseHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9111 §3.3 and §3.4. */
class Section34CombiningTest {
  private static PartialContent part(String contentRange) {
    PartialContent part =
        PartialContent.of(Heads.response(206, "Content-Range: bytes " + contentRange));
    assert part != null : contentRange;
    return part;
  }

  @Nested
  class Must {
    @ParameterizedTest
    @DisplayName("§3.4 MUST update the header fields when combining")
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            0-6/10 | 206 | a: 1 ~ b: 2 ~ content-length: 7 ~ content-range: bytes 0-6/10 ~ etag: "x"
            0-9/10 | 200 | a: 1 ~ b: 2 ~ content-length: 10 ~ etag: "x"
            """)
    void update(String joined, int status, String expected) {
      ResponseHead head =
          Combination.combinedHead(
              Heads.response(206, "a: 1~b: 1~etag: \"x\"~content-range: bytes 0-3/10"),
              Heads.response(206, "b: 2~etag: \"x\"~content-range: bytes 4-6/10"),
              part(joined));
      assertEquals(status, head.code());
      assertEquals(expected, Heads.text(head.fields()));
    }
  }

  @Nested
  class May {
    @ParameterizedTest
    @DisplayName("§3.4 MAY combine ranges of one representation, known by a strong validator")
    @CsvSource(
        delimiter = '|',
        nullValues = "none",
        textBlock =
            """
            ETag: "a"                              | ETag: "a"                              | true
            ETag: "a"                              | ETag: "b"                              | false
            ETag: W/"a"                            | ETag: W/"a"                            | false
            ETag: a                                | ETag: a                                | false
            ETag: "a"                              | none                                   | false
            none                                   | none                                   | false
            Last-Modified: {T-60} ~ Date: {T}      | Last-Modified: {T-60} ~ Date: {T}      | true
            Last-Modified: {T-60} ~ Date: {T}      | Last-Modified: {T-50} ~ Date: {T}      | false
            Last-Modified: {T} ~ Date: {T}         | Last-Modified: {T} ~ Date: {T}         | false
            ETag: "a" ~ Last-Modified: {T-60} ~ Date: {T} | Last-Modified: {T-60} ~ Date: {T} | false
            """)
    void combine(@Nullable String one, @Nullable String other, boolean same) {
      assertEquals(
          same,
          Combination.sameRepresentation(Heads.response(206, one), Heads.response(206, other)));
    }

    @ParameterizedTest
    @DisplayName("§3.4 MAY combine ranges that touch")
    @CsvSource({
      "0-3/10, 4-6/10, true, 0-6",
      "4-6/10, 0-3/10, true, 0-6",
      "0-5/10, 2-9/10, true, 0-9",
      "0-3/10, 5-6/10, false, ",
      "0-3/10, 4-6/11, false, ",
    })
    void touch(String one, String other, boolean touches, @Nullable String joined) {
      assertEquals(touches, part(one).touches(part(other)));
      if (joined != null) {
        assertEquals(part(joined + "/10"), part(one).with(part(other)));
      }
    }

    @ParameterizedTest
    @DisplayName("§3.3 MAY complete a part by asking for the rest, if it is in one piece")
    @CsvSource({
      "0-3/10, bytes=4-",
      "4-9/10, bytes=0-3",
      "2-5/10, ",
      "0-9/10, ",
    })
    void complete(String contentRange, @Nullable String asked) {
      ByteRanges.Range missing = part(contentRange).missing();
      if (asked == null) {
        assertNull(missing);
        return;
      }
      assert missing != null;
      HttpHeaders outgoing = Heads.fields(null);
      Combination.makeCompleting(outgoing, Heads.response(206, "ETag: \"a\""), missing);
      assertEquals("if-range: \"a\" ~ range: " + asked, Heads.text(outgoing));
    }

    @Test
    @DisplayName("§3.4 a part has all of another")
    void covers() {
      assertEquals(true, part("0-5/10").covers(part("2-5/10")));
      assertEquals(false, part("0-5/10").covers(part("2-6/10")));
      assertEquals(false, part("0-5/10").covers(part("2-5/11")));
    }
  }
}
