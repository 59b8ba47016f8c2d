package io.robustmq.benchmarks.kernel.route;

import io.robustmq.kernel.route.PatternIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One match against {@code patterns} filters of a device fleet, each with a wildcard in the middle; every name hits one of them.
 * The names are so many that their part of the index does not stay in the first caches. With {@code -prof gc} it shows that a
 * match allocates nothing.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1)
public class PatternMatchBenchmark {
    private static final int NAMES = 65_536;

    /** Filters in the index. */
    @Param({"1000", "1000000"})
    public int patterns;

    private final PatternIndex<String> index = new PatternIndex<>();
    private final List<BenchmarkName> deep = new ArrayList<>();
    private final List<BenchmarkName> exact = new ArrayList<>();
    private final List<BenchmarkName> unknown = new ArrayList<>();
    private final List<Object> found = new ArrayList<>();
    private int next;

    /** Fills the index. */
    @Setup
    public void fill() {
        for (int i = 0; i < patterns; i++) {
            index.put("plant" + i % 10 + "/s/" + i + "/+/x", "value");
        }
        for (int i = 0; i < 1000; i++) {
            index.put("exact/" + i + "/state", "value");
        }
        for (int i = 0; i < NAMES; i++) {
            int device = (int) (i * 2_654_435_761L % patterns);
            deep.add(BenchmarkName.of("plant" + device % 10 + "/s/" + device + "/temperature/x"));
            exact.add(BenchmarkName.of("exact/" + i % 1000 + "/state"));
            unknown.add(BenchmarkName.of("plant" + device % 10 + "/s/" + device + "/temperature/y"));
        }
    }

    private int match(List<BenchmarkName> names) {
        found.clear();
        index.match(names.get(next++ & (NAMES - 1)), found);
        return found.size();
    }

    /** A name that one wildcard filter matches. */
    @Benchmark
    public int wildcard() {
        return match(deep);
    }

    /** A name that one exact filter matches. */
    @Benchmark
    public int exact() {
        return match(exact);
    }

    /** A name that only fails at its last level. */
    @Benchmark
    public int none() {
        return match(unknown);
    }
}
