package io.simplecache.exchange;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.simplecache.message.ConnectionFields;
import io.simplecache.message.FieldNames;
import io.simplecache.message.HeadFields;
import io.simplecache.message.OverridingFields;
import io.simplecache.message.RequestHead;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What the origin is asked, made anew from what the client's request was understood to be, never
 * copied: origin-form, HTTP/1.1, without connection-specific fields, with Via (RFC 9110 §7.6.3) and
 * who it is for (RFC 7239).
 */
final class OutgoingRequest {
  private OutgoingRequest() {}

  /**
   * Makes a request.
   *
   * @param head of the client's request
   * @param hasBody whether a body follows
   * @param viaName how this proxy calls itself
   * @param clientAddress who asks
   * @param keyed names of fields that are part of the key
   * @param traceparent the trace that begins here, or null if none does
   */
  static HttpRequest of(
      RequestHead head,
      boolean hasBody,
      String viaName,
      String clientAddress,
      Collection<String> keyed,
      @Nullable String traceparent) {
    HttpHeaders fields = HeadFields.checkedCopyOf(head.fields());
    ConnectionFields.remove(fields);
    OverridingFields.remove(fields, keyed);
    frame(fields, hasBody);
    fields.set(HttpHeaderNames.HOST, head.authority());
    fields.add(HttpHeaderNames.VIA, "1.1 " + viaName);
    describeClient(fields, head, clientAddress);
    if (traceparent != null) {
      fields.set(FieldNames.TRACEPARENT, traceparent);
    }
    MaxForwards.decrement(head, fields);
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, head.method(), head.target(), fields);
  }

  private static void frame(HttpHeaders fields, boolean hasBody) {
    if (!hasBody) {
      fields.remove(HttpHeaderNames.EXPECT);
      if (!fields.contains(HttpHeaderNames.CONTENT_LENGTH, "0", /* ignoreCase= */ false)) {
        fields.remove(HttpHeaderNames.CONTENT_LENGTH);
      }
      return;
    }
    if (!fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  /**
   * Only we say what the client asked for: an origin that believes these fields would otherwise
   * make a response of them that others get, too. The chain of addresses is continued, as is the
   * custom.
   */
  private static void describeClient(HttpHeaders fields, RequestHead head, String clientAddress) {
    String before = String.join(", ", fields.getAll(FieldNames.X_FORWARDED_FOR));
    fields.set(
        FieldNames.X_FORWARDED_FOR,
        before.isEmpty() ? clientAddress : before + ", " + clientAddress);
    fields.set(FieldNames.X_FORWARDED_HOST, head.authority());
    fields.set(FieldNames.X_FORWARDED_PROTO, head.scheme());
    boolean v6 = clientAddress.indexOf(':') >= 0;
    fields.set(
        FieldNames.FORWARDED,
        "for="
            + (v6 ? "\"[" + clientAddress + "]\"" : clientAddress)
            + ";host=\""
            + head.authority()
            + "\";proto="
            + head.scheme());
  }
}
