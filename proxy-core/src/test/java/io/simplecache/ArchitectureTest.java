package io.simplecache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.netty.channel.ChannelHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may use whom, and which calls nobody makes. */
class ArchitectureTest {
  private static final String BASE = "io.simplecache";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  /** Package → the packages that it may use. The base package may use all. */
  private static final Map<String, Set<String>> MAY_USE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("message", Set.of()),
              Map.entry("transport", Set.of()),
              Map.entry("body", Set.of()),
              Map.entry("key", Set.of("message")),
              Map.entry("policy", Set.of("message")),
              Map.entry("store", Set.of("body", "key", "message", "observe", "policy")),
              Map.entry("origin", Set.of("message", "transport")),
              Map.entry("observe", Set.of("message", "policy")),
              Map.entry("invalidation", Set.of("key", "message", "policy", "store")),
              Map.entry("fetch", Set.of("body", "key", "message", "origin", "policy", "store")),
              Map.entry(
                  "exchange",
                  Set.of(
                      "body",
                      "fetch",
                      "invalidation",
                      "key",
                      "message",
                      "observe",
                      "origin",
                      "policy",
                      "store")),
              Map.entry("front", Set.of("exchange", "key", "message", "observe", "transport"))));

  /**
   * A call that main code does not make: on what type, which method (with its parameters where that
   * matters), what to write instead.
   */
  private record Forbidden(Class<?> type, String method, String instead) {
    boolean is(JavaAccess<?> access) {
      AccessTarget target = access.getTarget();
      boolean isNamed =
          method.endsWith(")")
              ? target.getFullName().endsWith("." + method)
              : target.getName().equals(method);
      return isNamed && target.getOwner().isAssignableTo(type);
    }
  }

  private static final String WALL_CLOCK = "ask the InstantSource of the configuration";
  private static final String MONOTONIC = "ask the ticker of the event loop";
  private static final String LISTENER = "add a listener: an event loop waits for nothing";
  private static final String RESOLVER = "let the resolver of the origin client do it";

  private static final List<Forbidden> FORBIDDEN =
      List.of(
          new Forbidden(System.class, "currentTimeMillis", WALL_CLOCK),
          new Forbidden(System.class, "nanoTime", MONOTONIC),
          new Forbidden(Thread.class, "sleep", "schedule a task on the event loop"),
          new Forbidden(Thread.class, "join", LISTENER),
          new Forbidden(Future.class, "get", LISTENER),
          new Forbidden(Future.class, "join", LISTENER),
          new Forbidden(Future.class, "sync", LISTENER),
          new Forbidden(Future.class, "syncUninterruptibly", LISTENER),
          new Forbidden(Future.class, "await", LISTENER),
          new Forbidden(Future.class, "awaitUninterruptibly", LISTENER),
          new Forbidden(InetAddress.class, "getByName", RESOLVER),
          new Forbidden(InetAddress.class, "getAllByName", RESOLVER),
          new Forbidden(InetSocketAddress.class, "<init>(java.lang.String, int)", RESOLVER));

  static Stream<Arguments> packages() {
    return MAY_USE.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_usesOnlyWhatItMay(String name, Set<String> mayUse) {
    List<String> violations =
        CLASSES.stream()
            .filter(c -> packageOf(c).equals(name))
            .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
            .filter(d -> d.getTargetClass().getPackageName().startsWith(BASE))
            .filter(d -> !packageOf(d.getTargetClass()).equals(name))
            .filter(d -> !mayUse.contains(packageOf(d.getTargetClass())))
            .map(d -> d.getDescription())
            .toList();
    assertEquals(List.of(), violations, () -> name + " may use only " + new TreeSet<>(mayUse));
  }

  @Test
  void packages_allAreInTheTable() {
    Set<String> found = new TreeSet<>();
    CLASSES.forEach(c -> found.add(packageOf(c)));
    found.remove("");
    assertEquals(MAY_USE.keySet(), found);
  }

  @Test
  void packages_haveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching(BASE + ".(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void caffeine_isUsedByTheStoreOnly() {
    List<String> violations =
        CLASSES.stream()
            .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
            .filter(d -> d.getTargetClass().getPackageName().startsWith("com.github.benmanes"))
            .filter(d -> !packageOf(d.getOriginClass()).equals("store"))
            .map(d -> d.getDescription())
            .toList();
    assertEquals(List.of(), violations, "use ResponseStore or UnstorableKeys instead");
  }

  @Test
  void channelHandlers_areInFrontAndOriginOnly() {
    List<String> violations =
        CLASSES.stream()
            .filter(c -> c.isAssignableTo(ChannelHandler.class))
            .filter(c -> !Set.of("front", "origin").contains(packageOf(c)))
            .map(JavaClass::getName)
            .toList();
    assertEquals(List.of(), violations, "the exchange talks to Client and OriginListener instead");
  }

  @Test
  void forbiddenCalls_areNotMade() {
    List<String> violations =
        CLASSES.stream()
            .flatMap(c -> c.getAccessesFromSelf().stream())
            .flatMap(
                access ->
                    FORBIDDEN.stream()
                        .filter(forbidden -> forbidden.is(access))
                        .map(f -> access.getDescription() + ": " + f.instead()))
            .distinct()
            .toList();
    assertEquals(List.of(), violations);
  }

  /** Returns the first part of the package's name behind the base; empty for the base. */
  private static String packageOf(JavaClass c) {
    String[] parts = c.getPackageName().split("\\.", -1);
    int base = BASE.split("\\.", -1).length;
    return Arrays.stream(parts).skip(base).findFirst().orElse("");
  }
}
