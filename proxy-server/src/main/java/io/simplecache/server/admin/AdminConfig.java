package io.simplecache.server.admin;

import static java.util.Objects.requireNonNull;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin listener listens, and who may use it.
 *
 * @param host address; anything but loopback requires a token
 * @param port TCP port, 0 for any free one
 * @param token what callers show as {@code Authorization: Bearer}; null lets everybody in who can
 *     reach the listener
 */
public record AdminConfig(String host, int port, @Nullable String token) {
  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException if one is out of its bounds; the message names it, but never
   *     shows the token
   */
  public AdminConfig {
    requireNonNull(host, "host");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("admin-port: " + port + " (expected: 0 to 65535)");
    }
    if (token == null && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "admin-host: " + host + " (expected: a loopback address, or a token beside it)");
    }
    String defect = token == null ? null : TokenFile.defectOf(token);
    if (defect != null) {
      throw new IllegalArgumentException("admin-token: " + defect);
    }
  }

  /** Returns whether only this machine can reach {@code host}; no name is looked up. */
  public static boolean isLoopback(String host) {
    if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
      return true;
    }
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
    return address != null && address.isLoopbackAddress();
  }

  /** Says everything but the token. */
  @Override
  public String toString() {
    return "AdminConfig[" + host + ":" + port + (token == null ? "]" : ", with a token]");
  }
}
