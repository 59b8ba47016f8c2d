package io.robustmq.kernel.testkit.platform;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.node.NodeKernel;
import io.robustmq.kernel.node.NodeSpec;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimFaults;
import io.robustmq.kernel.testkit.SimFaults.Severity;
import io.robustmq.kernel.testkit.SimNode;
import io.robustmq.kernel.testkit.SimWorld;
import io.robustmq.kernel.testkit.log.ShardLogWorld;
import io.robustmq.kernel.testkit.platform.VirtualClient.Profile;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.kernel.testkit.storage.BookieOptions;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of the kernel under one seed: one node serves all shards, another may take everything over from it, and clients come and go while all around them breaks. Then
 * everything is mended, the clients fall silent, and what they have must be what they were promised.
 */
public final class PlatformWorld {
    private static final long SECOND = 1_000_000_000L;
    private static final String CLUSTER = "simulation";
    private static final int CLIENTS_MAX = 8;

    private final SimWorld world;
    private final SimFaults faults;
    private final SimRandom random;
    private final Scenario scenario;
    private final LedgerLogOptions logOptions;
    private final KernelOptions kernelOptions;
    private final PlatformHistory history;
    private final List<VirtualClient> clients = new ArrayList<>();
    private final @Nullable Serving[] serving;
    private final VirtualClient.Surroundings surroundings = new VirtualClient.Surroundings() {
        @Override
        public @Nullable ClientConnection open(VirtualClient client, int number) {
            return PlatformWorld.this.open(client, number);
        }

        @Override
        public long eraOf(SimNode node) {
            return PlatformWorld.this.eraOf(node);
        }
    };
    private int active;
    private boolean quiet;

    /**
     * What a run is made of.
     *
     * @param nodes 1, or 2 if another node takes over now and then
     * @param loops home loops per node
     * @param shards of the platform
     * @param clients that come and go
     * @param habits of theirs
     */
    public record Scenario(
            BookieOptions bookies,
            int nodes,
            int loops,
            int shards,
            int clients,
            Severity severity,
            long chaosNanos,
            Set<Habit> habits) {
        public Scenario {
            habits = Set.copyOf(habits);
        }

        /** A usual one for the seed, with clients of these habits. */
        public static Scenario of(long seed, Set<Habit> habits) {
            SimRandom random = new SimRandom(seed ^ 0xC11E47);
            BookieOptions bookies = switch (random.below(3)) {
                case 0 -> BookieOptions.standalone();
                case 1 -> BookieOptions.cluster(3, 3, 3, 2);
                default -> BookieOptions.cluster(4, 3, 3, 2).replacingAtOnce();
            };
            int lot = random.below(100);
            Severity severity =
                    lot < 15 ? Severity.NONE : lot < 50 ? Severity.NODES : lot < 65 ? Severity.BOOKIES : Severity.ALL;
            return new Scenario(
                    bookies,
                    random.between(1, 2),
                    random.between(1, 2),
                    random.between(1, 3),
                    random.between(3, 6),
                    severity,
                    random.between(4, 12) * SECOND,
                    habits);
        }
    }

    private static final class Serving {
        private final SimNode node;
        private final NodeKernel kernel;
        private boolean started;
        private long unreadySince = -1;

        Serving(SimNode node, NodeKernel kernel) {
            this.node = node;
            this.kernel = kernel;
        }
    }

    public PlatformWorld(long seed, Scenario scenario, LedgerLogOptions logOptions) {
        this(seed, scenario, logOptions, KernelRule.ALL);
    }

    /** @param rules that the kernel obeys */
    public PlatformWorld(long seed, Scenario scenario, LedgerLogOptions logOptions, Set<KernelRule> rules) {
        this.scenario = scenario;
        this.world =
                new SimWorld(seed, scenario.bookies, scenario.nodes, scenario.loops, CLIENTS_MAX + 1, this::started);
        this.random = world.scheduler().random().fork();
        this.faults = new SimFaults(world, scenario.severity);
        this.logOptions = logOptions.withAppendsInFlightMax(random.between(1, 3));
        this.kernelOptions = smallLimits(random).withRules(rules);
        this.history = new PlatformHistory(world.scheduler(), world.judge());
        this.serving = new @Nullable Serving[scenario.nodes];
        for (int i = 0; i < scenario.clients; i++) {
            clients.add(client(i, profile(i)));
        }
    }

