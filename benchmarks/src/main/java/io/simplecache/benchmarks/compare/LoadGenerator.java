package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Does what wrk cannot, and prints what wrk's script prints. Sends one request at a steady rate,
 * whether answers come or not; latency counts from when the request was due, so that a server that
 * stands still is charged for all who would have come meanwhile. Or sends as many as go through, of
 * which the answers may be 304 with a Content-Length (RFC 9110 §8.6), for which wrk waits in vain.
 *
 * <p>One thread that never sleeps, on a core of its own. A request that is due while no connection
 * is free waits for one. The head of an answer must come in one piece.
 */
public final class LoadGenerator {
  private static final long STEADY_WARM_UP_NANOS = 2_000_000_000L;
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final int MOST_HEAD_BYTES = 2048;
  private static final int FIRST_DIGIT_OF_STATUS = "HTTP/1.1 ".length();
  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CONTENT_LENGTH =
      "content-length: ".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector;
  private final ByteBuffer request;
  private final byte[] head = new byte[MOST_HEAD_BYTES];
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private final Deque<Connection> free = new ArrayDeque<>();
  private final Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
  private final double nanosPerRequest;
  private final long warmUpNanos;
  private long start;
  private long sent;
  private long measured;
  private long bytes;
  private long failed;

  private LoadGenerator(Selector selector, ByteBuffer request, double ratePerSecond) {
    this.selector = selector;
    this.request = request;
    this.nanosPerRequest = ratePerSecond == 0 ? 0 : 1e9 / ratePerSecond;
    this.warmUpNanos = ratePerSecond == 0 ? 0 : STEADY_WARM_UP_NANOS;
  }

  /** One connection, with at most one request under way. */
  private static final class Connection {
    final SocketChannel channel;
    long due;
    int missing;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  /**
   * Takes port, path, connections, requests a second (0: as many as go through), seconds, and
   * fields of the request.
   */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[0]);
    int connections = Integer.parseInt(args[2]);
    StringBuilder head = new StringBuilder("GET " + args[1] + " HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1:").append(port).append("\r\n");
    for (String field : List.of(args).subList(5, args.length)) {
      head.append(field).append("\r\n");
    }
    byte[] request = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer direct = ByteBuffer.allocateDirect(request.length).put(request).flip();
    try (Selector selector = Selector.open()) {
      LoadGenerator loop = new LoadGenerator(selector, direct, Double.parseDouble(args[3]));
      loop.connect(port, connections);
      loop.run(Long.parseLong(args[4]) * 1_000_000_000L);
    }
  }

  private void connect(int port, int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Connection connection = new Connection(channel);
      channel.register(selector, SelectionKey.OP_READ, connection);
      free.add(connection);
    }
  }

  private void run(long nanos) throws IOException {
    start = System.nanoTime();
    long end = start + warmUpNanos + nanos;
    for (long now = start; now < end; now = System.nanoTime()) {
      sendWhatIsDue(now);
      selector.selectNow(this::receive);
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT requests=%d micros=%d bytes=%d failed=%d status=0 p50=%d p99=%d p999=%d max=%d%n",
        measured,
        nanos / 1000,
        bytes,
        failed,
        latencies.getValueAtPercentile(50) / 1000,
        latencies.getValueAtPercentile(99) / 1000,
        latencies.getValueAtPercentile(99.9) / 1000,
        latencies.getMaxValue() / 1000);
  }

  private void sendWhatIsDue(long now) throws IOException {
    long due = due(now);
    while (due <= now && !free.isEmpty()) {
      Connection connection = free.remove();
      connection.due = due;
      connection.missing = 0;
      connection.channel.write(request.rewind());
      sent++;
      due = due(now);
    }
  }

  private long due(long now) {
    return nanosPerRequest == 0 ? now : start + (long) (sent * nanosPerRequest);
  }

  private void receive(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    int read;
    try {
      read = connection.channel.read(in.clear());
    } catch (IOException e) {
      read = -1;
    }
    if (read > 0 && connection.missing == 0) {
      connection.missing = lengthOfAnswer(read);
    }
    if (read < 0 || connection.missing < 0) {
      failed++;
      key.cancel();
      return;
    }
    bytes += read;
    connection.missing -= read;
    if (connection.missing == 0) {
      record(connection, System.nanoTime());
    }
  }

  private void record(Connection connection, long now) {
    if (now - start > warmUpNanos) {
      measured++;
      latencies.recordValue(Math.min(now - connection.due, HIGHEST_NANOS));
    }
    free.add(connection);
  }

  /**
   * Returns the bytes of the answer that begins here, or -1 if its head is not all there, is not
   * that of a success, or does not say the length. A 304 has no content, whatever it says.
   */
  private int lengthOfAnswer(int read) {
    in.flip().get(head, 0, Math.min(read, head.length));
    int end = indexOf(END_OF_HEAD, read);
    int length = indexOf(CONTENT_LENGTH, read);
    if (end >= 0 && head[FIRST_DIGIT_OF_STATUS] == '3') {
      return end + END_OF_HEAD.length;
    }
    if (head[FIRST_DIGIT_OF_STATUS] != '2' || end < 0 || length < 0) {
      return -1;
    }
    int bodyBytes = 0;
    for (int i = length + CONTENT_LENGTH.length; head[i] != '\r'; i++) {
      bodyBytes = bodyBytes * 10 + head[i] - '0';
    }
    return end + END_OF_HEAD.length + bodyBytes;
  }

  /** Looks for lower-case text without regard to case. */
  private int indexOf(byte[] text, int read) {
    int last = Math.min(read, head.length) - text.length;
    for (int i = 0; i <= last; i++) {
      int matched = 0;
      while (matched < text.length && lowerCase(head[i + matched]) == text[matched]) {
        matched++;
      }
      if (matched == text.length) {
        return i;
      }
    }
    return -1;
  }

  private static int lowerCase(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  }
}
