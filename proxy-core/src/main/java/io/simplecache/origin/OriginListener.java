package io.simplecache.origin;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.ResponseHead;

/**
 * What a fetch tells the one who started it, on the event loop where it was started, in this order:
 * any number of {@link #onInformational}; {@link #onHead}; any number of {@link #onContent} and
 * {@link #onBurstEnd}; {@link #onComplete}. At any point {@link #onFailure} instead, then nothing
 * more. After {@link OriginExchange#cancel} nothing more either.
 */
public interface OriginListener {
  /** The request may be written: its body is wanted now, if it has one. */
  void onConnected();

  /** A 1xx response (RFC 9110 §15.2), never 101. */
  void onInformational(ResponseHead head);

  /** The head of the final response; connection-specific fields are removed. */
  void onHead(ResponseHead head);

  /** Some of the content; takes it. */
  void onContent(ByteBuf content);

  /** What arrived at once has been told: the moment to wake readers. */
  void onBurstEnd();

  /** The response ended as its framing says. */
  void onComplete(HttpHeaders trailers);

  /** The response will not come, or not to its end. */
  void onFailure(OriginFailure failure, String detail);

  /** Whether more of the request's body may be written has changed. */
  void onWritabilityChanged();
}
