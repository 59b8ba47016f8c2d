package io.robustmq.kernel.testkit.platform;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimJudge;
import io.robustmq.kernel.testkit.SimNode;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conforming client: it keeps what a client has to keep (its unacknowledged publishes, the deliveries it has not settled), sends again only after a reconnect and in
 * order, recognises repetitions by packet identifier, and does a little of everything in between. Runs in a process of its own outside the platform.
 */
final class VirtualClient {
    private static final int UNACKNOWLEDGED_MAX = 8;
    private static final int PACKET_ID_MAX = 65_535;
    /** What the members of the group share. */
    private static final String SHARED = "work/#";

    private static final String GROUP = "g";

    private final SimProcess process;
    private final SimRandom random;
    private final SimJudge judge;
    private final PlatformHistory history;
    private final Surroundings surroundings;
    private final Profile profile;
    private final String name;

    private final Map<Integer, Outgoing> outgoing = new LinkedHashMap<>();
    private final Map<Integer, Incoming> incoming = new HashMap<>();
    private final Map<Long, Interest> asked = new HashMap<>();
    private final List<Runnable> answers = new ArrayList<>();
    private @Nullable ClientConnection connection;
    private @Nullable ClientConnection attachedAtNode;
    private boolean connected;
    private boolean answering;
    private boolean quiet;
    private boolean fresh = true;
    private boolean cleanStart;
    private @Nullable LastValueReader reader;
    /** Whether the platform certainly has a session of this client, certainly none, or may have one. */
    private Belief session = Belief.NONE;

    private int sessionNumber;
    private int connections;
    private int lastPacketId;
    private long lastToken;
    private int unsettled;
    /** The last connection that it knows was attached. */
    private @Nullable Life life;

    private @Nullable SentMessage parting;
    private long partingDelayMillis;
    private long awayUntil;
    /** When the platform certainly knew it connected. */
    private long lastAttachedAt;

    private long openedAt;

    private enum Belief {
        NONE,
        UNCERTAIN,
        PRESENT
    }

    /** What a client may ask of the run around it. */
    interface Surroundings {
        /** A connection to a serving node, not used before; null if no node takes connections now. */
        @Nullable ClientConnection open(VirtualClient client, int number);

        /** Changes whenever a shard of this start of a node changes hands; -1 when the node does not serve. */
        long eraOf(SimNode node);
    }

    /**
     * @param durable whether its session outlives connections
     * @param windowMax deliveries it takes unsettled
     * @param topics it publishes to
     * @param keptTopics topics whose last value it alone sets
     * @param patterns it subscribes to
     * @param publishPermille how much of what it does is publishing
     * @param slow whether it likes to settle late
     * @param expiryMillis how long its session outlives a connection; 0 if not at all
     * @param parts whether it leaves parting messages
     * @param shares whether it is a member of the group
     * @param habits what else it does
     */
    record Profile(
            boolean durable,
            int windowMax,
            List<String> topics,
            List<String> keptTopics,
            List<String> patterns,
            int publishPermille,
            boolean slow,
            long expiryMillis,
            boolean parts,
            boolean shares,
            Set<Habit> habits) {
        Profile {
            topics = List.copyOf(topics);
            keptTopics = List.copyOf(keptTopics);
            patterns = List.copyOf(patterns);
            habits = Set.copyOf(habits);
        }
    }

    /** A connection that was attached, and what is known of its end. */
    private static final class Life {
        private final ClientConnection connection;
        private final @Nullable SentMessage parting;
        private final long delayNanos;
        private boolean inOrder;
        private boolean owedNothing;
        /** When the client broke it while the node certainly served it; -1 if that is not known. */
        private long brokenAt = -1;

        private int opened;
        private int openedClean;

        Life(ClientConnection connection, @Nullable SentMessage parting, long delayNanos) {
            this.connection = connection;
            this.parting = parting;
            this.delayNanos = delayNanos;
        }
    }

