package io.robustmq.kernel.testkit;

import io.robustmq.kernel.testkit.SimWorld.Side;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.kernel.testkit.storage.SimBookies;

/**
 * Breaks a world and mends it again, a little all the time. Faults overlap. Data for good is lost on one bookie at most, and only where the ack quorum promises to
 * bear that.
 */
public final class SimFaults {
    private final SimWorld world;
    private final SimRandom random;
    private final Severity severity;
    private final int unluckyBookie;
    private final boolean wipes;
    private boolean wiped;
    private boolean stopped;

    /** How rough it gets. */
    public enum Severity {
        /** Nothing fails; only timing varies. */
        NONE,
        /** Nodes and links fail, bookies stay up. */
        NODES,
        /** Bookies fail and lose data, nodes stay up. */
        BOOKIES,
        /** Everything fails. */
        ALL,
        /** One bookie loses all data again and again: more than any ack quorum promises to bear, unless nothing but its copies is lost. */
        WIPES
    }

    public SimFaults(SimWorld world, Severity severity) {
        this.world = world;
        this.random = world.scheduler().random().fork();
        this.severity = severity;
        this.wipes = random.coin() || severity == Severity.WIPES;
        this.unluckyBookie = random.below(world.bookies().count());
    }

    /** Starts breaking things. */
    public void start() {
        if (severity != Severity.NONE) {
            if (random.coin()) {
                world.network().quality(random.below(15), random.below(15));
            }
            next();
        }
    }

    /** Stops and mends everything. */
    public void stop() {
        stopped = true;
        world.heal();
    }

    private void next() {
        world.scheduler().after(random.skewed(50_000_000, 3_000_000_000L), () -> {
            if (!stopped) {
                strike();
                next();
            }
        });
    }

    private void strike() {
        int node = random.below(world.nodeCount());
        int bookie = random.below(world.bookies().count());
        long duration = random.skewed(50_000_000, 8_000_000_000L);
        boolean outgoing = random.chance(700);
        boolean incoming = !outgoing || random.chance(600);
        SimBookies bookies = world.bookies();
        int fault = switch (severity) {
            case NONE -> throw new IllegalStateException("nothing is to break");
            case NODES -> random.between(0, 8);
            case BOOKIES -> random.between(7, 16);
            case ALL -> random.between(0, 16);
            case WIPES -> 16;
        };
        switch (fault) {
            case 0, 1 -> pauseNode(node, duration);
            case 2 -> {
                world.kill(node);
                mend(duration / 2, () -> world.start(node));
            }
            case 3 -> isolate(node, Side.BOOKIES, outgoing, incoming, duration);
            case 4 -> isolate(node, Side.COORDINATION, outgoing, incoming, duration);
            case 5 -> isolate(node, Side.PEERS, outgoing, incoming, duration);
            case 6 -> {
                SimNode running = world.node(node);
                if (running != null) {
                    world.coord().expireSessionsOf(running.process());
                }
            }
            case 7 -> {
                world.isolateFromBookie(node, bookie, outgoing, incoming, true);
                mend(duration, () -> world.isolateFromBookie(node, bookie, outgoing, incoming, false));
            }
            case 8 -> {
                world.slowToBookie(node, bookie, duration);
                mend(duration, () -> world.slowToBookie(node, bookie, 0));
            }
            case 9 -> {
                bookies.crash(bookie, random.coin());
                mend(duration, () -> bookies.restart(bookie));
            }
            case 10 -> {
                // the whole rack loses power
                for (int i = 0; i < bookies.count(); i++) {
                    bookies.crash(i, random.chance(200));
                }
                mend(duration / 4, () -> {
                    for (int i = 0; i < bookies.count(); i++) {
                        bookies.restart(i);
                    }
                });
            }
            case 11 -> {
                bookies.pause(bookie);
                mend(duration, () -> bookies.resume(bookie));
            }
            case 12 -> {
                bookies.slow(bookie, duration / 10);
                mend(duration, () -> bookies.slow(bookie, 0));
            }
            case 13 -> {
                bookies.full(bookie, true);
                mend(duration, () -> bookies.full(bookie, false));
            }
            case 14 -> {
                world.coord().process().pause(false);
                mend(duration, () -> world.coord().process().resume());
            }
            case 15, 16 -> losePart(duration);
            default -> throw new IllegalStateException("no such fault");
        }
    }

    /** Damages single entries of the unlucky bookie, or empties it, once: the others have no time to make new copies of what it had. */
    private void losePart(long duration) {
        SimBookies bookies = world.bookies();
        if (bookies.options().ackQuorum() < 2) {
            return;
        }
        if (!wipes) {
            bookies.flipBit(unluckyBookie);
        } else if (!wiped || severity == Severity.WIPES) {
            wiped = true;
            int late = (unluckyBookie + 1 + random.below(bookies.count() - 1)) % bookies.count();
            int slow = (unluckyBookie + 1 + random.below(bookies.count() - 1)) % bookies.count();
            bookies.pause(late);
            mend(duration, () -> {
                bookies.crash(unluckyBookie, false);
                bookies.restartWiped(unluckyBookie);
                bookies.resume(late);
                bookies.slow(slow, 200_000_000);
                mend(duration, () -> bookies.slow(slow, 0));
            });
        }
    }

    private void pauseNode(int index, long duration) {
        SimNode node = world.node(index);
        if (node != null) {
            SimProcess process = node.process();
            process.pause(random.chance(200));
            mend(duration, process::resume);
        }
    }

    private void isolate(int node, Side side, boolean outgoing, boolean incoming, long duration) {
        world.isolate(node, side, outgoing, incoming, true);
        mend(duration, () -> world.isolate(node, side, outgoing, incoming, false));
    }

    private void mend(long afterNanos, Runnable action) {
        world.scheduler().after(afterNanos, () -> {
            if (!stopped) {
                action.run();
            }
        });
    }
}
