package io.simplecache.fetch;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.body.BodyReader;
import io.simplecache.message.ResponseHead;
import io.simplecache.origin.OriginFailure;
import io.simplecache.policy.Reason;
import io.simplecache.store.StoredResponse;
import java.util.List;
import java.util.function.Supplier;

/** How the wait for a flight ends. */
public sealed interface Outcome {
  /**
   * The response arrives: read it.
   *
   * @param head of the response
   * @param originStatus what the origin said; another than the head's where it completes a part
   * @param reader the one who gets this closes it
   * @param lengthBytes of the content, -1 if it is not known yet
   * @param storing whether it is being stored
   * @param reason why it may be stored, or why not
   * @param trailers may be asked for when the reader is at its end
   */
  record Arriving(
      ResponseHead head,
      int originStatus,
      BodyReader reader,
      long lengthBytes,
      boolean storing,
      Reason reason,
      Supplier<HttpHeaders> trailers)
      implements Outcome {}

  /**
   * The origin confirmed a stored response (RFC 9111 §4.3.4): deliver it.
   *
   * @param stored acquired for the one who gets this, who releases it
   */
  record Validated(StoredResponse stored) implements Outcome {}

  /**
   * The response is not for sharing: ask alone, at once, and do not wait again.
   *
   * @param reason why
   */
  record Alone(Reason reason) implements Outcome {}

  /**
   * The response is one of several variants, and not the right one: wait for the right one.
   *
   * @param varyingFields the fields that tell which one that is
   */
  record OtherVariant(List<String> varyingFields) implements Outcome {}

  /** Something else happened meanwhile: look up again. */
  record Again() implements Outcome {}

  /**
   * There is no response.
   *
   * @param failure decides the answer
   * @param detail for the log
   */
  record Failed(OriginFailure failure, String detail) implements Outcome {}

  /**
   * The origin answered a validation with a server error that need not be shown: a stale response
   * may stand in (RFC 5861 §4).
   *
   * @param status what the origin said
   */
  record ServerError(int status) implements Outcome {}
}
