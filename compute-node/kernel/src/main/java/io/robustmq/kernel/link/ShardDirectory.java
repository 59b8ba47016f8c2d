package io.robustmq.kernel.link;

import io.robustmq.kernel.SessionKey;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** Where each shard lives and whether it serves. Written by the home loop of a shard, read by all loops. */
public final class ShardDirectory {
    private final int loops;
    private final AtomicLongArray epochs;
    private final AtomicIntegerArray pressed;
    private final AtomicIntegerArray lost;
    private final AtomicIntegerArray routed;
    private Runnable relief = () -> {};

    public ShardDirectory(int shards, int loops) {
        this.loops = loops;
        this.epochs = new AtomicLongArray(shards);
        this.pressed = new AtomicIntegerArray(shards);
        this.lost = new AtomicIntegerArray(shards);
        this.routed = new AtomicIntegerArray(shards);
    }

    public int shards() {
        return epochs.length();
    }

    /** Index of the home loop of a shard. */
    public int loopOf(int shard) {
        return shard % loops;
    }

    /** The epoch under which the shard serves; 0 while it does not. */
    public long epoch(int shard) {
        return epochs.get(shard);
    }

    /** Home loop of the shard only; 0: it does not serve. */
    public void serve(int shard, long epoch) {
        if (epoch != 0) {
            routed.set(shard, 1);
        }
        epochs.set(shard, epoch);
    }

    /** Whether the routes say what the shard wants: it has served before, perhaps not now. */
    public boolean routed(int shard) {
        return routed.get(shard) != 0;
    }

    /** Whether the shard is given up: nobody is about to serve it. */
    public boolean lost(int shard) {
        return lost.get(shard) != 0;
    }

    /** Home loop of the shard only. */
    public void lose(int shard) {
        epochs.set(shard, 0);
        lost.set(shard, 1);
    }

    /** Whether the log of the shard is behind what was handed to it. */
    public boolean pressed(int shard) {
        return pressed.get(shard) != 0;
    }

    /** Home loop of the shard only. */
    public void press(int shard, boolean behind) {
        pressed.set(shard, behind ? 1 : 0);
        if (!behind) {
            relief.run();
        }
    }

    /** Sets what runs, on the home loop of a shard, when the shard has caught up; before first use. */
    public void onRelief(Runnable task) {
        relief = task;
    }

    /** The shard that keeps the state of a session. */
    public int shardOf(SessionKey key) {
        return spread(key.hash64());
    }

    /** The shard that keeps the last value of a name. */
    public int shardOfName(int nameHash) {
        return spread(nameHash * 0x9e3779b97f4a7c15L);
    }

    /** The shard that keeps a group. */
    public int shardOfGroup(int tenant, String group, String pattern) {
        return spread(new SessionKey(tenant, group + "/" + pattern).hash64());
    }

    private int spread(long hash) {
        return (int) Long.remainderUnsigned(hash ^ (hash >>> 32), epochs.length());
    }
}