    private static final class Outgoing {
        private final SentMessage message;
        private boolean released;

        Outgoing(SentMessage message) {
            this.message = message;
        }
    }

    private static final class Incoming {
        private final long message;
        private final boolean exactlyOnce;
        private int onConnection;
        private boolean settled;
        /** The session it belongs to may have expired, and another may have taken its place. */
        private boolean mayBeForgotten;

        Incoming(long message, boolean exactlyOnce, int onConnection) {
            this.message = message;
            this.exactlyOnce = exactlyOnce;
            this.onConnection = onConnection;
        }
    }

    VirtualClient(
            SimProcess process, SimJudge judge, PlatformHistory history, Surroundings surroundings, Profile profile) {
        this.process = process;
        this.random = process.scheduler().random().fork();
        this.judge = judge;
        this.history = history;
        this.surroundings = surroundings;
        this.profile = profile;
        this.name = process.name();
    }

    /** Also tells what it finds as last values. */
    void tell(LastValueReader to) {
        reader = to;
    }

    String name() {
        return name;
    }

    SimProcess process() {
        return process;
    }

    void start() {
        process.after(random.skewed(1_000_000, 500_000_000), this::act);
    }

    /** From now on it only keeps its connection, sends again what is unacknowledged, and takes what comes. */
    void quieten() {
        quiet = true;
    }

    /** Whether it is connected and owes nothing and is owed no acknowledgement. */
    boolean idle() {
        return connected && outgoing.isEmpty() && answers.isEmpty() && asked.isEmpty();
    }

    /** What keeps it from being idle, for a report. */
    String state() {
        return name + (connected ? " connected" : connection == null ? " without connection" : " connecting")
                + " unacknowledged="
                + outgoing.values().stream()
                        .map(each -> each.message + (each.released ? " released" : ""))
                        .toList()
                + " answers=" + answers.size() + " asked=" + asked.keySet();
    }

    boolean isConnected() {
        return connected;
    }

    // ---- what it does by itself

    private void act() {
        ClientConnection mine = connection;
        if (mine != null
                && connected
                && mine.liveAtNode()
                && mine.node().process().running()) {
            lastAttachedAt = process.scheduler().now();
        }
        if (mine != null && !mine.node().process().alive()) {
            // Nobody answers for the other end any more.
            mine.sever(true, 0);
            gone();
        } else if (mine == null || mine.broken()) {
            if (quiet || process.scheduler().now() >= awayUntil) {
                open();
            }
        } else if (connected && !quiet) {
            step(mine);
        }
        process.after(
                quiet ? random.between(20_000_000L, 60_000_000L) : random.skewed(2_000_000, 300_000_000), this::act);
    }

    private void step(ClientConnection mine) {
        if (random.chance(profile.publishPermille)) {
            int burst = random.between(1, 4);
            for (int i = 0; i < burst; i++) {
                publish(mine);
            }
            return;
        }
        switch (random.below(20)) {
            case 0, 1, 2, 3 -> subscribe(mine);
            case 4 -> unsubscribe(mine);
            case 5 -> {
                leave(mine);
                if (profile.durable && profile.expiryMillis != AttachRequest.NEVER_EXPIRES && random.coin()) {
                    awayUntil = process.scheduler().now() + random.between(0, 2 * profile.expiryMillis) * 1_000_000L;
                }
            }
            case 6 -> breakDown(mine);
            case 7 -> {
                if (profile.durable && random.chance(150)) {
                    leave(mine);
                    fresh = true;
                }
            }
            case 8, 9 -> {
                if (profile.shares) {
                    share(mine);
                }
            }
            default -> {}
        }
    }

    private void leave(ClientConnection mine) {
        Life ending = life;
        if (ending != null && ending.connection == mine) {
            ending.inOrder = true;
            ending.owedNothing = outgoing.isEmpty();
        }
        mine.disconnect();
        gone();
    }

