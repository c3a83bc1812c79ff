package io.simplecache.origin;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Where one origin is.
 *
 * @param host name or address
 * @param port TCP port
 * @param ssl what verifies and encrypts; null for {@code http}
 */
public record OriginAddress(String host, int port, @Nullable SslContext ssl) {
  /** Returns it as a URI. */
  @Override
  public String toString() {
    return (ssl == null ? "http://" : "https://") + host + ":" + port;
  }
}
