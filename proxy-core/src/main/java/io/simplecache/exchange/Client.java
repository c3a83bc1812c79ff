package io.simplecache.exchange;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/**
 * The client's side of an exchange, whatever the protocol: where the response goes. On its event
 * loop only.
 */
public interface Client {
  EventLoop loop();

  /** Returns the address that the request came from, without port. */
  String address();

  /** Sends a 1xx head, if the client's version knows such. */
  void writeInformational(HttpResponse head);

  /**
   * Writes the head of the response. It has no connection-specific field; a Content-Length where
   * the length is known.
   */
  void writeHead(HttpResponse head);

  /** Writes a whole response at once, head, content and end; takes it. */
  void writeWhole(FullHttpResponse response);

  /** Writes some content, or the end; takes it. */
  void write(HttpContent content);

  /** Returns whether more may be written without piling up. */
  boolean isWritable();

  /** Sends what was written, now or at the end of what is being read. */
  void flush();

  /** Cuts the connection: the response cannot be ended well. */
  void abort();

  /** Says in the log what went wrong here, and cuts the connection. */
  void fail(Throwable cause);

  /** Says whether more of the request's body is wanted. */
  void setBodyWanted(boolean wanted);

  /** The exchange is over: the next one may start. */
  void finished();
}
