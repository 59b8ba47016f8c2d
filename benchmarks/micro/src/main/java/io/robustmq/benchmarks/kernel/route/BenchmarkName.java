package io.robustmq.benchmarks.kernel.route;

import io.robustmq.kernel.Name;
import io.robustmq.kernel.route.NameCache;
import java.nio.charset.StandardCharsets;

/** A name that keeps nothing but itself. */
final class BenchmarkName extends Name {
    BenchmarkName(byte[] utf8, int hash) {
        super(utf8, hash);
    }

    static BenchmarkName of(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return new BenchmarkName(utf8, NameCache.hash(utf8));
    }
}
