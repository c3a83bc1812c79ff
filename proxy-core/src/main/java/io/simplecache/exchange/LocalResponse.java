package io.simplecache.exchange;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.message.HeadFields;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An answer that the proxy makes by itself.
 *
 * @param status what it says
 * @param mediaType of the content
 * @param content short text
 */
public record LocalResponse(HttpResponseStatus status, String mediaType, String content) {
  /**
   * What an echo does not repeat (RFC 9110 §9.3.8): it may be read by others than the one who asks.
   */
  private static final Set<String> SECRET =
      Set.of("authorization", "cookie", "proxy-authorization", "x-api-key");

  /** Returns the answer that says nothing but its status. */
  public static LocalResponse of(HttpResponseStatus status) {
    return new LocalResponse(status, "text/plain; charset=us-ascii", status + "\n");
  }

  /** Returns the answer to TRACE (RFC 9110 §9.3.8): the request as it came. */
  static LocalResponse echo(RequestHead request) {
    StringBuilder echo = new StringBuilder();
    echo.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    for (Iterator<Map.Entry<CharSequence, CharSequence>> i =
            request.fields().iteratorCharSequence();
        i.hasNext(); ) {
      Map.Entry<CharSequence, CharSequence> field = i.next();
      if (!SECRET.contains(field.getKey().toString().toLowerCase(Locale.ROOT))) {
        echo.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
      }
    }
    return new LocalResponse(HttpResponseStatus.OK, "message/http", echo.append("\r\n").toString());
  }

  /** Returns the bytes of the content. */
  public byte[] contentBytes() {
    return content.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the head, dated {@code nowMillis}. */
  public HttpResponse head(long nowMillis) {
    HttpHeaders fields = new HeadFields();
    fields.set(HttpHeaderNames.DATE, HttpDates.format(nowMillis));
    fields.set(HttpHeaderNames.CONTENT_TYPE, mediaType);
    fields.set(HttpHeaderNames.CONTENT_LENGTH, content.length());
    fields.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, fields);
  }
}