    /** Breaks the connection as a network does. */
    void breakDown(ClientConnection mine) {
        Life ending = life;
        if (ending != null
                && ending.connection == mine
                && mine.liveAtNode()
                && mine.node().process().running()) {
            ending.brokenAt = process.scheduler().now();
        }
        mine.sever(random.coin(), random.skewed(1_000_000, 3_000_000_000L));
        gone();
    }

    @Nullable ClientConnection connection() {
        return connection;
    }

    private void open() {
        ClientConnection next = surroundings.open(this, ++connections);
        if (next == null) {
            return;
        }
        connection = next;
        boolean clean = fresh || !profile.durable;
        openedAt = process.scheduler().now();
        Life before = life;
        if (before != null) {
            before.opened++;
            before.openedClean += clean ? 1 : 0;
        }
        if (mayBeOver()) {
            history.sessionEnding(name);
            session = session == Belief.NONE ? Belief.NONE : Belief.UNCERTAIN;
            incoming.values().forEach(each -> each.mayBeForgotten = true);
        }
        partingDelayMillis = random.coin() ? 0 : random.between(2_000, 6_000);
        SentMessage last = profile.parts ? history.parting(name, next) : null;
        parting = last;
        if (clean) {
            history.sessionEnding(name);
            session = session == Belief.NONE ? Belief.NONE : Belief.UNCERTAIN;
        }
        cleanStart = clean;
        next.connect(
                new AttachRequest(
                        new SessionKey(0, name), clean, profile.expiryMillis, profile.windowMax, 1 << 20, null),
                last,
                partingDelayMillis);
        session = profile.durable && session == Belief.NONE ? Belief.UNCERTAIN : session;
        // Nobody waits for an answer for ever.
        process.after(4_000_000_000L, () -> {
            if (connection == next && !connected && !next.broken()) {
                breakDown(next);
            }
        });
    }

    /** Whether the session may have expired: the platform knew of the client for the last time long ago. */
    private boolean mayBeOver() {
        return profile.expiryMillis != AttachRequest.NEVER_EXPIRES
                && process.scheduler().now() - lastAttachedAt
                        > profile.expiryMillis * 1_000_000L - ClientConnection.CLOCKS_APART_NANOS;
    }

    /** Whether the session certainly expired before this connection was asked for. */
    private boolean isOver(Life before) {
        long leftAt = before.connection.certainlyLeftInOrderAt();
        return before.inOrder
                && before.owedNothing
                && before.opened == 1
                && leftAt >= 0
                && before.connection.node().process().resumedAt() < leftAt
                && profile.expiryMillis != AttachRequest.NEVER_EXPIRES
                && openedAt - leftAt > profile.expiryMillis * 1_000_000L + ClientConnection.CLOCKS_APART_NANOS;
    }

    /** The next connection is attached: what became of the parting message of the one before is settled. */
    private void judgeParting(Life before, boolean resumed) {
        SentMessage message = before.parting;
        if (message == null) {
            return;
        }
        long delay = Math.min(
                before.delayNanos,
                profile.expiryMillis == AttachRequest.NEVER_EXPIRES
                        ? Long.MAX_VALUE
                        : profile.expiryMillis * 1_000_000L);
        if (before.inOrder) {
            if (before.connection.certainlyLeftInOrderAt() >= 0) {
                history.forbid(message, "the client left in good order");
            }
        } else if (delay == 0 || before.opened == before.openedClean) {
            history.acknowledged(message);
        } else if (resumed
                && before.openedClean == 0
                && before.brokenAt >= 0
                && process.scheduler().now() - before.brokenAt < delay - ClientConnection.CLOCKS_APART_NANOS) {
            history.forbid(message, "the client was back in time");
        }
    }

    long eraOf(SimNode node) {
        return surroundings.eraOf(node);
    }

    @Nullable SentMessage messageOf(long number) {
        return history.message(number);
    }

    void hold(SentMessage message, ClientConnection holder) {
        history.hold(message, holder);
    }

