package io.simplecache.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Asks for one small stored resource at a steady pace over one connection. A request that is late
 * because the one before it took long counts from when it was due. For one thread.
 */
final class SteadyClient implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET /0 HTTP/1.1\r\nHost: steady\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Socket socket;
  private final InputStream input;
  private final long intervalNanos;

  SteadyClient(int port, int requestsPerSecond) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    input = new BufferedInputStream(socket.getInputStream());
    intervalNanos = TimeUnit.SECONDS.toNanos(1) / requestsPerSecond;
  }

  /** Returns how long each request took, in microseconds. */
  Histogram run(Duration time) throws IOException {
    Histogram micros = new Histogram(3);
    long start = System.nanoTime();
    long end = start + time.toNanos();
    for (long due = start; due < end; due += intervalNanos) {
      long from = due;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
        // That the park is over late is not the server's doing.
        from = System.nanoTime();
      }
      ask();
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - from));
    }
    return micros;
  }

  private void ask() throws IOException {
    socket.getOutputStream().write(REQUEST);
    String status = readLine();
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(status);
    }
    int length = 0;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      if (line.regionMatches(/* ignoreCase= */ true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    input.readNBytes(length);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = input.read(); b != '\n'; b = input.read()) {
      if (b < 0) {
        throw new EOFException("closed after '" + line + "'");
      }
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
