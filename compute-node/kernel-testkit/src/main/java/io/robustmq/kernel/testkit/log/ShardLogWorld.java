package io.robustmq.kernel.testkit.log;

import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimFaults;
import io.robustmq.kernel.testkit.SimFaults.Severity;
import io.robustmq.kernel.testkit.SimNode;
import io.robustmq.kernel.testkit.SimWorld;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.kernel.testkit.storage.BookieOptions;
import io.robustmq.kernel.testkit.storage.StorageBug;
import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.ShardChain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of the shard log under one seed: nodes compete for a few shards while everything around them breaks; then all is mended, and the logs must be whole, able
 * to go on, and free of litter.
 */
public final class ShardLogWorld {
    private static final long SECOND = 1_000_000_000L;
    /** How long a process goes by one listing of ledgers. */
    private static final long LISTING_NANOS = 300 * SECOND;

    private final SimWorld world;
    private final SimFaults faults;
    private final SimRandom random;
    private final LedgerLogOptions options;
    private final Scenario scenario;
    private final List<ShardHistory> histories = new ArrayList<>();
    private final List<Owners> nodes = new ArrayList<>();
    private final long[] terms;
    private long lastNumber;
    private boolean quiet;

    /**
     * What a run is made of.
     *
     * @param bookies layout of the bookies
     * @param nodes compute nodes
     * @param shards for which they compete
     * @param severity of what breaks
     * @param chaosNanos how long it breaks
     */
    public record Scenario(BookieOptions bookies, int nodes, int shards, Severity severity, long chaosNanos) {

        private static Severity severity(SimRandom random) {
            int lot = random.below(100);
            return lot < 8 ? Severity.NONE : lot < 30 ? Severity.NODES : lot < 50 ? Severity.BOOKIES : Severity.ALL;
        }

        /** A usual one for the seed: layouts, numbers and lengths vary. */
        public static Scenario of(long seed) {
            SimRandom random = new SimRandom(seed ^ 0x5EED);
            BookieOptions bookies = switch (random.below(6)) {
                case 0 -> BookieOptions.standalone();
                case 1 -> BookieOptions.cluster(3, 3, 3, 2);
                case 2 -> BookieOptions.cluster(4, 3, 3, 2);
                case 3 -> BookieOptions.cluster(5, 3, 3, 2).replacingAtOnce();
                case 4 -> BookieOptions.cluster(4, 3, 2, 2).replacingAtOnce();
                default -> BookieOptions.cluster(5, 4, 3, 2);
            };
            return new Scenario(
                    bookies,
                    random.between(2, 3),
                    random.between(1, 2),
                    severity(random),
                    random.between(3, 12) * SECOND);
        }
    }

    /** The owners of all shards in one start of a node. */
    private static final class Owners {
        private @Nullable SimNode node;
        private final List<ShardOwner> ofShard = new ArrayList<>();
    }

    /** Waits that fit runs of seconds: the protocol does not change with them. */
    public static LedgerLogOptions quickOptions() {
        return LedgerLogOptions.defaults("simulation")
                .withRoll(1_500, 3_000)
                .withDeletion(10_000, 15_000, 1_000, 4_000);
    }

    public ShardLogWorld(long seed, Scenario scenario, LedgerLogOptions options, Set<StorageBug> bugs) {
        this.world = new SimWorld(seed, scenario.bookies, scenario.nodes, 2, 0, this::started);
        bugs.forEach(world.bookies()::plant);
        this.random = world.scheduler().random().fork();
        this.faults = new SimFaults(world, scenario.severity);
        this.options = options.withAppendsInFlightMax(random.between(1, 4));
        this.scenario = scenario;
        this.terms = new long[scenario.shards];
        for (int i = 0; i < scenario.shards; i++) {
            histories.add(new ShardHistory(new ShardId(i), world.judge()));
        }
        for (int i = 0; i < scenario.nodes; i++) {
            nodes.add(new Owners());
        }
        world.coord().onChange(this::recordChanged);
        world.bookies().onDelete(this::ledgerDeleted);
    }

    /** Runs it; throws when an invariant is broken. */
    public void run() {
        try {
            world.startAll();
            faults.start();
            assignLater();
            world.run(scenario.chaosNanos);
            faults.stop();
            quiet = true;
            settle();
        } finally {
            world.end();
        }
    }

    /** Depends on everything that happened. */
    public long digest() {
        return world.scheduler().digest();
    }

    /** Events of the run. */
    public long steps() {
        return world.scheduler().steps();
    }

    /** Records known to be in the logs at the end. */
    public long records() {
        return histories.stream().mapToLong(ShardHistory::end).sum();
    }

