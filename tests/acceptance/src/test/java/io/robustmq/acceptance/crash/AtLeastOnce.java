package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Publish;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What the members of a shared subscription were given together: everything, in any order. */
final class AtLeastOnce implements Subscriber.Application {
    private final Map<String, BitSet> seen = new HashMap<>();
    private long total;

    @Override
    public synchronized void take(Publish publish) {
        BitSet numbers = seen.computeIfAbsent(Stream.nameIn(publish.payload()), _ -> new BitSet());
        int number = Math.toIntExact(Stream.numberIn(publish.payload()));
        if (!numbers.get(number)) {
            numbers.set(number);
            total++;
        }
    }

    synchronized long total() {
        return total;
    }

    /** How many of the stream's messages never came. */
    synchronized long missing(Stream stream) {
        BitSet numbers = seen.getOrDefault(stream.name(), new BitSet());
        return stream.published() - numbers.cardinality();
    }
}