    void letGo(SentMessage message, ClientConnection holder) {
        history.letGo(message, holder);
    }

    private void gone() {
        incoming.keySet().removeIf(packetId -> packetId > Delivery.SEQUENCE_MODULUS);
        connected = false;
        connection = null;
        answers.clear();
        asked.clear();
        unsettled = 0;
        if (!profile.durable) {
            history.sessionEnding(name);
            outgoing.clear();
            incoming.clear();
        }
    }

    private void publish(ClientConnection mine) {
        if (outgoing.size() >= UNACKNOWLEDGED_MAX) {
            return;
        }
        boolean kept = !profile.keptTopics.isEmpty() && random.chance(300);
        List<String> from = kept ? profile.keptTopics : profile.topics;
        if (from.isEmpty()) {
            return;
        }
        String topic = random.pick(from);
        int strongest = profile.durable && !profile.habits.contains(Habit.DURABLE_EXACTLY_ONCE) ? 1 : 2;
        // What a group hands out is told apart by its settlement, so it has one.
        boolean settled = kept || Interest.matches(SHARED, topic);
        Guarantee guarantee = Guarantee.of(random.between(settled ? 1 : 0, strongest));
        if (kept && !profile.habits.contains(Habit.MIXED_KEPT_GUARANTEES)) {
            guarantee = Guarantee.of(Math.min(strongest, 1 + profile.keptTopics.indexOf(topic) % 2));
        }
        boolean removes = kept && random.chance(100);
        SentMessage message = history.sending(name, topic, guarantee, kept, removes);
        if (!kept && random.chance(250)) {
            message.lifetimeNanos = random.skewed(100_000_000, 4_000_000_000L);
        }
        int packetId = 0;
        if (guarantee != Guarantee.AT_MOST_ONCE) {
            packetId = freePacketId();
            outgoing.put(packetId, new Outgoing(message));
        }
        mine.publish(packetId, message);
    }

    private int freePacketId() {
        do {
            lastPacketId = lastPacketId % PACKET_ID_MAX + 1;
        } while (outgoing.containsKey(lastPacketId));
        return lastPacketId;
    }

    private void subscribe(ClientConnection mine) {
        if (profile.patterns.isEmpty()) {
            return;
        }
        String pattern = random.pick(profile.patterns);
        Guarantee guarantee = profile.habits.contains(Habit.CHANGING_GUARANTEES)
                ? Guarantee.of(random.chance(100) ? 0 : random.between(1, 2))
                : Guarantee.of((profile.patterns.indexOf(pattern) + profile.windowMax) % 3);
        subscribe(mine, pattern, guarantee);
    }

    void subscribe(ClientConnection mine, String pattern, Guarantee guarantee) {
        long token = ++lastToken;
        asked.put(token, history.asking(name, pattern, "", guarantee));
        mine.subscribe(token, new SubscribeRequest(pattern, guarantee, false, false, LastValues.SEND, 0, null));
    }

    private void share(ClientConnection mine) {
        long token = ++lastToken;
        if (random.chance(200)) {
            history.ending(name, SHARED, GROUP);
            mine.unsubscribe(token, SHARED, GROUP);
        } else {
            asked.put(token, history.asking(name, SHARED, GROUP, Guarantee.AT_LEAST_ONCE));
            mine.subscribe(
                    token,
                    new SubscribeRequest(
                            SHARED, Guarantee.AT_LEAST_ONCE, false, false, LastValues.DO_NOT_SEND, 0, GROUP));
        }
    }

    private void unsubscribe(ClientConnection mine) {
        if (!profile.patterns.isEmpty() && random.chance(400)) {
            String pattern = random.pick(profile.patterns);
            history.ending(name, pattern, "");
            mine.unsubscribe(++lastToken, pattern, "");
        }
    }

    // ---- what it hears