    // ---- assignment
    // --------------------------------------------------------------------------------------------------------------------

    private void started(SimNode node) {
        Owners owners = new Owners();
        owners.node = node;
        nodes.set(node.index(), owners);
        LogStore store = new LedgerLogStore(node.ledgerStore(), node.coordStore(), node.lease(), options);
        for (int i = 0; i < scenario.shards; i++) {
            ShardOwner.Surroundings surroundings = surroundingsOf("/shards/" + i);
            owners.ofShard.add(new ShardOwner(
                    node,
                    new ShardId(i),
                    store,
                    node.loops().get(i % node.loops().size()),
                    histories.get(i),
                    world.judge(),
                    surroundings,
                    40_000_000));
        }
    }

    private ShardOwner.Surroundings surroundingsOf(String path) {
        return new ShardOwner.Surroundings() {
            @Override
            public long nextNumber() {
                return ++lastNumber;
            }

            @Override
            public boolean isNewest(Claim claim) {
                return world.coord()
                        .peek(path)
                        .map(node -> ShardChain.decode(node.bytes()).claim().equals(claim))
                        .orElse(false);
            }

            @Override
            public boolean quiet() {
                return quiet;
            }
        };
    }

    private void assignLater() {
        world.scheduler().after(random.skewed(20_000_000, 2 * SECOND), () -> {
            if (!quiet) {
                assign(random.below(scenario.shards), random.below(scenario.nodes));
                assignLater();
            }
        });
    }

    private long assign(int shard, int nodeIndex) {
        terms[shard] = Claim.nextTerm(terms[shard]);
        long term = terms[shard];
        Owners owners = nodes.get(nodeIndex);
        SimNode node = owners.node;
        if (node != null && node.process().alive()) {
            ShardOwner owner = owners.ofShard.get(shard);
            node.loops().get(shard % node.loops().size()).execute(() -> owner.assign(term));
        }
        return term;
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------------------------------------

    private void settle() {
        world.run(2 * SECOND);
        for (int shard = 0; shard < scenario.shards; shard++) {
            int nodeIndex = random.below(scenario.nodes);
            long term = assign(shard, nodeIndex);
            ShardOwner owner = nodes.get(nodeIndex).ofShard.get(shard);
            long before = histories.get(shard).end();
            world.runUntil(
                    () -> owner.servesSince(term) && owner.committedLsn() > before,
                    60 * SECOND,
                    Invariant.RECOVERS,
                    () -> owner + " does not serve although everything is mended");
        }
        world.run(SECOND);
        long grace = LISTING_NANOS
                + (options.recoveredLedgerRetentionMillis()
                                + options.orphanGraceMillis()
                                + 3 * options.sweepIntervalMillis())
                        * 1_000_000L;
        world.run(grace);
        nothingIsLitter();
    }

    private void nothingIsLitter() {
        Set<Long> named = new HashSet<>();
        for (int shard = 0; shard < scenario.shards; shard++) {
            named.addAll(namedBy("/shards/" + shard));
        }
        world.bookies().ledgers().forEach(ledger -> {
            if (!named.contains(ledger.ledgerId())) {
                world.judge()
                        .broken(
                                Invariant.NOTHING_REFERENCED_IS_MISSING,
                                "ledger " + ledger.ledgerId() + " " + ledger.labels()
                                        + " is named by nothing and still there"); /*X*/
            }
        });
        world.judge().rule();
    }

    // ---- invariant 3
    // -------------------------------------------------------------------------------------------------------------------

    private void recordChanged(String path) {
        for (long ledger : namedBy(path)) {
            if (!world.bookies().exists(ledger)) {
                world.judge()
                        .broken(
                                Invariant.NOTHING_REFERENCED_IS_MISSING,
                                path + " names ledger " + ledger + ", which does not exist");
            }
        }
    }

    private void ledgerDeleted(long ledger) {
        for (int shard = 0; shard < scenario.shards; shard++) {
            if (namedBy("/shards/" + shard).contains(ledger)) {
                world.judge()
                        .broken(
                                Invariant.NOTHING_REFERENCED_IS_MISSING,
                                "ledger " + ledger + " was deleted while the record of shard-" + shard + " names it");
            }
        }
    }

    private List<Long> namedBy(String path) {
        if (!path.startsWith("/shards/")) {
            return List.of();
        }
        Optional<CoordStore.Versioned> found = world.coord().peek(path);
        return found.map(node -> ShardChain.decode(node.bytes()).ledgers()).orElse(List.of());
    }
}
