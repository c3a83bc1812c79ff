package io.simplecache.front;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What clients may take of the proxy, in number, size and time. For numbers and sizes that say so,
 * 0 is no limit.
 *
 * @param maxConnections open at a time; one more gets 503. 0: no limit
 * @param maxConnectionsPerAddress open at a time from one IPv4 address or IPv6 /64; one more gets
 *     503. 0: no limit
 * @param maxRequestsPerConnection then it is closed. 0: no limit
 * @param maxRequestLineBytes a longer one gets 414
 * @param maxHeadBytes of field lines, and of trailer lines; more get 431
 * @param maxFields of a head or of trailers; more get 431
 * @param maxBodyBytes of a request; a larger one gets 413. 0: no limit
 * @param minReceiveBytesPerSecond of a request's body, on average, once it takes longer than it may
 *     pause; a slower one gets 408. 0: no limit
 * @param minSendBytesPerSecond that a client takes of what waits for it, on average, once that
 *     takes longer than {@code writeTimeout}; of a slower one the connection is closed. 0: no limit
 * @param keepAliveTimeout how long a connection may wait for its next request
 * @param headTimeout how long a request's head may take from its first byte to its end, and a new
 *     connection to the first byte
 * @param bodyTimeout how long a request's body may pause
 * @param writeTimeout how long a client may take nothing of what is there for it
 */
public record ClientLimits(
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxRequestsPerConnection,
    int maxRequestLineBytes,
    int maxHeadBytes,
    int maxFields,
    long maxBodyBytes,
    int minReceiveBytesPerSecond,
    int minSendBytesPerSecond,
    Duration keepAliveTimeout,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration writeTimeout) {
  /** What holds where nothing else is said. */
  public static final ClientLimits DEFAULTS = builder().build();

  /** Checks every value. */
  public ClientLimits {
    atLeast("maxConnections", maxConnections, 0, "connections");
    atLeast("maxConnectionsPerAddress", maxConnectionsPerAddress, 0, "connections");
    atLeast("maxRequestsPerConnection", maxRequestsPerConnection, 0, "requests");
    atLeast("maxRequestLine", maxRequestLineBytes, 256, "bytes");
    atLeast("maxClientHead", maxHeadBytes, 1024, "bytes");
    atLeast("maxFields", maxFields, 8, "fields");
    atLeast("maxBody", maxBodyBytes, 0, "bytes");
    atLeast("minReceiveRate", minReceiveBytesPerSecond, 0, "bytes per second");
    atLeast("minSendRate", minSendBytesPerSecond, 0, "bytes per second");
    positive("clientKeepAliveTimeout", keepAliveTimeout);
    positive("clientHeadTimeout", headTimeout);
    positive("clientBodyTimeout", bodyTimeout);
    positive("clientWriteTimeout", writeTimeout);
  }

  private static void atLeast(String name, long value, long least, String unit) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: >= " + least + " " + unit + ")");
    }
  }

  private static void positive(String name, Duration value) {
    requireNonNull(value, name);
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /** Returns a builder in which everything has its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects limits. */
  public static final class Builder {
    private int maxConnections = 20_000;
    private int maxConnectionsPerAddress = 1024;
    private int maxRequestsPerConnection = 10_000;
    private int maxRequestLineBytes = 8 * 1024;
    private int maxHeadBytes = 32 * 1024;
    private int maxFields = 128;
    private long maxBodyBytes = 1L << 30;
    private int minReceiveBytesPerSecond = 100;
    private int minSendBytesPerSecond = 100;
    private Duration keepAliveTimeout = Duration.ofSeconds(75);
    private Duration headTimeout = Duration.ofSeconds(30);
    private Duration bodyTimeout = Duration.ofSeconds(60);
    private Duration writeTimeout = Duration.ofSeconds(60);

    private Builder() {}

    /** See {@link ClientLimits#maxConnections}; by default 20,000. */
    public Builder maxConnections(int connections) {
      maxConnections = connections;
      return this;
    }

    /** See {@link ClientLimits#maxConnectionsPerAddress}; by default 1,024. */
    public Builder maxConnectionsPerAddress(int connections) {
      maxConnectionsPerAddress = connections;
      return this;
    }

    /** See {@link ClientLimits#maxRequestsPerConnection}; by default 10,000. */
    public Builder maxRequestsPerConnection(int requests) {
      maxRequestsPerConnection = requests;
      return this;
    }

    /** See {@link ClientLimits#maxRequestLineBytes}; by default 8 KiB. */
    public Builder maxRequestLine(int bytes) {
      maxRequestLineBytes = bytes;
      return this;
    }

    /** See {@link ClientLimits#maxHeadBytes}; by default 32 KiB. */
    public Builder maxHead(int bytes) {
      maxHeadBytes = bytes;
      return this;
    }

    /** See {@link ClientLimits#maxFields}; by default 128. */
    public Builder maxFields(int fields) {
      maxFields = fields;
      return this;
    }

    /** See {@link ClientLimits#maxBodyBytes}; by default 1 GiB. */
    public Builder maxBody(long bytes) {
      maxBodyBytes = bytes;
      return this;
    }

    /** See {@link ClientLimits#minReceiveBytesPerSecond}; by default 100. */
    public Builder minReceiveRate(int bytesPerSecond) {
      minReceiveBytesPerSecond = bytesPerSecond;
      return this;
    }

    /** See {@link ClientLimits#minSendBytesPerSecond}; by default 100. */
    public Builder minSendRate(int bytesPerSecond) {
      minSendBytesPerSecond = bytesPerSecond;
      return this;
    }

    /** See {@link ClientLimits#keepAliveTimeout}; by default 75 s. */
    public Builder keepAliveTimeout(Duration timeout) {
      keepAliveTimeout = timeout;
      return this;
    }

    /** See {@link ClientLimits#headTimeout}; by default 30 s. */
    public Builder headTimeout(Duration timeout) {
      headTimeout = timeout;
      return this;
    }

    /** See {@link ClientLimits#bodyTimeout}; by default 60 s. */
    public Builder bodyTimeout(Duration timeout) {
      bodyTimeout = timeout;
      return this;
    }

    /** See {@link ClientLimits#writeTimeout}; by default 60 s. */
    public Builder writeTimeout(Duration timeout) {
      writeTimeout = timeout;
      return this;
    }

    /**
     * Returns the limits.
     *
     * @throws IllegalArgumentException if a value is out of its bounds; the message names it
     */
    public ClientLimits build() {
      return new ClientLimits(
          maxConnections,
          maxConnectionsPerAddress,
          maxRequestsPerConnection,
          maxRequestLineBytes,
          maxHeadBytes,
          maxFields,
          maxBodyBytes,
          minReceiveBytesPerSecond,
          minSendBytesPerSecond,
          keepAliveTimeout,
          headTimeout,
          bodyTimeout,
          writeTimeout);
    }
  }
}
