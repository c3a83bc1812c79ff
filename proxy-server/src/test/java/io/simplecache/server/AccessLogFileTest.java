package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogFileTest {
  private final Path directory;
  private final List<String> warnings = new ArrayList<>();

  AccessLogFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private AccessLogFile open(Path file) {
    return new AccessLogFile(file, /* maxBytes= */ 1 << 20, /* keep= */ 3, warnings::add);
  }

  @Test
  void file_thatWasMovedAway_isOpenedAnew() throws Exception {
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log-20261128");
    try (AccessLogFile log = open(file)) {
      log.accept("one");
      Files.move(file, moved);
      log.accept("two");
      log.reopen();
      log.accept("three");
    }

    assertEquals("one\ntwo\n", Files.readString(moved));
    assertEquals("three\n", Files.readString(file));
    assertEquals(List.of(), warnings);
  }

  @Test
  void file_thatCannotBeWritten_isSaidOnce() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    try (AccessLogFile log = open(full)) {
      for (int i = 0; i < 100; i++) {
        log.accept("line");
      }
    }

    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).startsWith("access log: /dev/full: "), warnings.get(0));
    assertTrue(warnings.get(0).endsWith("No space left on device"), warnings.get(0));
    assertEquals(1, warnings.get(0).lines().count());
  }

  @Test
  void file_thatCouldNotBeOpenedAtFirst_isWrittenOnceItCan() throws Exception {
    Path file = Files.createDirectory(directory.resolve("access.log"));
    try (AccessLogFile log = open(file)) {
      assertEquals(1, warnings.size(), warnings.toString());
      Files.delete(file);
      log.reopen();
      log.accept("line");
    }

    assertEquals("line\n", Files.readString(file));
  }

  @Test
  void file_thatCannotBeOpenedAgain_isSaid() throws Exception {
    Path below = Files.createDirectory(directory.resolve("log"));
    Path file = below.resolve("access.log");
    try (AccessLogFile log = open(file)) {
      Files.delete(file);
      Files.createDirectory(file);
      log.reopen();
    }

    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).startsWith("access log: " + file + ": "), warnings.get(0));
  }
}