    void attachedAtNode(ClientConnection at) {
        ClientConnection before = attachedAtNode;
        if (before != null && before != at && before.liveAtNode() && before.node() == at.node()) {
            judge.broken(
                    Invariant.ONE_CLIENT,
                    name + " is attached on connection " + at.number() + " while connection " + before.number()
                            + " still is");
        }
        attachedAtNode = at;
    }

    void connected(boolean resumed) {
        if (resumed && (cleanStart || session == Belief.NONE)) {
            judge.broken(Invariant.ONE_CLIENT, name + " was told of a session that it ended");
        }
        Life before = life;
        if (before != null) {
            judgeParting(before, resumed);
            if (resumed && isOver(before)) {
                judge.broken(Invariant.ONE_CLIENT, name + " was told of a session that had expired");
            }
        }
        if (!resumed && !cleanStart && session == Belief.PRESENT && !mayBeOver()) {
            judge.broken(Invariant.ONE_CLIENT, name + " lost its session");
        }
        connected = true;
        fresh = false;
        session = profile.durable ? Belief.PRESENT : Belief.NONE;
        ClientConnection mine = connection;
        if (mine == null) {
            return;
        }
        life = new Life(mine, parting, partingDelayMillis * 1_000_000L);
        lastAttachedAt = process.scheduler().now();
        if (!resumed) {
            sessionNumber++;
            history.sessionEnding(name);
            outgoing.clear();
            incoming.clear();
            return;
        }
        for (Map.Entry<Integer, Outgoing> each : List.copyOf(outgoing.entrySet())) {
            if (each.getValue().released) {
                mine.release(each.getKey());
            } else {
                each.getValue().message.attempts++;
                mine.publish(each.getKey(), each.getValue().message);
            }
        }
    }

    void hungUp() {
        ClientConnection mine = connection;
        if (mine != null) {
            mine.sever(true, 0);
            gone();
        }
    }

    void acknowledged(int packetId) {
        Outgoing done = outgoing.remove(packetId);
        if (done == null || done.message.guarantee != Guarantee.AT_LEAST_ONCE) {
            judge.broken(Invariant.PACKET_IDS, name + " got an acknowledgement of the unused packet " + packetId);
            return;
        }
        history.acknowledged(done.message);
    }

    void takenOnce(int packetId) {
        Outgoing taken = outgoing.get(packetId);
        ClientConnection mine = connection;
        if (taken == null || taken.message.guarantee != Guarantee.EXACTLY_ONCE) {
            judge.broken(Invariant.PACKET_IDS, name + " got a receipt for the unused packet " + packetId);
            return;
        }
        history.acknowledged(taken.message);
        taken.released = true;
        if (mine != null) {
            mine.release(packetId);
        }
    }

    void completed(int packetId) {
        outgoing.remove(packetId);
    }

    void publishRefused(int packetId) {
        Outgoing refused = outgoing.remove(packetId);
        if (refused != null) {
            // An attempt before, whose outcome nobody told, may have been taken.
            refused.message.refused = refused.message.attempts == 1;
        }
    }

    void subscribed(long token, SubscribeResult result) {
        Interest interest = asked.remove(token);
        if (interest != null && result instanceof SubscribeResult.Granted) {
            interest.grantedAt = process.scheduler().now();
            interest.grantedOn = connection;
        } else if (interest != null) {
            interest.endsAt = interest.askedAt;
        }
    }

    void unsubscribed(long token) {
        asked.remove(token);
    }

