package io.simplecache.origin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.ResponseHead;
import java.util.concurrent.CompletableFuture;

/**
 * Writes down in one line what a fetch tells: {@code 100 200 [content] end}, or {@code !FAILURE} at
 * the end. On the fetch's loop.
 */
class FetchRecorder implements OriginListener {
  final CompletableFuture<String> over = new CompletableFuture<>();
  private final StringBuilder told = new StringBuilder();
  private final StringBuilder content = new StringBuilder();
  private boolean inBody;

  @Override
  public void onConnected() {}

  @Override
  public void onInformational(ResponseHead head) {
    told.append(head.code()).append(' ');
  }

  @Override
  public void onHead(ResponseHead head) {
    inBody = true;
    told.append(head.code());
  }

  @Override
  public void onContent(ByteBuf bytes) {
    content.append(bytes.toString(ISO_8859_1));
    bytes.release();
  }

  @Override
  public void onBurstEnd() {}

  @Override
  public void onComplete(HttpHeaders trailers) {
    trailers.forEach(field -> content.append('|').append(field.getKey()));
    end("end");
  }

  @Override
  public void onFailure(OriginFailure failure, String detail) {
    end("!" + failure);
  }

  @Override
  public void onWritabilityChanged() {}

  private void end(String how) {
    if (inBody) {
      told.append(" [").append(content).append("] ");
    }
    if (!over.complete(told + how)) {
      throw new IllegalStateException("told again: " + how);
    }
  }
}
