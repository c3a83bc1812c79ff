package io.simplecache.benchmarks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

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
    int port = freePort();
    Process proxy = startProxy(jar, port, origin.port(), memoryMib);
    try {
      ChurnClient client = new ChurnClient(catalogue, requests, connections);
      AtomicLong peakKib = new AtomicLong();
      Thread watcher = new Thread(() -> watch(proxy, client, peakKib), "watcher");
      watcher.setDaemon(true);
      watcher.start();
      long start = System.nanoTime();
      client.run(group, port);
      double seconds = (System.nanoTime() - start) / 1e9;
      long boundMib = memoryMib * 5L / 4 + OTHER_MIB;
      peakKib.accumulateAndGet(residentKib(proxy), Math::max);
      report(catalogue, client, origin, requests, seconds, peakKib.get(), boundMib);
      if (client.errors() > 0 || peakKib.get() / 1024 > boundMib) {
        System.exit(1);
      }
    } finally {
      proxy.destroy();
      proxy.waitFor();
      group.shutdownGracefully();
    }
  }

  private static Process startProxy(Path jar, int port, int originPort, int memoryMib)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + HEAP_MIB + "m",
                    "-XX:MaxDirectMemorySize=" + (memoryMib * 5 / 4 + 48) + "m",
                    "-XX:+UseParallelGC",
                    "-jar",
                    jar.toString(),
                    "--host=127.0.0.1",
                    "--port=" + port,
                    "--origin=http://127.0.0.1:" + originPort,
                    "--memory=" + memoryMib + "MiB"))
            .inheritIO()
            .start();
    for (int i = 0; i < 600; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return process;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    process.destroy();
    throw new IOException("the cache server did not start");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void watch(Process proxy, ChurnClient client, AtomicLong peakKib) {
    try {
      for (int second = 1; proxy.isAlive(); second++) {
        Thread.sleep(1000);
        long now = residentKib(proxy);
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

  /** Returns VmRSS, or 0 where there is no such thing. */
  private static long residentKib(Process process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
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
