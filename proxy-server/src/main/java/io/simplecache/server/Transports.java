package io.simplecache.server;

import io.simplecache.transport.Transport;
import java.util.Locale;

/**
 * Which transport is used. {@code auto} takes epoll where it works, else NIO: measured on the hit
 * path epoll needs less processor time than NIO for each request. io_uring is taken when it is
 * asked for.
 */
final class Transports {
  private Transports() {}

  /**
   * Returns the transport of that name.
   *
   * @throws IllegalArgumentException if there is none, or it does not work here; says what would
   */
  static Transport choose(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    if (wanted.equals("AUTO")) {
      return Transport.EPOLL.isAvailable() ? Transport.EPOLL : Transport.NIO;
    }
    for (Transport transport : Transport.values()) {
      if (transport.name().equals(wanted)) {
        if (!transport.isAvailable()) {
          throw new IllegalArgumentException(name + " does not work here (expected: auto)");
        }
        return transport;
      }
    }
    throw new IllegalArgumentException(name + " (expected: auto, io_uring, epoll or nio)");
  }
}
