package io.robustmq.kernel.route;

/** Everybody who wants a name, under one version of the routes. Immutable; the arrays are not to be changed. */
public final class RouteMatch {
    private final long version;
    private final long loops;
    private final int[] shards;
    private final int[] queueShards;

    RouteMatch(long version, Destinations all) {
        this.version = version;
        this.loops = all.loops();
        this.shards = all.shards().toArray();
        this.queueShards = all.queueShards().toArray();
    }

    /** The version of the routes it was taken from. */
    public long version() {
        return version;
    }

    /** Bit i: loop i has attached subscribers. */
    public long loops() {
        return loops;
    }

    /** Shards with durable subscriptions or queues. */
    public int[] shards() {
        return shards;
    }

    /** Shards with queues. */
    public int[] queueShards() {
        return queueShards;
    }

    public boolean isEmpty() {
        return loops == 0 && shards.length == 0;
    }
}
