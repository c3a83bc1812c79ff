package io.simplecache.server.metrics;

import io.simplecache.ProxyStatistics;

/** What memory is used for. Each constant is a label value and a segment of the page's bar. */
enum MemoryClass {
  /** Stored bodies. */
  BODIES,
  /** Stored heads. */
  HEADS,
  /** Keys, and the places in the store. */
  INDEX,
  /** Tags, and which responses have them. */
  TAGS,
  /** Bodies that are arriving and will be stored. */
  ARRIVING,
  /** What is kept of relayed bodies for clients that have not taken it yet. */
  RELAY_WINDOWS;

  long bytes(ProxyStatistics statistics) {
    return switch (this) {
      case BODIES -> statistics.bodyBytes();
      case HEADS -> statistics.headBytes();
      case INDEX -> statistics.indexBytes();
      case TAGS -> statistics.tagBytes();
      case ARRIVING -> statistics.arrivingBytes();
      case RELAY_WINDOWS -> statistics.relayWindowBytes();
    };
  }
}
