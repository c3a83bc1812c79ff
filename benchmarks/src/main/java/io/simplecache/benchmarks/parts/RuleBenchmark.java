package io.simplecache.benchmarks.parts;

import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.key.TargetUri;
import io.simplecache.message.RequestHead;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.RequestDirectives;
import io.simplecache.policy.Reuse;
import io.simplecache.policy.ReuseTerms;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Key building and the decision whether a stored response may be used. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RuleBenchmark {
  private final RequestHead request = Sample.request("/articles/42?utm_source=x&page=7");
  private final KeyRules ignoring = new KeyRules(Set.of("utm_*"), true, List.of());
  private final ReuseTerms terms = Sample.terms();
  private final RequestDirectives none = RequestDirectives.of(request.fields());

  @Benchmark
  public CacheKey key() {
    return KeyRules.DEFAULTS.keyOf(
        new RequestHead(
            request.method(),
            "http",
            TargetUri.normalAuthority("http", request.authority()),
            TargetUri.normalTarget(request.target()),
            request.fields()));
  }

  @Benchmark
  public CacheKey keyWithSortedQuery() {
    return ignoring.keyOf(request);
  }

  @Benchmark
  public RequestDirectives requestDirectives() {
    return RequestDirectives.of(request.fields());
  }

  @Benchmark
  public Reuse.Decision decision() {
    return Reuse.decide(none, terms, CacheRules.DEFAULTS, Sample.NOW_MILLIS + 1000);
  }
}
