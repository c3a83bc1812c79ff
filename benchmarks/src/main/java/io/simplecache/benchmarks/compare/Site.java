package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** The origin's files: random bytes, the same in every run, no two files alike. */
final class Site {
  static final String SMALL = "/1k.bin";
  static final String MEDIUM = "/16k.bin";
  static final String LARGE = "/256k.bin";
  static final String HUGE = "/10m.bin";
  static final int KEYS = 10_000;

  private Site() {}

  /** Returns the path of one of the {@value #KEYS} files of 4 KiB. */
  static String key(int number) {
    return "/z/" + number + ".bin";
  }

  /** Makes the files below a directory. */
  static void create(Path root) throws IOException {
    Random random = new Random(42);
    Files.createDirectories(root.resolve("z"));
    write(root, SMALL, 1 << 10, random);
    write(root, MEDIUM, 16 << 10, random);
    write(root, LARGE, 256 << 10, random);
    write(root, HUGE, 10 << 20, random);
    for (int i = 0; i < KEYS; i++) {
      write(root, key(i), 4 << 10, random);
    }
  }

  private static void write(Path root, String path, int bytes, Random random) throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    Files.write(root.resolve(path.substring(1)), content);
  }
}
