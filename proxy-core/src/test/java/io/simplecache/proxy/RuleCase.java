package io.simplecache.proxy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One case of a table: what happens, one step after the other, and what must come of it.
 *
 * @param number distinguishes it from all others
 * @param title table, section, force and name
 * @param settings which proxy it needs
 * @param known why it fails at present, or null if it must not
 */
record RuleCase(
    int number, String title, RuleSettings settings, List<Step> steps, @Nullable String known) {
  /** Time passes, or a request is made. */
  sealed interface Step permits Pause, Ask {}

  record Pause(long seconds) implements Step {}

  /**
   * A request, how the origin answers if it is asked, and what is expected. All are words of the
   * table; {@link RuleRun} knows their meaning.
   *
   * @param replies the first is for the first request that the origin sees in this step, and so on
   */
  record Ask(String text, List<String> request, List<List<String>> replies, List<String> expected)
      implements Step {}

  @Override
  public String toString() {
    return title;
  }
}
