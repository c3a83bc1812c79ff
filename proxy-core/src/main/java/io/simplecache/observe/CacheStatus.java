package io.simplecache.observe;

import java.util.Locale;

/**
 * The Cache-Status field (RFC 9211) of a record. Everything in it is a token or a number of ours,
 * so it is put together here, on the hot path, rather than by a structured-field serialiser.
 */
public final class CacheStatus {
  private CacheStatus() {}

  /**
   * Returns the member that describes what this cache did.
   *
   * @param name how this cache calls itself; a token
   */
  public static String of(String name, ExchangeRecord record) {
    StringBuilder member = new StringBuilder(64).append(name);
    Forward forward = record.forward();
    if (forward != null) {
      member.append("; fwd=").append(forward.token());
      if (record.originStatus() != 0) {
        member.append("; fwd-status=").append(record.originStatus());
      }
    } else if (record.result() == Result.HIT || record.result() == Result.STALE) {
      member.append("; hit");
    }
    if (record.hasTtl()) {
      member.append("; ttl=").append(record.ttlSeconds());
    }
    if (record.stored()) {
      member.append("; stored");
    }
    if (record.collapsed()) {
      member.append("; collapsed");
    }
    if (record.reason() != null && record.result() != Result.HIT) {
      member.append("; detail=").append(record.reason().token().toLowerCase(Locale.ROOT));
    }
    return member.toString();
  }
}