    /** Waits and sizes that fit runs of seconds. */
    public static LedgerLogOptions quickOptions() {
        return ShardLogWorld.quickOptions().withRoll(6_000, 3_000);
    }

    private static KernelOptions smallLimits(SimRandom random) {
        return new KernelOptions(
                64,
                random.between(4, 64),
                random.between(50, 2_000),
                1_000,
                1 << 20,
                100_000,
                100,
                1_000,
                1_000,
                random.between(4_096, 8_192),
                random.between(2_000, 100_000),
                random.between(4_000, 60_000),
                random.between(40, 400),
                random.between(1_000, 8_000),
                8,
                100_000,
                16,
                random.between(1, 10_000),
                KernelRule.ALL);
    }

    private Profile profile(int index) {
        List<String> topics = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        for (String topic : List.of("t/0", "t/1", "u/0/x", "work/0", "work/1")) {
            if (random.chance(600)) {
                topics.add(topic);
            }
        }
        for (String pattern : List.of("t/0", "t/+", "t/#", "u/+/x", "#", "keep/#", "keep/+/0", "will/+")) {
            if (random.chance(300)) {
                patterns.add(pattern);
            }
        }
        List<String> kept = random.coin() ? List.of("keep/c" + index + "/0", "keep/c" + index + "/1") : List.of();
        boolean durable = random.chance(600);
        long expiryMillis =
                !durable ? 0 : random.chance(300) ? random.between(2_500, 6_000) : AttachRequest.NEVER_EXPIRES;
        return new Profile(
                durable,
                random.between(1, 20),
                topics,
                kept,
                patterns,
                random.between(50, 700),
                random.chance(200),
                expiryMillis,
                random.coin(),
                random.coin(),
                scenario.habits);
    }

    private VirtualClient client(int index, Profile profile) {
        return new VirtualClient(world.client(index, "c" + index), world.judge(), history, surroundings, profile);
    }

    // ---- the run

    /** Runs it; throws when an invariant is broken. */
    public void run() {
        try {
            world.startAll();
            clients.forEach(VirtualClient::start);
            faults.start();
            watch();
            if (scenario.severity != Severity.NONE) {
                upset();
            }
            world.run(scenario.chaosNanos);
            faults.stop();
            quiet = true;
            comeToRest();
            lookUpLastValues();
        } finally {
            world.end();
        }
    }

    public long steps() {
        return world.scheduler().steps();
    }

    public long digest() {
        return world.scheduler().digest();
    }

    public long published() {
        return history.count();
    }

    public long received() {
        return history.receivedCount();
    }

    private void comeToRest() {
        world.run(2 * SECOND);
        clients.forEach(VirtualClient::quieten);
        world.runUntil(
                () -> clients.stream().allMatch(VirtualClient::idle),
                90 * SECOND,
                Invariant.RECOVERS,
                () -> "clients do not come to rest although everything is mended: "
                        + clients.stream()
                                .filter(client -> !client.idle())
                                .map(VirtualClient::state)
                                .toList());
        for (int i = 0; i < 100 && !history.settled(); i++) {
            world.run(SECOND / 5);
        }
        world.run(SECOND);
        history.rest();
        world.judge().rule();
    }

    private void lookUpLastValues() {
        LastValueReader reader = new LastValueReader();
        VirtualClient inspector = new VirtualClient(
                world.client(CLIENTS_MAX, "inspector"),
                world.judge(),
                history,
                surroundings,
                new Profile(false, 100, List.of(), List.of(), List.of("keep/#"), 0, false, 0, false, false, Set.of()));
        inspector.quieten();
        inspector.tell(reader);
        inspector.start();
        world.runUntil(inspector::isConnected, 30 * SECOND, Invariant.RECOVERS, () -> "a new client is not taken");
        ClientConnection connection = inspector.connection();
        if (connection != null) {
            inspector.subscribe(connection, "keep/#", Guarantee.AT_LEAST_ONCE);
        }
        world.run(3 * SECOND);
        history.lastValues(reader.found);
        world.judge().rule();
    }

