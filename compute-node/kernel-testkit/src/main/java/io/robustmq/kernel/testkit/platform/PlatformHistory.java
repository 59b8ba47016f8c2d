package io.robustmq.kernel.testkit.platform;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimJudge;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that clients sent and received in one run, and the checks of routes, counts, order and last values. What can be judged when it happens is judged then, the
 * rest when everything has come to rest.
 */
final class PlatformHistory {
    private final SimScheduler scheduler;
    private final SimJudge judge;
    private final Map<Long, SentMessage> messages = new LinkedHashMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    /** All versions of a topic that asks to be kept, by version - 1. */
    private final Map<String, List<SentMessage>> keptTopics = new LinkedHashMap<>();

    private final Map<String, List<Interest>> interests = new LinkedHashMap<>();
    private final Map<String, Map<Long, Reception>> receptions = new HashMap<>();
    private final Map<String, Integer> lastPlaces = new HashMap<>();
    private final Map<String, Integer> lastVersions = new HashMap<>();
    /** How often a message of a group came to any of its members, and how often as new. */
    private final Map<Long, Reception> shared = new HashMap<>();

    private long lastNumber;

    /** The newest version that a client got, by client and topic. */
    private final Map<String, Integer> newestSeen = new HashMap<>();

    private final Map<Long, Holder> holders = new HashMap<>();

    private record Holder(ClientConnection connection, long era) {}

    /** What one client got of one message. */
    private static final class Reception {
        private int all;
        private int withoutFlag;
        /** In which a parting message came as new for the last time. */
        private long era;

        private int exactlyOnce;
    }

    PlatformHistory(SimScheduler scheduler, SimJudge judge) {
        this.scheduler = scheduler;
        this.judge = judge;
    }

    // ---- publishing

    SentMessage sending(String publisher, String topic, Guarantee guarantee, boolean lastValue, boolean removes) {
        int place = places.merge(publisher + " " + topic + " " + guarantee, 1, Integer::sum);
        int version = lastValue ? versions.merge(topic, 1, Integer::sum) : 0;
        SentMessage message = new SentMessage(
                ++lastNumber, publisher, topic, guarantee, lastValue, removes, place, version, scheduler.now());
        messages.put(message.number, message);
        if (lastValue) {
            keptTopics.computeIfAbsent(topic, first -> new ArrayList<>()).add(message);
        }
        return message;
    }

    /** What the platform is to publish when the connection ends badly. */
    SentMessage parting(String client, ClientConnection connection) {
        SentMessage message = sending(client, "will/" + client, Guarantee.AT_LEAST_ONCE, false, false);
        message.parting = true;
        message.announces = connection;
        return message;
    }

    /** The parting message certainly was not, and will not be, published. */
    void forbid(SentMessage message, String why) {
        message.forbidden = why;
        if (message.received) {
            broken(Invariant.RETAINED_AND_WILL, message + " was published though " + why);
        }
    }

    void acknowledged(SentMessage message) {
        if (!message.acknowledged()) {
            message.acknowledgedAt = scheduler.now();
        }
    }

    long count() {
        return messages.size();
    }

    long receivedCount() {
        return receptions.values().stream().mapToLong(Map::size).sum();
    }

    // ---- subscribing

    Interest asking(String client, String pattern, String group, Guarantee guarantee) {
        ending(client, pattern, group);
        Interest interest = new Interest(client, pattern, group, guarantee, scheduler.now());
        interests.computeIfAbsent(client, first -> new ArrayList<>()).add(interest);
        return interest;
    }

    /** The client begins to end a subscription. */
    void ending(String client, String pattern, String group) {
        for (Interest interest : interests.getOrDefault(client, List.of())) {
            if (interest.pattern.equals(pattern) && interest.group.equals(group)) {
                interest.endsAt = Math.min(interest.endsAt, scheduler.now());
            }
        }
    }

