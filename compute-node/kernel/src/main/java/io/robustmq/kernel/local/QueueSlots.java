package io.robustmq.kernel.local;

import io.robustmq.kernel.Delivery;
import java.util.Arrays;

/** Deliveries from queues that an attachment has unsettled: slot -> where to settle it. Slots are reused lowest first. */
final class QueueSlots {
    /** No consumer has this number: a settlement under it is not known to any queue. */
    private static final long NO_CONSUMER = 0;

    private int[] shards = new int[4];
    private long[] epochs = new long[4];
    private long[] queues = new long[4];
    private long[] consumers = new long[4];
    private long[] lsns = new long[4];
    private int[] free = new int[4];
    private int freeCount;
    private int used;
    private int high;

    int used() {
        return used;
    }

    /** Takes a slot; -1 if all are taken. */
    int take(int shard, long epoch, long queue, long consumer, long lsn) {
        int slot;
        if (freeCount > 0) {
            slot = free[--freeCount];
        } else if (high < Delivery.QUEUE_SLOTS) {
            slot = high++;
            if (slot == shards.length) {
                grow();
            }
        } else {
            return -1;
        }
        shards[slot] = shard;
        epochs[slot] = epoch;
        queues[slot] = queue;
        consumers[slot] = consumer;
        lsns[slot] = lsn;
        used++;
        return slot;
    }

    boolean isTaken(int slot) {
        return slot >= 0 && slot < high && lsns[slot] != 0;
    }

    int shard(int slot) {
        return shards[slot];
    }

    long epoch(int slot) {
        return epochs[slot];
    }

    long queue(int slot) {
        return queues[slot];
    }

    long consumer(int slot) {
        return consumers[slot];
    }

    long lsn(int slot) {
        return lsns[slot];
    }

    /** What this consumer has unsettled went back to its queue: what was not sent yet is not to be sent. */
    void abandon(int shard, long consumer) {
        for (int slot = 0; slot < high; slot++) {
            if (shards[slot] == shard && consumers[slot] == consumer) {
                consumers[slot] = NO_CONSUMER;
            }
        }
    }

    boolean isAbandoned(int slot) {
        return consumers[slot] == NO_CONSUMER;
    }

    void release(int slot) {
        lsns[slot] = 0;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = slot;
        used--;
    }

    private void grow() {
        int length = Math.min(shards.length * 2, Delivery.QUEUE_SLOTS);
        shards = Arrays.copyOf(shards, length);
        epochs = Arrays.copyOf(epochs, length);
        queues = Arrays.copyOf(queues, length);
        consumers = Arrays.copyOf(consumers, length);
        lsns = Arrays.copyOf(lsns, length);
    }
}