    void received(
            long deliveryId,
            int packetId,
            long number,
            String topic,
            Guarantee guarantee,
            boolean again,
            boolean lookedUp) {
        ClientConnection mine = connection;
        if (mine == null) {
            return;
        }
        SentMessage message = history.message(number);
        if (number != 0 && (message == null || !message.topic.equals(topic))) {
            judge.broken(Invariant.COUNTS, name + " received on " + topic + " what nobody published there");
            return;
        }
        switch (guarantee) {
            case AT_MOST_ONCE -> take(message, guarantee, again, lookedUp, deliveryId >= Delivery.QUEUE);
            case AT_LEAST_ONCE -> {
                admit(mine, packetId, number, false, again);
                take(message, guarantee, again, lookedUp, deliveryId >= Delivery.QUEUE);
                answer(() -> settle(mine, packetId, deliveryId, Settlement.ACCEPTED));
            }
            case EXACTLY_ONCE -> {
                if (admit(mine, packetId, number, true, again)) {
                    take(message, guarantee, again, lookedUp, deliveryId >= Delivery.QUEUE);
                }
                answer(() -> mine.settle(deliveryId, Settlement.RECEIVED));
            }
        }
    }

    private void take(
            @Nullable SentMessage message, Guarantee guarantee, boolean again, boolean lookedUp, boolean queued) {
        if (message != null) {
            if (lookedUp && reader != null) {
                reader.lookedUp(message);
            }
            ClientConnection from = connection;
            long era = from == null ? -1 : from.era();
            history.received(name, sessionNumber, era, message, guarantee, again, lookedUp, queued);
        }
    }

    /** Notes a delivery that has to be settled; false if the client has it already. */
    private boolean admit(ClientConnection mine, int packetId, long number, boolean exactlyOnce, boolean again) {
        Incoming known = incoming.get(packetId);
        if (known != null && known.mayBeForgotten && (known.message != number || !again)) {
            known = null;
        }
        if (known != null && !known.settled) {
            if (known.onConnection == mine.number()) {
                judge.broken(
                        Invariant.PACKET_IDS,
                        name + " got packet " + packetId + " for message " + number + " while message " + known.message
                                + " under it was not settled");
            } else if (known.message != number || !again) {
                judge.broken(
                        Invariant.PACKET_IDS,
                        name + " got packet " + packetId + " after a reconnect for message " + number
                                + (again ? " instead of " : " unmarked, like ") + known.message);
            }
            known.onConnection = mine.number();
            count();
            return !exactlyOnce;
        }
        incoming.put(packetId, new Incoming(number, exactlyOnce, mine.number()));
        count();
        return true;
    }

    private void count() {
        unsettled++;
        if (unsettled > profile.windowMax) {
            judge.broken(
                    Invariant.PACKET_IDS,
                    name + " has " + unsettled + " unsettled deliveries and takes " + profile.windowMax);
        }
    }

    void releaseReceived(long deliveryId, int packetId) {
        ClientConnection mine = connection;
        if (mine == null) {
            return;
        }
        Incoming known = incoming.get(packetId);
        if (known != null && !known.exactlyOnce && !known.settled) {
            judge.broken(Invariant.PACKET_IDS, name + " got a release for packet " + packetId + " of another kind");
        }
        if (known != null && known.onConnection != mine.number()) {
            // Resumed in the second step: it counts against the window again.
            known.onConnection = mine.number();
            count();
        }
        answer(() -> settle(mine, packetId, deliveryId, Settlement.COMPLETED));
    }

    private void settle(ClientConnection mine, int packetId, long deliveryId, Settlement settlement) {
        Incoming known = incoming.remove(packetId);
        if (known != null) {
            known.settled = true;
            unsettled--;
        }
        mine.settle(deliveryId, settlement);
    }

    /** Answers in order, some time later. */
    private void answer(Runnable answer) {
        answers.add(answer);
        if (!answering) {
            answering = true;
            long delay =
                    profile.slow && !quiet ? random.skewed(1_000_000, 800_000_000) : random.skewed(1_000, 3_000_000);
            process.after(delay, () -> {
                answering = false;
                List<Runnable> due = List.copyOf(answers);
                answers.clear();
                due.forEach(Runnable::run);
            });
        }
    }

    ByteBuf payloadOf(SentMessage message) {
        ByteBuf payload = ClientConnection.buffer(64);
        if (!message.removes) {
            payload.writeLong(message.number).writeZero((int) (message.number % 40));
        }
        return payload;
    }
}
