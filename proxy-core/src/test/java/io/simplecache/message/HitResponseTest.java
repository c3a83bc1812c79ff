package io.simplecache.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HitResponseTest {
  private static HitResponse response(long ageSeconds, long ttlSeconds) {
    HttpHeaders stored = new DefaultHttpHeaders();
    stored.add("Content-Length", "2").add("X", "a").add("X", "b");
    return new HitResponse(
        AsciiString.of("me"),
        StoredFields.copyOf(stored),
        Unpooled.copiedBuffer("hi", ISO_8859_1),
        ageSeconds,
        ttlSeconds);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "9, 10",
    "10, 9",
    "99, 100",
    "1234567890, 2147483648",
    "2147483647, -5",
    "0, 9223372036854775807",
    "0, -9223372036854775807",
  })
  void head_hasStoredFieldsAndTheNumbers(long ageSeconds, long ttlSeconds) {
    HitResponse response = response(ageSeconds, ttlSeconds);
    ByteBuf out = Unpooled.buffer(response.maxHeadBytes(), response.maxHeadBytes());
    response.writeHead(out);
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\nX: b\r\nage: %d\r\ncache-status: me; hit; ttl=%d\r\n\r\n"
            .formatted(ageSeconds, ttlSeconds),
        out.toString(ISO_8859_1));
    assertTrue(response.isAsStored());
    response.release();
  }

  @Test
  void notModified_hasNoContentAndNoLength() {
    StoredFields fields = StoredFields.copyOf(new DefaultHttpHeaders().add("ETag", "\"a\""));
    HitResponse response = HitResponse.notModified(AsciiString.of("me"), fields, 1, 2);
    ByteBuf out = Unpooled.buffer(response.maxHeadBytes(), response.maxHeadBytes());
    response.writeHead(out);
    assertEquals(
        "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nage: 1\r\ncache-status: me; hit; ttl=2\r\n\r\n",
        out.toString(ISO_8859_1));
    assertEquals(304, response.status().code());
    assertFalse(response.content().isReadable());
    response.release();
  }

  @Test
  void fields_readOrChangedByAHandler_sayTheSame() {
    HitResponse response = response(1, 2);
    assertEquals("1", response.headers().get("Age"));
    assertEquals("me; hit; ttl=2", response.headers().get("Cache-Status"));
    assertEquals(5, response.headers().size());
    response.headers().set("X-Mine", "c");
    assertEquals("c", response.headers().get("X-Mine"));
    assertFalse(response.isAsStored(), "the stored bytes are no longer all of it");
    response.release();
  }
}
