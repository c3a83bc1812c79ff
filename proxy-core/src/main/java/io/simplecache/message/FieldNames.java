package io.simplecache.message;

import io.netty.util.AsciiString;

/** Names of header fields that Netty's own table does not have, in lower case. */
public final class FieldNames {
  /** RFC 9211. */
  public static final AsciiString CACHE_STATUS = AsciiString.cached("cache-status");

  /** RFC 7239. */
  public static final AsciiString FORWARDED = AsciiString.cached("forwarded");

  public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  public static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
  public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

  /** RFC 9209. */
  public static final AsciiString PROXY_STATUS = AsciiString.cached("proxy-status");

  /** W3C Trace Context. */
  public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");

  private FieldNames() {}
}
