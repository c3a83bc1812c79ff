package io.simplecache.origin;

import io.netty.handler.codec.http.HttpContent;

/** One request to the origin and its response, seen from who asked; on his event loop only. */
public interface OriginExchange {
  /** Writes some of the request's body; takes it. Flushed at once. */
  void write(HttpContent content);

  /** Returns whether more of the body may be written without piling up. */
  boolean isWritable();

  /** Stops or resumes the reading of the response. */
  void setReading(boolean reading);

  /** Gives up: the connection is closed, nothing is told any more. */
  void cancel();
}
