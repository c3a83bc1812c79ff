package io.simplecache.origin;

import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.dns.DefaultDnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.internal.PlatformDependent;
import io.simplecache.transport.Transport;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the addresses of names, without blocking: one resolver for each event loop, which remembers
 * an answer as long as that says. Files are read when this is made, not on event loops. Any thread.
 */
public final class Resolvers implements AutoCloseable {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(NetUtil.LOCALHOST4, /* port= */ 53);

  private final ConcurrentHashMap<EventLoop, AddressResolverGroup<InetSocketAddress>> byLoop =
      new ConcurrentHashMap<>();

  private final DnsServerAddressStreamProvider nameServers;
  private final HostsFileEntriesResolver hostsFile = HostsFileEntriesResolver.DEFAULT;

  /** Asks the name servers that the system asks. */
  public Resolvers() {
    this(nameServers(new File("/etc/resolv.conf")));
  }

  Resolvers(DnsServerAddressStreamProvider nameServers) {
    this.nameServers = nameServers;
  }

  /**
   * A file that names no server is no reason not to start: origins may be addresses. Names are then
   * asked for on this machine, as the system does (resolv.conf(5)), and never of a public server.
   */
  static DnsServerAddressStreamProvider nameServers(File file) {
    try {
      return new UnixResolverDnsServerAddressStreamProvider(file);
    } catch (IOException | IllegalArgumentException e) {
      return PlatformDependent.isWindows()
          ? DefaultDnsServerAddressStreamProvider.INSTANCE
          : new SingletonDnsServerAddressStreamProvider(LOCAL);
    }
  }

  AddressResolverGroup<InetSocketAddress> of(EventLoop loop) {
    return byLoop.computeIfAbsent(
        loop,
        l ->
            new DnsAddressResolverGroup(
                new DnsNameResolverBuilder()
                    .eventLoop(l)
                    .nameServerProvider(nameServers)
                    .hostsFileEntriesResolver(hostsFile)
                    .datagramChannelType(Transport.of(l).datagramChannel())));
  }

  /** Closes the sockets; what asks for a name later fails. */
  @Override
  public void close() {
    byLoop.values().forEach(AddressResolverGroup::close);
  }
}
