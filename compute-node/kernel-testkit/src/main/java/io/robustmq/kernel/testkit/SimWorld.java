package io.robustmq.kernel.testkit;

import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import io.robustmq.kernel.testkit.storage.BookieOptions;
import io.robustmq.kernel.testkit.storage.SimBookies;
import io.robustmq.kernel.testkit.storage.SimCoord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: compute nodes, bookies, a coordination service and the network between them, all from one seed. A scenario gives it what a node does when it starts; the
 * world starts, pauses, isolates, kills and restarts nodes and bookies, and stops at the first broken invariant.
 */
public final class SimWorld {
    static final long LEASE_NANOS = 3_000_000_000L;
    /** How far the wall clocks of healthy machines are apart at most. */
    static final long WALL_SKEW_MILLIS = 500;

    private static final int COORD = 0;
    private static final int GRANTOR = 1;
    private static final int FIRST_BOOKIE = 2;

    private final SimScheduler scheduler;
    private final SimJudge judge;
    private final SimNetwork network;
    private final SimCoord coord;
    private final SimBookies bookies;
    private final SimProcess leaseGrantor;
    private final int loopsPerNode;
    private final int firstClient;
    private final Consumer<SimNode> program;
    private final List<Machine> machines = new ArrayList<>();

    /**
     * @param nodes compute nodes
     * @param loopsPerNode home loops of each
     * @param clients endpoints for clients outside the platform
     * @param program what a node does when it starts; called outside its loops
     */
    public SimWorld(
            long seed, BookieOptions options, int nodes, int loopsPerNode, int clients, Consumer<SimNode> program) {
        this.scheduler = new SimScheduler(seed);
        this.judge = new SimJudge(scheduler);
        this.network = new SimNetwork(scheduler, FIRST_BOOKIE + options.bookies() + nodes + clients);
        this.firstClient = FIRST_BOOKIE + options.bookies() + nodes;
        this.coord = new SimCoord(scheduler, network, COORD, 4_000_000_000L);
        this.bookies = new SimBookies(scheduler, network, coord, FIRST_BOOKIE, options);
        this.leaseGrantor = new SimProcess(scheduler, "grantor", GRANTOR, new SimClock(scheduler, 0, 0));
        this.loopsPerNode = loopsPerNode;
        this.program = program;
        for (int i = 0; i < nodes; i++) {
            long skew = scheduler.random().between(-WALL_SKEW_MILLIS, WALL_SKEW_MILLIS);
            SimClock clock = new SimClock(scheduler, scheduler.random().between(-200L, 200L), skew);
            machines.add(new Machine(i, FIRST_BOOKIE + options.bookies() + i, clock));
        }
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    public SimJudge judge() {
        return judge;
    }

    public SimNetwork network() {
        return network;
    }

    public SimCoord coord() {
        return coord;
    }

    public SimBookies bookies() {
        return bookies;
    }

    /** A program outside the platform that never fails by itself. */
    public SimProcess client(int index, String name) {
        return new SimProcess(scheduler, name, firstClient + index, new SimClock(scheduler, 0, 0));
    }

    SimProcess leaseGrantor() {
        return leaseGrantor;
    }

    public int nodeCount() {
        return machines.size();
    }

    /** The running start of a node; null if it is down. */
    public @Nullable SimNode node(int index) {
        return machines.get(index).node;
    }

    /** Starts every node that is down. */
    public void startAll() {
        for (int i = 0; i < machines.size(); i++) {
            start(i);
        }
    }

    public void start(int index) {
        Machine machine = machines.get(index);
        if (machine.node == null) {
            SimNode node = new SimNode(this, index, machine.endpoint, ++machine.starts, machine.clock, loopsPerNode);
            machine.node = node;
            node.process().after(0, () -> program.accept(node));
        }
    }

    /** Kills a node: its memory is gone, what it sent is still under way. */
    public void kill(int index) {
        Machine machine = machines.get(index);
        if (machine.node != null) {
            machine.node.process().crash();
            machine.node = null;
        }
    }

    /** Ends the run: every process ends, and the memory they held is given back. */
    public void end() {
        for (int i = 0; i < machines.size(); i++) {
            kill(i);
        }
    }

    /** Cuts or mends what a node sends to, or hears from, an endpoint class. */
    public void isolate(int index, Side side, boolean outgoing, boolean incoming, boolean isCut) {
        int endpoint = machines.get(index).endpoint;
        for (int other : endpoints(side)) {
            if (outgoing) {
                network.cut(endpoint, other, isCut);
            }
            if (incoming) {
                network.cut(other, endpoint, isCut);
            }
        }
    }

    /** Cuts or mends the two links between a node and one bookie. */
    public void isolateFromBookie(int index, int bookie, boolean outgoing, boolean incoming, boolean isCut) {
        int endpoint = machines.get(index).endpoint;
        if (outgoing) {
            network.cut(endpoint, FIRST_BOOKIE + bookie, isCut);
        }
        if (incoming) {
            network.cut(FIRST_BOOKIE + bookie, endpoint, isCut);
        }
    }

    /** Slows what goes from a node to one bookie, so that it arrives long after other things. */
    public void slowToBookie(int index, int bookie, long nanos) {
        network.slow(machines.get(index).endpoint, FIRST_BOOKIE + bookie, nanos);
    }

    /** Makes everything work: all links, bookies, the coordination service, all nodes. */
    public void heal() {
        network.heal();
        bookies.heal();
        coord.process().resume();
        for (Machine machine : machines) {
            if (machine.node != null) {
                machine.node.process().resume();
            }
        }
        startAll();
    }

    /** Lets time pass; throws at the first broken invariant. */
    public void run(long nanos) {
        scheduler.runUntil(scheduler.now() + nanos, judge::isBroken);
        judge.rule();
    }

    /** Lets time pass until the condition holds; throws at the first broken invariant, and if it does not hold in time. */
    public void runUntil(BooleanSupplier condition, long withinNanos, Invariant invariant, Supplier<String> otherwise) {
        boolean held = scheduler.runUntilTrue(() -> judge.isBroken() || condition.getAsBoolean(), withinNanos);
        judge.rule();
        if (!held) {
            judge.broken(invariant, otherwise.get());
            judge.rule();
        }
    }

    private List<Integer> endpoints(Side side) {
        return switch (side) {
            case COORDINATION -> List.of(COORD);
            case PEERS -> List.of(GRANTOR);
            case BOOKIES -> {
                List<Integer> all = new ArrayList<>();
                for (int i = 0; i < bookies.count(); i++) {
                    all.add(FIRST_BOOKIE + i);
                }
                yield all;
            }
        };
    }

    /** What a node can be cut off from. */
    public enum Side {
        COORDINATION,
        PEERS,
        BOOKIES
    }

    private static final class Machine {
        private final int index;
        private final int endpoint;
        private final SimClock clock;
        private int starts;
        private @Nullable SimNode node;

        Machine(int index, int endpoint, SimClock clock) {
            this.index = index;
            this.endpoint = endpoint;
            this.clock = clock;
        }

        @Override
        public String toString() {
            return "machine-" + index;
        }
    }
}
