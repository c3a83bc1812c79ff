package io.simplecache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.Configuration;
import io.simplecache.server.config.SettingsBench;
import io.simplecache.server.config.Values;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final long MIB = 1 << 20;

  @Test
  void process_takesCacheWithAQuarterMore_heapAndJvm() {
    Memory memory = new Memory(/* cacheBytes= */ 64 * MIB, /* heapBytes= */ 128 * MIB);

    assertEquals((80 + 128 + 150) * MIB, memory.processBytes());
    assertEquals("memory 64 MiB, the whole process at most 358 MiB", memory.toString());
    assertTrue(memory.warning().isEmpty(), () -> memory.warning().orElseThrow());
  }

  @Test
  void process_largerThanTheMachine_isWarnedOf() {
    Memory memory = new Memory(/* cacheBytes= */ 1L << 50, /* heapBytes= */ 128 * MIB);

    assertTrue(
        memory.warning().orElse("").startsWith("memory: the process may take 1342177558 MiB"),
        () -> memory.warning().orElse("no warning"));
  }

  @Test
  void plan_takesWhatIsWanted() {
    Configuration wanted = Configuration.read(SettingsBench.flags("--memory=16MiB"), Map.of());

    assertEquals(16 * MIB, Memory.plan(wanted.values()).cacheBytes());
  }

  @Test
  void plan_nothingLeftForTheCache_isNamed() {
    Values values = Configuration.read(SettingsBench.flags(), Map.of()).values();

    assertEquals(MIB, Memory.plan(values, 34 * MIB).cacheBytes());
    BadSetting bad = assertThrows(BadSetting.class, () -> Memory.plan(values, 33 * MIB));
    assertEquals(
        "the JVM's direct memory is limited to 33 MiB (expected: at least 34 MiB, by java"
            + " -XX:MaxDirectMemorySize, or -Xmx where that is not given)",
        bad.getMessage());
  }
}
