package io.simplecache.benchmarks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends many requests over more resources than the cache can hold and reports the hit ratio, wrong
 * answers, and the cache server's resident memory against its bound:
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.simplecache.benchmarks.ChurnLoad \
 *     proxy-server/target/proxy-server.jar [requests [keys [connections [memoryMiB]]]]</pre>
 *
 * <p>The bound is 1.25 × the memory of the cache (its allocator's fragmentation included) and 200
 * MiB: for what is used of 128 MiB of heap, and for the JVM itself: code, class data, thread
 * stacks, the buffers of 64 connections. The JVM's options are those of the start script. Exit code
 * 1 if an answer was wrong or the bound was exceeded.
 */
public final class ChurnLoad {
  private static final int HEAP_MIB = 128;
  private static final int OTHER_MIB = 200;

  private ChurnLoad() {}

  /** Runs the load. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    long requests = args.length > 1 ? Long.parseLong(args[1]) : 2_000_000;
    int keys = args.length > 2 ? Integer.parseInt(args[2]) : 20_000;
    int connections = args.length > 3 ? Integer.parseInt(args[3]) : 64;
    int memoryMib = args.length > 4 ? Integer.parseInt(args[4]) : 64;

    Catalogue catalogue = new Catalogue(keys, /* seed= */ 42);
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    ChurnOrigin origin = new ChurnOrigin(catalogue, group);
    boolean failed;
    List<String> options =
        List.of(
            "-Xmx" + HEAP_MIB + "m",
            "-XX:MaxDirectMemorySize=" + (memoryMib * 5 / 4 + 48) + "m",
            "-XX:+UseParallelGC");
    try (ProxyProcess proxy = new ProxyProcess(jar, origin.port(), options, memoryMib)) {
      ChurnClient client = new ChurnClient(catalogue, requests, connections);
      AtomicLong peakKib = new AtomicLong();
      Thread watcher = new Thread(() -> watch(proxy, client, peakKib), "watcher");
      watcher.setDaemon(true);
      watcher.start();
      long start = System.nanoTime();
      client.run(group, proxy.port());
      double seconds = (System.nanoTime() - start) / 1e9;
      long boundMib = memoryMib * 5L / 4 + OTHER_MIB;
      peakKib.accumulateAndGet(proxy.residentKib(), Math::max);
      report(catalogue, client, origin, requests, seconds, peakKib.get(), boundMib);
      failed = client.errors() > 0 || peakKib.get() / 1024 > boundMib;
    } finally {
      group.shutdownGracefully();
    }
    System.exit(failed ? 1 : 0);
  }

  private static void watch(ProxyProcess proxy, ChurnClient client, AtomicLong peakKib) {
    try {
      for (int second = 1; proxy.isAlive(); second++) {
        Thread.sleep(1000);
        long now = proxy.residentKib();
        peakKib.accumulateAndGet(now, Math::max);
        if (second % 10 == 0) {
          System.out.printf(
              Locale.ROOT,
              "%4d s  %,d requests left  resident %d MiB%n",
              second,
              client.requestsLeft(),
              now / 1024);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void report(
      Catalogue catalogue,
      ChurnClient client,
      ChurnOrigin origin,
      long requests,
      double seconds,
      long peakKib,
      long boundMib) {
    System.out.printf(
        Locale.ROOT,
        "requests          %,d in %.1f s (%,.0f/s), %,d MiB%n"
            + "catalogue         %,d MiB%n"
            + "hit ratio         %.1f %% (origin asked %,d times)%n"
            + "wrong answers     %,d%n"
            + "resident memory   %d MiB at most (bound: %d MiB)%n",
        requests,
        seconds,
        requests / seconds,
        client.bytes() >> 20,
        catalogue.totalBytes() >> 20,
        100.0 * client.hits() / requests,
        origin.requests(),
        client.errors(),
        peakKib / 1024,
        boundMib);
  }
}
