package io.robustmq.kernel.route;

import io.robustmq.kernel.inspect.RouteInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which loops and shards of the node want which patterns. One writer (the loop that owns the routes, see {@link Routes}), any number of readers without locks: a reader that starts
 * after a change completed sees it. Sources count their own references; here a source is in or out.
 */
public final class RouteTable {
    private final PatternIndex<Destinations> index = new PatternIndex<>();

    /** Whether the pattern names exactly one name. */
    public static boolean isExact(String pattern) {
        return pattern.indexOf('+') < 0 && pattern.indexOf('#') < 0;
    }

    /** Rises with every change. Any thread. */
    public long version() {
        return index.version();
    }

    /** Patterns routed. Any thread; a little late. */
    public int size() {
        return index.size();
    }

    /** Collects everybody who wants the name. Any thread. */
    public RouteMatch match(String name) {
        long version = index.version();
        List<Destinations> found = new ArrayList<>();
        index.match(name, found);
        Destinations all = Destinations.NONE;
        for (Destinations one : found) {
            all = new Destinations(
                    all.loops() | one.loops(),
                    all.shards().union(one.shards()),
                    all.queueShards().union(one.queueShards()));
        }
        return new RouteMatch(version, all);
    }

    /** Tells every pattern and who wants it. Any thread; what changes meanwhile is told or not. */
    public void forEach(Consumer<RouteInfo> visitor) {
        index.forEach((pattern, wanted) -> {
            List<Integer> loops = new ArrayList<>();
            for (long left = wanted.loops(); left != 0; left &= left - 1) {
                loops.add(Long.numberOfTrailingZeros(left));
            }
            visitor.accept(new RouteInfo(pattern, loops, listed(wanted.shards()), listed(wanted.queueShards())));
        });
    }

    private static List<Integer> listed(Destinations.IntSet set) {
        return Arrays.stream(set.toArray()).boxed().toList();
    }

    /** A loop has or lost its last attached subscriber of the pattern. Writer only. */
    public void loop(String pattern, int loop, boolean wanted) {
        Destinations now = present(pattern);
        long bit = 1L << loop;
        put(
                pattern,
                new Destinations(wanted ? now.loops() | bit : now.loops() & ~bit, now.shards(), now.queueShards()));
    }

    /** A shard has or lost its last durable subscription or queue of the pattern. Writer only. */
    public void shard(String pattern, int shard, boolean wanted) {
        Destinations now = present(pattern);
        put(
                pattern,
                new Destinations(
                        now.loops(),
                        wanted ? now.shards().with(shard) : now.shards().without(shard),
                        now.queueShards()));
    }

    /** A shard has or lost its last queue of the pattern. Writer only. */
    public void queueShard(String pattern, int shard, boolean wanted) {
        Destinations now = present(pattern);
        put(
                pattern,
                new Destinations(
                        now.loops(),
                        now.shards(),
                        wanted
                                ? now.queueShards().with(shard)
                                : now.queueShards().without(shard)));
    }

    private Destinations present(String pattern) {
        Destinations now = index.get(pattern);
        return now == null ? Destinations.NONE : now;
    }

    private void put(String pattern, Destinations next) {
        if (next.isEmpty()) {
            index.remove(pattern);
        } else {
            index.put(pattern, next);
        }
    }
}
