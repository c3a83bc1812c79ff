package io.simplecache.benchmarks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Sends a mixed load for some minutes, checks every answer, and reports each minute what the cache
 * server takes: whole answers, ranges, conditions, HEAD, relays, validation, POST, clients that
 * hang up, over more resources than fit:
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.simplecache.benchmarks.SoakLoad \
 *     proxy-server/target/proxy-server.jar [minutes [connections]]</pre>
 *
 * <p>The heap is that after a collection, which it asks for by {@code jcmd}; direct memory is what
 * the cache's allocator and that of the connections hold. Exit code 1 if an answer was wrong or
 * missing, or if after the warm-up, a quarter of the time or two minutes, something has grown by
 * more than it may: resident memory by 24 MiB, descriptors by the number of clients, direct memory
 * by 16 MiB, the heap by 8 MiB.
 */
public final class SoakLoad {
  private static final int KEYS = 20_000;
  private static final String HEAP = "128m";
  private static final int MEMORY_MIB = 64;
  private static final int MAX_RESIDENT_GROWTH_MIB = 24;
  private static final int MAX_DIRECT_GROWTH_MIB = 16;
  private static final int MAX_HEAP_GROWTH_MIB = 8;

  private SoakLoad() {}

  /** Runs the load. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    int minutes = args.length > 1 ? Integer.parseInt(args[1]) : 60;
    int connections = args.length > 2 ? Integer.parseInt(args[2]) : 64;

    Catalogue catalogue = new Catalogue(KEYS, /* seed= */ 42);
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    ChurnOrigin origin = new ChurnOrigin(catalogue, group);
    int adminPort = ProxyProcess.freePort();
    String verdict;
    try (ProxyProcess proxy =
        new ProxyProcess(
            jar,
            origin.port(),
            // All of the heap is resident at once: what grows later is something else.
            List.of("-Xms" + HEAP, "-Xmx" + HEAP, "-XX:+AlwaysPreTouch"),
            MEMORY_MIB,
            "--admin-port=" + adminPort)) {
      SoakClient client = new SoakClient(catalogue, group, proxy.port(), connections);
      verdict = watch(proxy, adminPort, client, minutes, connections);
      client.stop();
    } finally {
      group.shutdownGracefully();
    }
    System.out.println(verdict.isEmpty() ? "good" : verdict);
    System.exit(verdict.isEmpty() ? 0 : 1);
  }

  /** Returns what is wrong, or nothing. */
  private static String watch(
      ProxyProcess proxy, int adminPort, SoakClient client, int minutes, int connections)
      throws IOException, InterruptedException {
    Sample warm = null;
    int warmUp = Math.max(2, minutes / 4);
    long requests = 0;
    long hits = 0;
    for (int minute = 1; minute <= minutes; minute++) {
      Thread.sleep(60_000);
      if (!proxy.isAlive()) {
        return "the cache server has ended";
      }
      Sample now = Sample.of(proxy, adminPort);
      long requestsNow = client.requests();
      long hitsNow = client.hits();
      System.out.printf(
          Locale.ROOT,
          "%4d min  %,9d requests  %4.1f %% hits  %d failures  %s%n",
          minute,
          requestsNow - requests,
          100.0 * (hitsNow - hits) / Math.max(1, requestsNow - requests),
          client.failures(),
          now);
      requests = requestsNow;
      hits = hitsNow;
      if (client.failures() > 0) {
        return "failed: " + client.firstFailure();
      }
      if (minute == warmUp) {
        warm = now;
      }
      if (warm != null && !now.isWithin(warm, connections)) {
        return "grown since the warm-up from " + warm;
      }
    }
    return "";
  }

  private record Sample(long residentMib, long descriptors, long directMib, long heapMib) {
    static Sample of(ProxyProcess proxy, int adminPort) throws IOException, InterruptedException {
      proxy.collectGarbage();
      ProxyProcess.Metrics metrics = proxy.metrics(adminPort);
      double direct =
          metrics.sum("simple_cache_memory_held_bytes", "")
              + metrics.sum("netty_allocator_memory_used", "direct");
      return new Sample(
          proxy.residentKib() >> 10,
          proxy.descriptors(),
          (long) direct >> 20,
          (long) metrics.sum("jvm_memory_used_bytes", "area=\"heap\"") >> 20);
    }

    boolean isWithin(Sample warm, int connections) {
      return residentMib <= warm.residentMib + MAX_RESIDENT_GROWTH_MIB
          && descriptors <= warm.descriptors + connections
          && directMib <= warm.directMib + MAX_DIRECT_GROWTH_MIB
          && heapMib <= warm.heapMib + MAX_HEAP_GROWTH_MIB;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "resident %d MiB, %d descriptors, direct %d MiB, heap %d MiB",
          residentMib,
          descriptors,
          directMib,
          heapMib);
    }
  }
}
