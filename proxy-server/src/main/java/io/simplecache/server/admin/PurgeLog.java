package io.simplecache.server.admin;

import io.simplecache.Purge;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line of the log for each purge: who, what, how many. Any thread. */
final class PurgeLog {
  private static final Logger log = LoggerFactory.getLogger("Purge");

  private PurgeLog() {}

  static void write(@Nullable SocketAddress client, Purge purge, int responses) {
    log.info(
        "{} by {}: {} {}",
        Printable.of(selector(purge)),
        address(client),
        responses,
        purge.soft() ? "made stale" : "removed");
  }

  private static String selector(Purge purge) {
    if (purge instanceof Purge.Url url) {
      return "url " + url.uri();
    }
    if (purge instanceof Purge.Prefix prefix) {
      return "prefix " + prefix.uriPrefix();
    }
    if (purge instanceof Purge.Host host) {
      return "host " + host.authority();
    }
    if (purge instanceof Purge.Tag tag) {
      return "tag " + tag.tag();
    }
    return "all";
  }

  private static String address(@Nullable SocketAddress client) {
    return client instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "a client that is gone";
  }
}
