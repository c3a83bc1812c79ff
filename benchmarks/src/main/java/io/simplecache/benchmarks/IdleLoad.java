package io.simplecache.benchmarks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Measures what a crowd costs that wants nothing: connections that are idle, and clients that send
 * their heads one byte at a time, again and again. Reports the latency of a steady client alone and
 * beside them, and what the resident memory of the cache server grows by for each idle connection:
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar io.simplecache.benchmarks.IdleLoad \
 *     proxy-server/target/proxy-server.jar [idle [slow [seconds]]]</pre>
 *
 * <p>The crowd is in a process of its own, spread over many addresses of the loopback network. Exit
 * code 1 if an idle connection was lost, no slow head was cut off, the 99th percentile beside them
 * is more than three times what it was alone, or a connection takes more than 8 KiB.
 */
public final class IdleLoad {
  private static final int REQUESTS_PER_SECOND = 1000;
  private static final int WARM_UP_SECONDS = 15;
  private static final int HEAD_TIMEOUT_SECONDS = 10;
  private static final int MAX_BYTES_PER_CONNECTION = 8 * 1024;
  private static final double MAX_RATIO = 3;

  private IdleLoad() {}

  /** Runs the load. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(args[0]);
    int idle = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    int slow = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
    int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 30;

    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChurnOrigin origin = new ChurnOrigin(new Catalogue(10, /* seed= */ 42), group);
    boolean good;
    try (ProxyProcess proxy =
            new ProxyProcess(
                jar,
                origin.port(),
                List.of("-Xmx128m"),
                /* memoryMib= */ 64,
                "--head-timeout=" + HEAD_TIMEOUT_SECONDS + "s",
                "--keep-alive=1h");
        SteadyClient client = new SteadyClient(proxy.port(), REQUESTS_PER_SECOND)) {
      client.run(Duration.ofSeconds(WARM_UP_SECONDS));
      Histogram alone = client.run(Duration.ofSeconds(seconds));
      report("alone", alone);
      long before = proxy.residentKib();
      try (Crowd crowd = new Crowd(proxy.port(), idle, slow)) {
        crowd.await("idle");
        client.run(Duration.ofSeconds(1));
        long bytesPerConnection = (proxy.residentKib() - before) * 1024 / idle;
        System.out.printf(
            Locale.ROOT,
            "resident        %,d KiB, with %,d idle connections %,d KiB: %,d bytes for each%n",
            before,
            idle,
            proxy.residentKib(),
            bytesPerConnection);
        crowd.say("slow");
        crowd.await("slow");
        Histogram beside = client.run(Duration.ofSeconds(seconds));
        report("beside them", beside);
        crowd.say("end");
        String end = crowd.await("end");
        System.out.println(end);
        double ratio = (double) beside.getValueAtPercentile(99) / alone.getValueAtPercentile(99);
        System.out.printf(Locale.ROOT, "99th percentile × %.2f%n", ratio);
        good =
            bytesPerConnection <= MAX_BYTES_PER_CONNECTION
                && ratio <= MAX_RATIO
                && end.contains(" 0 idle connections lost")
                && !end.contains(" 0 slow heads cut off");
      }
    } finally {
      group.shutdownGracefully();
    }
    System.exit(good ? 0 : 1);
  }

  private static void report(String when, Histogram micros) {
    System.out.printf(
        Locale.ROOT,
        "%-12s    %,d requests, p50 %,d µs, p99 %,d µs, p99.9 %,d µs, at most %,d µs%n",
        when,
        micros.getTotalCount(),
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99),
        micros.getValueAtPercentile(99.9),
        micros.getMaxValue());
  }

  /** The other process: {@link IdleCrowd}. */
  private static final class Crowd implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Crowd(int port, int idle, int slow) throws IOException {
      process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-cp",
                      System.getProperty("java.class.path"),
                      IdleCrowd.class.getName(),
                      String.valueOf(port),
                      String.valueOf(idle),
                      String.valueOf(slow),
                      String.valueOf(HEAD_TIMEOUT_SECONDS)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output = process.inputReader(StandardCharsets.UTF_8);
    }

    void say(String word) throws IOException {
      process.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    }

    /** Returns the next line, which begins with that word. */
    String await(String word) throws IOException {
      String line = output.readLine();
      if (line == null || !line.startsWith(word)) {
        throw new IOException("the crowd said " + line + " (expected: " + word + ")");
      }
      return line;
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
