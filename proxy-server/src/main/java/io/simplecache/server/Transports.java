package io.simplecache.server;

import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Settings;
import io.simplecache.server.config.Values;
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
   * Returns the transport that is wanted.
   *
   * @throws BadSetting if it does not work here
   */
  static Transport choose(Values values) {
    String wanted = values.get(Settings.TRANSPORT);
    if (wanted.equals("auto")) {
      return Transport.EPOLL.isAvailable() ? Transport.EPOLL : Transport.NIO;
    }
    Transport transport = Transport.valueOf(wanted.toUpperCase(Locale.ROOT));
    if (!transport.isAvailable()) {
      throw values.bad(Settings.TRANSPORT, wanted + " does not work here (expected: auto)");
    }
    return transport;
  }
}
