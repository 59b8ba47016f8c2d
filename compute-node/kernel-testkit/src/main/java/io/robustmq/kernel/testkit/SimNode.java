package io.robustmq.kernel.testkit;

import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimLoop;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.ArrayList;
import java.util.List;

/** One start of a compute node: its process, home loops, lease and clients of storage. A restart makes a new one. */
public final class SimNode {
    private final int index;
    private final String incarnation;
    private final SimProcess process;
    private final List<SimLoop> loops = new ArrayList<>();
    private final SimLease lease;
    private final CoordStore coordStore;
    private final LedgerStore ledgerStore;
    private final SimRandom random;

    SimNode(SimWorld world, int index, int endpoint, int start, SimClock clock, int loopCount) {
        this.index = index;
        this.incarnation = "node-" + index + "." + start;
        this.process = new SimProcess(world.scheduler(), incarnation, endpoint, clock);
        for (int i = 0; i < loopCount; i++) {
            loops.add(process.newLoop());
        }
        this.lease = new SimLease(world.network(), process, world.leaseGrantor(), SimWorld.LEASE_NANOS);
        this.coordStore = world.coord().client(process);
        this.ledgerStore = world.bookies().client(process);
        this.random = world.scheduler().random().fork();
    }

    /** Which machine it is, from 0. */
    public int index() {
        return index;
    }

    /** Unique per start. */
    public String incarnation() {
        return incarnation;
    }

    public SimProcess process() {
        return process;
    }

    public List<SimLoop> loops() {
        return loops;
    }

    public Lease lease() {
        return lease;
    }

    /** Whether the lease held by true time and not only by this node's clock. */
    public boolean leaseHoldsInTruth() {
        return lease.holdsInTruth();
    }

    public CoordStore coordStore() {
        return coordStore;
    }

    public LedgerStore ledgerStore() {
        return ledgerStore;
    }

    public SimRandom random() {
        return random;
    }
}
