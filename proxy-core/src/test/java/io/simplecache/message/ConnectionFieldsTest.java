package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionFieldsTest {
  /** Fields are separated by {@code ;}, what is left is the sorted names. */
  @ParameterizedTest
  @CsvSource({
    "Connection: close;A: b, a",
    "Keep-Alive: 5;A: b, a",
    "Proxy-Connection: close;A: b, a",
    "TE: trailers;A: b, a",
    "Transfer-Encoding: chunked;A: b, a",
    "Upgrade: websocket;A: b, a",
    "Connection: X-Hop;X-Hop: 1;X-Hop: 2;A: b, a",
    "'Connection: x-hop, X-OTHER ,;X-Hop: 1;x-other: 2;A: b', a",
    "Connection: X-Hop;Connection: X-Other;X-Hop: 1;X-Other: 2;A: b, a",
    "'Connection: Cookie, Cache-Control;Cookie: c;Cache-Control: d', cache-control cookie",
    "'Connection: Host, Vary, Set-Cookie;Host: a;Vary: b;Set-Cookie: c', host set-cookie vary",
    "Connection: Content-Length;Content-Length: 3, content-length",
    "Connection: Connection;A: b, a",
    "Connection: ;A: b, a",
    "Trailer: X-A;A: b, a trailer",
    "A: b, a",
  })
  void remove_table(String fields, String left) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String field : fields.split(";", -1)) {
      int colon = field.indexOf(':');
      headers.add(field.substring(0, colon), field.substring(colon + 1).trim());
    }
    ConnectionFields.remove(headers);
    TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(headers.names());
    assertEquals(left, String.join(" ", names).toLowerCase(Locale.ROOT));
  }
}