    /** The session of the client ends, or may end from now on. */
    void sessionEnding(String client) {
        for (Interest interest : interests.getOrDefault(client, List.of())) {
            interest.endsAt = Math.min(interest.endsAt, scheduler.now());
        }
    }

    // ---- receiving

    @Nullable SentMessage message(long number) {
        return messages.get(number);
    }

    /**
     * A client took a message; repetitions of an exactly-once delivery that it recognised are not told.
     *
     * @param session distinguishes the sessions of a client, one after the other
     * @param era of the node that sent it
     */
    void received(
            String client,
            int session,
            long era,
            SentMessage message,
            Guarantee guarantee,
            boolean again,
            boolean lookedUp,
            boolean queued) {
        if (message.parting) {
            parted(message);
        }
        if (queued) {
            shared(client, message, again);
            return;
        }
        Reception reception = receptions
                .computeIfAbsent(client, first -> new HashMap<>())
                .computeIfAbsent(message.number, first -> new Reception());
        if (message.lastValue) {
            newestSeen.merge(client + " " + message.topic, message.version, Math::max);
        }
        boolean first = reception.all == 0;
        reception.all++;
        List<Interest> mine = interests.getOrDefault(client, List.of());
        if (mine.stream()
                .noneMatch(interest -> interest.group.isEmpty() && Interest.matches(interest.pattern, message.topic))) {
            broken(Invariant.COUNTS, client + " received " + message + " without having subscribed to it");
        }
        if (message.guarantee.code() < guarantee.code()) {
            broken(Invariant.COUNTS, client + " received " + message + " as " + guarantee);
        }
        if (lookedUp) {
            lookedUp(client, mine, message);
        } else {
            if (message.parting && !again && (era != reception.era || era < 0)) {
                // Its publisher has no say any more. A shard that starts anew sends it once more to those whose answer
                // was not in the log.
                reception.withoutFlag = 0;
                reception.era = era;
            }
            live(client, mine, message, guarantee, again, first, reception);
        }
        if (message.lastValue && guarantee != Guarantee.AT_MOST_ONCE && !again) {
            noStepBack(client, session, message);
        }
    }

    private void parted(SentMessage message) {
        message.received = true;
        String forbidden = message.forbidden;
        if (forbidden != null) {
            broken(Invariant.RETAINED_AND_WILL, message + " was published though " + forbidden);
        }
        ClientConnection announced = message.announces;
        if (announced != null && !announced.broken() && announced.liveAtNode()) {
            broken(Invariant.RETAINED_AND_WILL, message + " came while the client was connected");
        }
    }

    private void shared(String client, SentMessage message, boolean again) {
        Reception reception = shared.computeIfAbsent(message.number, first -> new Reception());
        reception.all++;
        if (interests.getOrDefault(client, List.of()).stream()
                .noneMatch(each -> !each.group.isEmpty() && Interest.matches(each.pattern, message.topic))) {
            broken(Invariant.COUNTS, client + " received " + message + " for a group that it never joined");
        }
        if (!again && ++reception.withoutFlag > message.attempts) {
            broken(
                    Invariant.TRANSFERS_AND_BOUNDS,
                    message + " came " + reception.withoutFlag
                            + " times as new to members of a group, though it was sent " + message.attempts + " times");
        }
    }

    /** A member of a group is handed a message; while it has it, and its node keeps its memory, nobody else may. */
    void hold(SentMessage message, ClientConnection holder) {
        Holder before = holders.put(message.number, new Holder(holder, holder.era()));
        if (before != null
                && message.attempts == 1
                && before.connection != holder
                && before.connection.liveAtNode()
                && before.connection.node() == holder.node()
                && before.era == holder.era()) {
            broken(Invariant.TRANSFERS_AND_BOUNDS, message + " was handed to two members of a group at once");
        }
    }

    void letGo(SentMessage message, ClientConnection holder) {
        holders.computeIfPresent(message.number, (number, held) -> held.connection == holder ? null : held);
    }

