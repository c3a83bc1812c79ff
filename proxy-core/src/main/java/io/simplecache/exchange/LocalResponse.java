package io.simplecache.exchange;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.message.HttpDates;
import java.nio.charset.StandardCharsets;

/** An answer that the proxy makes by itself: one line of text that says the status. */
public final class LocalResponse {
  private LocalResponse() {}

  /** Returns the content. */
  public static byte[] content(HttpResponseStatus status) {
    return (status + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns the head.
   *
   * @param contentBytes the length of the content
   * @param nowMillis for Date
   */
  public static HttpResponse head(HttpResponseStatus status, int contentBytes, long nowMillis) {
    HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    fields.set(HttpHeaderNames.DATE, HttpDates.format(nowMillis));
    fields.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=us-ascii");
    fields.set(HttpHeaderNames.CONTENT_LENGTH, contentBytes);
    fields.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, fields);
  }
}
