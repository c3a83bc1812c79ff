package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.message.HeadFields;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.PartialContent;
import io.simplecache.policy.Preconditions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What of a response goes to a client: all of it, or what his own condition and range leave (RFC
 * 9110 §13.2.2, §14). A value; any thread.
 *
 * @param head the fields are not the response's own, they may be changed
 * @param lengthBytes of the content, -1 if it is not known or there is none
 * @param pieces the content
 */
record Answer(ResponseHead head, long lengthBytes, List<BodyPiece> pieces) {

  /** Returns the response as it is. */
  static Answer whole(RequestHead request, ResponseHead response, long lengthBytes) {
    boolean bodiless = request.method().equals(HttpMethod.HEAD);
    return new Answer(
        new ResponseHead(response.status(), HeadFields.copyOf(response.fields())),
        lengthBytes,
        bodiless ? List.of() : List.of(BodyPiece.Span.REST));
  }

  /**
   * Returns what answers the request, or null if its condition fails: then 412 does.
   *
   * @param lengthBytes of the response's content, -1 if it is not known
   * @param dateMillis stands in for Last-Modified (RFC 9111 §4.3.2)
   * @param complete whether all of the content is there, so that parts may be sent in any order
   * @param isOriginsAnswer whether the origin was asked with the request's conditions: they are its
   *     to evaluate then (RFC 9111 §4.3.2)
   */
  static @Nullable Answer to(
      RequestHead request,
      ResponseHead response,
      long lengthBytes,
      long dateMillis,
      boolean complete,
      boolean isOriginsAnswer,
      int maxRanges) {
    if (!isOriginsAnswer && Preconditions.hasAny(request.fields())) {
      switch (Preconditions.evaluate(request, response, dateMillis)) {
        case NOT_MODIFIED -> {
          HttpHeaders fields = Preconditions.fieldsOfNotModified(response.fields());
          return new Answer(
              new ResponseHead(HttpResponseStatus.NOT_MODIFIED, fields),
              /* lengthBytes= */ -1,
              List.of());
        }
        case PRECONDITION_FAILED -> {
          return null;
        }
        case PROCEED -> {}
      }
    }
    PartialContent part = complete ? PartialContent.of(response) : null;
    if (part != null) {
      return within(request, response, part);
    }
    boolean inParts =
        lengthBytes >= 0
            && response.code() == 200
            && request.method().equals(HttpMethod.GET)
            && ByteRanges.isRequested(request.fields());
    if (inParts) {
      ByteRanges.Selection selection = ByteRanges.select(request, response, lengthBytes, maxRanges);
      if (selection instanceof ByteRanges.Unsatisfiable) {
        return unsatisfiable(response, lengthBytes);
      }
      if (selection instanceof ByteRanges.Parts parts && (parts.ranges().size() == 1 || complete)) {
        return inParts(response, parts.ranges(), lengthBytes);
      }
    }
    return whole(request, response, lengthBytes);
  }

  /**
   * Returns the range that is asked for, of a stored part that was selected because it holds it.
   */
  private static Answer within(RequestHead request, ResponseHead response, PartialContent part) {
    ByteRanges.Range range = ByteRanges.selectWithin(request, response, part);
    assert range != null;
    HttpHeaders fields = HeadFields.copyOf(response.fields());
    fields.set(
        HttpHeaderNames.CONTENT_RANGE, ByteRanges.contentRange(range, part.completeLength()));
    return new Answer(
        new ResponseHead(response.status(), fields),
        range.length(),
        List.of(new BodyPiece.Span(range.first() - part.first(), range.length())));
  }

  private static Answer unsatisfiable(ResponseHead response, long completeLength) {
    HttpHeaders fields = new HeadFields();
    String date = response.fields().get(HttpHeaderNames.DATE);
    if (date != null) {
      fields.set(HttpHeaderNames.DATE, date);
    }
    fields.set(HttpHeaderNames.CONTENT_RANGE, ByteRanges.unsatisfiedContentRange(completeLength));
    return new Answer(
        new ResponseHead(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, fields),
        /* lengthBytes= */ 0,
        List.of());
  }

  private static Answer inParts(
      ResponseHead response, List<ByteRanges.Range> ranges, long completeLength) {
    HttpHeaders fields = HeadFields.copyOf(response.fields());
    fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    ResponseHead head = new ResponseHead(HttpResponseStatus.PARTIAL_CONTENT, fields);
    if (ranges.size() > 1) {
      return multipart(head, ranges, completeLength);
    }
    ByteRanges.Range range = ranges.get(0);
    fields.set(HttpHeaderNames.CONTENT_RANGE, ByteRanges.contentRange(range, completeLength));
    return new Answer(
        head, range.length(), List.of(new BodyPiece.Span(range.first(), range.length())));
  }

  /** RFC 9110 §14.6: multipart/byteranges. */
  private static Answer multipart(
      ResponseHead head, List<ByteRanges.Range> ranges, long completeLength) {
    String boundary = "simple-cache-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    String type = head.fields().get(HttpHeaderNames.CONTENT_TYPE);
    List<BodyPiece> pieces = new ArrayList<>();
    for (ByteRanges.Range range : ranges) {
      String partHead =
          "\r\n--"
              + boundary
              + "\r\n"
              + (type == null ? "" : "Content-Type: " + type + "\r\n")
              + "Content-Range: "
              + ByteRanges.contentRange(range, completeLength)
              + "\r\n\r\n";
      pieces.add(new BodyPiece.Text(partHead));
      pieces.add(new BodyPiece.Span(range.first(), range.length()));
    }
    pieces.add(new BodyPiece.Text("\r\n--" + boundary + "--\r\n"));
    head.fields().set(HttpHeaderNames.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary);
    return new Answer(head, pieces.stream().mapToLong(BodyPiece::lengthBytes).sum(), pieces);
  }
}
