package io.simplecache.chaos;

import java.util.Arrays;

/** The content of each key: its length and every byte follow from the key. */
final class Bytes {
  static final int KEYS = 200;
  private static final int[] LENGTHS = {0, 1, 700, 3000, 3000, 9000, 20_000, 60_000, 200_000};

  private final byte[][] contents = new byte[KEYS][];

  Bytes() {
    for (int key = 0; key < KEYS; key++) {
      byte[] content = new byte[LENGTHS[key % LENGTHS.length] + key % 7];
      for (int i = 0; i < content.length; i++) {
        content[i] = (byte) (i * 31 + (i >>> 13) + key * 17);
      }
      contents[key] = content;
    }
  }

  /** Returns what must not be changed. */
  byte[] of(int key) {
    return contents[key];
  }

  /**
   * Returns whether {@code part} is the key's content from {@code first} on, {@code length} long.
   */
  boolean isRight(int key, int first, int length, byte[] part) {
    byte[] content = contents[key];
    return part.length == length
        && first + length <= content.length
        && Arrays.equals(part, 0, length, content, first, first + length);
  }
}