    private void live(
            String client,
            List<Interest> mine,
            SentMessage message,
            Guarantee guarantee,
            boolean again,
            boolean first,
            Reception reception) {
        if (!again) {
            reception.withoutFlag++;
            // MQTT 5.0 §3.3.4: overlapping subscriptions may give further copies.
            long overlapping = mine.stream()
                    .filter(interest -> interest.group.isEmpty() && Interest.matches(interest.pattern, message.topic))
                    .map(interest -> interest.pattern)
                    .distinct()
                    .count();
            if (reception.withoutFlag > message.attempts * overlapping) {
                broken(
                        Invariant.COUNTS,
                        client + " received " + message + " " + reception.withoutFlag
                                + " times as new, though it was sent " + message.attempts + " times");
            }
        }
        if (guarantee == Guarantee.EXACTLY_ONCE && ++reception.exactlyOnce > 1) {
            broken(Invariant.COUNTS, client + " took " + message + " twice under exactly-once");
        }
        // An exactly-once publish is acknowledged when it is logged, and on its way to others only then.
        if (message.acknowledged()
                && !message.parting
                && message.attempts == 1
                && message.guarantee != Guarantee.EXACTLY_ONCE
                && mine.stream()
                        .noneMatch(interest -> interest.group.isEmpty()
                                && Interest.matches(interest.pattern, message.topic)
                                && interest.askedAt <= message.acknowledgedAt)) {
            broken(
                    Invariant.COUNTS,
                    client + " received " + message + ", which was acknowledged before it ever subscribed");
        }
        boolean throughout = mine.stream()
                .anyMatch(interest -> interest.group.isEmpty()
                        && Interest.matches(interest.pattern, message.topic)
                        && interest.grantedAt < message.sentAt
                        && interest.endsAt == Interest.NEVER);
        // Sent again it may come now, though the first copy expired or was dropped where its successors were delivered.
        boolean revived = message.attempts > 1 && (message.lifetimeNanos > 0 || guarantee == Guarantee.AT_MOST_ONCE);
        if (first && throughout && !revived) {
            String stream =
                    client + " " + message.publisher + " " + message.topic + " " + message.guarantee + " " + guarantee;
            int before = lastPlaces.getOrDefault(stream, 0);
            if (message.place < before) {
                broken(
                        Invariant.ORDER,
                        client + " received " + message + " for the first time after place " + before
                                + " of the same publisher");
            }
            lastPlaces.put(stream, Math.max(before, message.place));
        }
    }

    /** Without concurrent writers (each topic has one), what is looked up is at least as new as what was acknowledged before. */
    private void lookedUp(String client, List<Interest> mine, SentMessage message) {
        if (!message.lastValue) {
            broken(Invariant.RETAINED_AND_WILL, client + " got as last value " + message);
            return;
        }
        long asked = mine.stream()
                .filter(interest -> interest.group.isEmpty() && Interest.matches(interest.pattern, message.topic))
                .mapToLong(interest -> interest.askedAt)
                .min()
                .orElse(Interest.NEVER);
        int newest = newestAcknowledged(message.topic, asked);
        if (message.version < newest) {
            broken(
                    Invariant.RETAINED_AND_WILL,
                    client + " got as last value " + message + ", though version " + newest
                            + " was acknowledged before it first subscribed");
        }
    }

    private void noStepBack(String client, int session, SentMessage message) {
        String stream = client + "#" + session + " " + message.topic;
        int before = lastVersions.getOrDefault(stream, 0);
        if (message.version < before) {
            // A newer value that nobody acknowledged, or of which only a later copy was, may be lost where last values
            // are kept
            // and live where it was delivered.
            SentMessage newer =
                    keptTopics.getOrDefault(message.topic, List.of()).get(before - 1);
            if (message.attempts == 1 && newer.attempts == 1 && newer.acknowledged()) {
                broken(Invariant.RETAINED_AND_WILL, client + " went back from version " + before + " to " + message);
            }
        }
        lastVersions.put(stream, Math.max(before, message.version));
    }

