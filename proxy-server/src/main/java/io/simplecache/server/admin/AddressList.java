package io.simplecache.server.admin;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses and networks that something is allowed to. Unchangeable. */
public final class AddressList {
  private final List<IpSubnetFilterRule> networks;

  private AddressList(List<IpSubnetFilterRule> networks) {
    this.networks = networks;
  }

  /**
   * Returns the list of what is written {@code 127.0.0.1}, {@code ::1}, {@code 10.0.0.0/8}, {@code
   * fd00::/8}.
   *
   * @throws IllegalArgumentException if one is neither an address nor a network; no name is looked
   *     up
   */
  public static AddressList parse(List<String> texts) {
    List<IpSubnetFilterRule> networks = new ArrayList<>();
    for (String text : texts) {
      networks.add(network(text));
    }
    return new AddressList(List.copyOf(networks));
  }

  private static IpSubnetFilterRule network(String text) {
    int slash = text.indexOf('/');
    InetAddress address =
        NetUtil.createInetAddressFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    int bits = address == null ? -1 : address.getAddress().length * 8;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1));
    if (address == null || prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException(
          text + " (expected: an address or a network such as 127.0.0.1, ::1 or 10.0.0.0/8)");
    }
    return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
  }

  private static int prefix(String text) {
    return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
  }

  boolean contains(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && networks.stream().anyMatch(network -> network.matches(inet));
  }
}
