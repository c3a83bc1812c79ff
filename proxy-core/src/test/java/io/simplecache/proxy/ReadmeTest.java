package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

  /** Forbidden outcome: the README says that a test shows something, and there is none. */
  @Test
  void testsThatAreNamed_exist() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    Set<String> named =
        TEST.matcher(readme)
            .results()
            .map(MatchResult::group)
            .map(name -> name.replace("`", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(named.size() > 20, () -> "named: " + named);
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      files
          .filter(file -> file.toString().contains("src/test/java"))
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .forEach(named::remove);
    }
    assertEquals(Set.of(), named);
  }
}
