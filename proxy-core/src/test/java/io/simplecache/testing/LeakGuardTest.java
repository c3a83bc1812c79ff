package io.simplecache.testing;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LeakGuardTest {
  @Test
  @ExpectedWarning("declared")
  void warning_declared_isAllowed() {
    LoggerFactory.getLogger(LeakGuardTest.class).warn("declared by this test");
  }
}
