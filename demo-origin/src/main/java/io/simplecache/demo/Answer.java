package io.simplecache.demo;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** What the origin has decided to send; {@link OriginHandler} writes it and closes its body. */
sealed interface Answer {

  /**
   * A proper response. Content-Length, Transfer-Encoding, Connection and, unless present, Date are
   * added when it is written.
   *
   * @param body closed by whoever is given the answer, also when it is not sent
   * @param delayMillis how long to wait before the head is sent
   */
  record Response(HttpResponseStatus status, HttpHeaders headers, BodySource body, long delayMillis)
      implements Answer {
    Response(HttpResponseStatus status, HttpHeaders headers, BodySource body) {
      this(status, headers, body, /* delayMillis= */ 0);
    }

    Response delayedBy(long millis) {
      return new Response(status, headers, body, millis);
    }

    Response with(CharSequence name, Object value) {
      headers.set(name, value);
      return this;
    }
  }

  /**
   * A response broken on purpose.
   *
   * @param text in ASCII, sent as it is, before the connection is ended
   * @param reset whether the connection ends with a TCP reset instead of an orderly close
   */
  record Broken(String text, boolean reset) implements Answer {}

  /** A short answer in plain text. */
  static Response text(HttpResponseStatus status, String text) {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
            .set("X-Content-Type-Options", "nosniff");
    return new Response(status, headers, BodySource.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** An answer that is only a head. */
  static Response empty(HttpResponseStatus status) {
    return new Response(status, new DefaultHttpHeaders(), BodySource.of(new byte[0]));
  }

  static Response notFound() {
    return text(HttpResponseStatus.NOT_FOUND, "404: there is nothing here.\n");
  }

  /** Names the allowed methods, as RFC 9110 §15.5.6 demands. */
  static Response methodNotAllowed(String allow) {
    return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "405: allowed here: " + allow + ".\n")
        .with(HttpHeaderNames.ALLOW, allow);
  }
}