    private int newestAcknowledged(String topic, long before) {
        int newest = 0;
        for (SentMessage each : keptTopics.getOrDefault(topic, List.of())) {
            if (each.acknowledged() && each.acknowledgedAt < before && each.guarantee != Guarantee.AT_MOST_ONCE) {
                newest = each.version;
            }
        }
        return newest;
    }

    // ---- at rest

    /** Whether every client got everything that it certainly has to get. */
    boolean settled() {
        return missing() == null;
    }

    /** Judges what can be judged only at the end. */
    void rest() {
        String missing = missing();
        if (missing != null) {
            broken(missing.contains(" ends with version ") ? Invariant.RETAINED_AND_WILL : Invariant.ROUTE, missing);
        }
    }

    private @Nullable String missing() {
        for (List<Interest> mine : interests.values()) {
            for (Interest interest : mine) {
                if (interest.endsAt != Interest.NEVER || interest.grantedAt == Interest.NEVER) {
                    continue;
                }
                Map<Long, Reception> got =
                        interest.group.isEmpty() ? receptions.getOrDefault(interest.client, Map.of()) : shared;
                String outdated = outdated(interest);
                if (outdated != null) {
                    return outdated;
                }
                for (SentMessage message : messages.values()) {
                    if (interest.isOwed(message) && !got.containsKey(message.number)) {
                        return interest.client + ", subscribed to " + interest.pattern + " since "
                                + interest.grantedAt / 1000 + " us, never received " + message + " sent at "
                                + message.sentAt / 1000 + " us and acknowledged at " + message.acknowledgedAt / 1000;
                    }
                }
            }
        }
        return null;
    }

    /** Who subscribed and stayed connected ends with the newest value of every name: it was kept when it looked, or came afterwards. */
    private @Nullable String outdated(Interest interest) {
        ClientConnection since = interest.grantedOn;
        if (since == null
                || since.broken()
                || !interest.group.isEmpty()
                || interest.guarantee == Guarantee.AT_MOST_ONCE) {
            return null;
        }
        for (Map.Entry<String, List<SentMessage>> each : keptTopics.entrySet()) {
            int newest = newestAcknowledged(each.getKey(), Interest.NEVER);
            int seen = newestSeen.getOrDefault(interest.client + " " + each.getKey(), 0);
            boolean mayBeRemoved =
                    each.getValue().stream().anyMatch(one -> one.removes && one.version >= newest && !one.refused);
            if (seen < newest && !mayBeRemoved && Interest.matches(interest.pattern, each.getKey())) {
                return interest.client + ", subscribed to " + interest.pattern + " since " + interest.grantedAt / 1000
                        + " us, ends with version " + seen + " of " + each.getKey() + ", though version " + newest
                        + " was acknowledged";
            }
        }
        return null;
    }

    /**
     * The last values that a client found that subscribed when nobody wrote any more.
     *
     * @param found by topic
     */
    void lastValues(Map<String, SentMessage> found) {
        keptTopics.forEach((topic, all) -> {
            int newest = newestAcknowledged(topic, Interest.NEVER);
            SentMessage value = found.get(topic);
            if (value == null) {
                boolean mayBeRemoved =
                        all.stream().anyMatch(each -> each.removes && each.version >= newest && !each.refused);
                if (newest > 0 && !mayBeRemoved) {
                    broken(
                            Invariant.RETAINED_AND_WILL,
                            topic + " has no last value, though version " + newest + " was acknowledged");
                }
            } else if (value.version < newest) {
                broken(
                        Invariant.RETAINED_AND_WILL,
                        topic + " ends with " + value + ", though version " + newest + " was acknowledged");
            }
        });
    }

    private void broken(Invariant invariant, String what) {
        judge.broken(invariant, what);
    }
}
