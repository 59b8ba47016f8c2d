package io.robustmq.kernel.route;

import io.robustmq.kernel.link.LoopLinks;
import java.util.function.Consumer;

/** How a loop changes the routes of the node: the change runs on the loop that owns them (loop 0), the answer comes back in order. */
public final class Routes {
    private static final int OWNER = 0;

    private final RouteTable table;
    private final LoopLinks links;

    /** @param links of the loop that uses this object */
    public Routes(RouteTable table, LoopLinks links) {
        this.table = table;
        this.links = links;
    }

    public RouteTable table() {
        return table;
    }

    /** Applies {@code change}; then runs {@code done} on the calling loop. Whoever publishes after that meets the change. */
    public void change(Consumer<RouteTable> change, Runnable done) {
        int self = links.index();
        LoopLinks owner = links.peer(OWNER);
        links.task(OWNER, () -> {
            change.accept(table);
            owner.task(self, done);
        });
    }
}
