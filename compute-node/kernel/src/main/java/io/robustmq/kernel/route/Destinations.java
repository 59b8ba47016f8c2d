package io.robustmq.kernel.route;

import java.util.Arrays;

/**
 * Who wants what a pattern matches: loops with attached subscribers, shards with durable subscriptions, shards with queues. Immutable.
 *
 * @param loops bit i: loop i
 */
record Destinations(long loops, IntSet shards, IntSet queueShards) {
    static final Destinations NONE = new Destinations(0, IntSet.EMPTY, IntSet.EMPTY);

    boolean isEmpty() {
        return loops == 0 && shards.size() == 0 && queueShards.size() == 0;
    }

    /** A small sorted set of ints. */
    static final class IntSet {
        static final IntSet EMPTY = new IntSet(new int[0]);
        private final int[] values;

        private IntSet(int[] values) {
            this.values = values;
        }

        int size() {
            return values.length;
        }

        int at(int index) {
            return values[index];
        }

        int[] toArray() {
            return values.clone();
        }

        IntSet with(int value) {
            int at = Arrays.binarySearch(values, value);
            if (at >= 0) {
                return this;
            }
            int[] grown = new int[values.length + 1];
            int insert = -at - 1;
            System.arraycopy(values, 0, grown, 0, insert);
            grown[insert] = value;
            System.arraycopy(values, insert, grown, insert + 1, values.length - insert);
            return new IntSet(grown);
        }

        IntSet without(int value) {
            int at = Arrays.binarySearch(values, value);
            if (at < 0) {
                return this;
            }
            if (values.length == 1) {
                return EMPTY;
            }
            int[] shrunk = new int[values.length - 1];
            System.arraycopy(values, 0, shrunk, 0, at);
            System.arraycopy(values, at + 1, shrunk, at, shrunk.length - at);
            return new IntSet(shrunk);
        }

        IntSet union(IntSet other) {
            if (size() == 0) {
                return other;
            }
            IntSet all = this;
            for (int value : other.values) {
                all = all.with(value);
            }
            return all;
        }
    }
}
