package io.simplecache.origin;

import io.netty.handler.codec.http.HttpResponseStatus;

/** Why the origin gave no response. Decides the status of our own answer, and nothing else does. */
@SuppressWarnings("ImmutableEnumChecker") // HttpResponseStatus is, but does not say so.
public enum OriginFailure {
  /** The name of the origin has no address. */
  DNS_ERROR(HttpResponseStatus.BAD_GATEWAY, "dns_error"),
  /** No connection: refused, unreachable. */
  CONNECT_REFUSED(HttpResponseStatus.BAD_GATEWAY, "connection_refused"),
  /** No connection in time. */
  CONNECT_TIMEOUT(HttpResponseStatus.GATEWAY_TIMEOUT, "connection_timeout"),
  /** The TLS handshake or the certificate failed. */
  TLS_ERROR(HttpResponseStatus.BAD_GATEWAY, "tls_protocol_error"),
  /** Closed before a response head was complete. */
  CLOSED_EARLY(HttpResponseStatus.BAD_GATEWAY, "connection_terminated"),
  /** The response is no HTTP, or its framing is ambiguous. */
  INVALID_RESPONSE(HttpResponseStatus.BAD_GATEWAY, "http_protocol_error"),
  /** The head did not come in time. */
  HEAD_TIMEOUT(HttpResponseStatus.GATEWAY_TIMEOUT, "http_response_timeout"),
  /** The body stopped coming. */
  IDLE_TIMEOUT(HttpResponseStatus.GATEWAY_TIMEOUT, "http_response_incomplete"),
  /** The body came too slowly. */
  TOO_SLOW(HttpResponseStatus.GATEWAY_TIMEOUT, "http_response_timeout"),
  /** The body ended before its framing said so. */
  TRUNCATED(HttpResponseStatus.BAD_GATEWAY, "http_response_incomplete"),
  /** The proxy is being closed. */
  SHUTTING_DOWN(HttpResponseStatus.SERVICE_UNAVAILABLE, "destination_unavailable"),
  /** It failed too often in a row: it is left alone, and was not asked. */
  UNAVAILABLE(HttpResponseStatus.SERVICE_UNAVAILABLE, "destination_unavailable"),
  /** It is asked too much at once already, and was not asked. */
  OVERLOADED(HttpResponseStatus.SERVICE_UNAVAILABLE, "connection_limit_reached");

  private final HttpResponseStatus status;
  private final String proxyStatus;

  OriginFailure(HttpResponseStatus status, String proxyStatus) {
    this.status = status;
    this.proxyStatus = proxyStatus;
  }

  /** Returns the status of the answer that we make. */
  public HttpResponseStatus status() {
    return status;
  }

  /** Returns whether the same request may well be answered in a moment (RFC 9110 §10.2.3). */
  public boolean isPassing() {
    return this == UNAVAILABLE || this == OVERLOADED;
  }

  /** Returns the error type of RFC 9209 §2.3. */
  public String proxyStatus() {
    return proxyStatus;
  }
}
