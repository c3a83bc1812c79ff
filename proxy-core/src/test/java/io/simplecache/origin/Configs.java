package io.simplecache.origin;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Configurations for tests: patient, with small limits. */
final class Configs {
  static final Duration LONG = Duration.ofSeconds(20);
  static final int MAX_HEAD_BYTES = 8192;
  static final int MAX_FIELDS = 100;

  private Configs() {}

  /** Returns one whose origins listen on these ports of the loopback address. */
  static OriginConfig of(UnaryOperator<OriginSettings.Builder> settings, int... ports) {
    return of(settings, LONG, LONG, ports);
  }

  static OriginConfig of(
      UnaryOperator<OriginSettings.Builder> settings,
      Duration headTimeout,
      Duration idleTimeout,
      int... ports) {
    List<OriginAddress> origins =
        IntStream.of(ports)
            .mapToObj(port -> new OriginAddress("127.0.0.1", port, /* ssl= */ null))
            .toList();
    return new OriginConfig(
        origins,
        settings.apply(OriginSettings.builder().maxFields(MAX_FIELDS)).build(),
        /* connectTimeout= */ LONG,
        headTimeout,
        idleTimeout,
        /* keepAliveTimeout= */ LONG,
        /* maxIdleConnections= */ 4,
        MAX_HEAD_BYTES);
  }
}