    // ---- nodes

    private void started(SimNode node) {
        if (node.index() == active) {
            boot(node);
        }
    }

    private void boot(SimNode node) {
        LedgerLogStore logs = new LedgerLogStore(node.ledgerStore(), node.coordStore(), node.lease(), logOptions);
        NodeKernel kernel = new NodeKernel(new NodeSpec(
                List.<Loop>copyOf(node.loops()),
                scenario.shards,
                logs,
                new LedgerRunStore(node.ledgerStore(), CLUSTER),
                new UnpooledByteBufAllocator(false, true),
                kernelOptions,
                node.incarnation(),
                () -> true));
        Serving mine = new Serving(node, kernel);
        serving[node.index()] = mine;
        kernel.start().whenComplete((done, failure) -> {
            if (failure == null) {
                mine.started = true;
            }
        });
    }

    /** What an orchestrator does: a node that does not get ready is started anew. */
    private void watch() {
        world.scheduler().after(SECOND, () -> {
            Serving mine = serving[active];
            if (mine != null && mine.kernel.invariantsBroken() > 0) {
                world.judge()
                        .broken(Invariant.KERNEL_IS_SOUND, "a shard of " + mine.node.incarnation() + " met a mistake");
            }
            if (mine != null && mine.node.process().running()) {
                if (mine.kernel.ready()) {
                    mine.unreadySince = -1;
                } else if (mine.unreadySince < 0) {
                    mine.unreadySince = world.scheduler().now();
                } else if (world.scheduler().now() - mine.unreadySince > 15 * SECOND) {
                    restart(active);
                }
            }
            watch();
        });
    }

    private void restart(int index) {
        world.kill(index);
        serving[index] = null;
        world.start(index);
    }

    /** What the faults of the world do not do: orderly restarts, another node that takes over, connections that break all at once. */
    private void upset() {
        world.scheduler().after(random.skewed(SECOND, 8 * SECOND), () -> {
            if (quiet) {
                return;
            }
            switch (random.below(3)) {
                case 0 -> stopInOrder();
                case 1 -> failOver();
                default ->
                    clients.forEach(client -> {
                        ClientConnection connection = client.connection();
                        if (connection != null && random.coin()) {
                            client.breakDown(connection);
                        }
                    });
            }
            upset();
        });
    }

    private void stopInOrder() {
        int index = active;
        Serving mine = serving[index];
        if (mine == null || !mine.started || !mine.node.process().running()) {
            return;
        }
        mine.kernel.stop();
        world.scheduler().after(random.skewed(200_000_000, 2 * SECOND), () -> {
            if (serving[index] == mine && mine.node.process().alive()) {
                restart(index);
            }
        });
    }

    /** Another node takes all shards over; the former one may live on and not know, but has no clients any more. */
    private void failOver() {
        if (scenario.nodes < 2) {
            return;
        }
        int former = active;
        active = 1 - former;
        clients.forEach(client -> {
            ClientConnection connection = client.connection();
            if (connection != null) {
                client.breakDown(connection);
            }
        });
        SimNode next = world.node(active);
        if (serving[active] != null) {
            restart(active);
        } else if (next != null) {
            next.process().after(0, () -> boot(next));
        } else {
            world.start(active);
        }
    }

    private long eraOf(SimNode node) {
        Serving mine = serving[active];
        return mine != null && mine.node == node && node.process().alive() && mine.kernel.ready()
                ? mine.kernel.figures().takeovers()
                : -1;
    }

    private @Nullable ClientConnection open(VirtualClient client, int number) {
        Serving mine = serving[active];
        if (mine == null || !mine.started || !mine.node.process().alive()) {
            return null;
        }
        int loop = random.below(scenario.loops);
        return new ClientConnection(
                world,
                client,
                mine.node,
                mine.kernel.loop(loop),
                mine.node.loops().get(loop),
                number);
    }
}
