package io.robustmq.security.access;

import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one connection. Remembers them per topic, so that a repeated publish costs a comparison and allocates
 * nothing; forgets all of them when the policy changes, and those of an external authoriser after a while. Loop only.
 *
 * <p>Remembered in sets of eight; when one is full the table doubles, and at its bound the set gives up its topics in turn.
 */
public final class ClientAccess {
    private static final int WAYS = 8;

    /** Spreads hashes of topics that differ in the last characters only (Knuth's multiplicative hashing). */
    private static final int SPREAD = 0x9E37_79B9;

    private static final int QUALITIES = 3;
    private static final int PUBLISH_BITS = QUALITIES * 2;
    private static final int ALLOWED_SHIFT = PUBLISH_BITS + QUALITIES;

    private final AccessPolicy policy;
    private final int entriesMax;
    private final long askedAgeNanosMax;
    private final LongSupplier nanoTime;

    private Subject subject;
    private AccessPolicy.Snapshot seen;
    private boolean everything;
    private @Nullable String[] topics = {};
    private int[] hashes = {};

    /** Per topic and kind of request one bit that says whether it is known, and one whether it is allowed. */
    private int[] known = {};

    /** The slot that a full set gives up next. */
    private int victim;

    private boolean asked;
    private long askedAtNanos;

    /**
     * @param entriesMax topics that are remembered, a power of two of at least 8
     * @param askedAgeNanosMax how long an answer of an external authoriser is remembered
     * @param nanoTime clock of the loop
     */
    public ClientAccess(
            AccessPolicy policy, Subject subject, int entriesMax, long askedAgeNanosMax, LongSupplier nanoTime) {
        if (entriesMax < WAYS || Integer.bitCount(entriesMax) != 1) {
            throw new IllegalArgumentException("entriesMax must be a power of two of at least 8: " + entriesMax);
        }
        this.policy = policy;
        this.subject = subject;
        this.entriesMax = entriesMax;
        this.askedAgeNanosMax = askedAgeNanosMax;
        this.nanoTime = nanoTime;
        this.seen = policy.snapshot();
        this.everything = allowsEverything(seen);
    }

    /** Whose decisions these are. */
    public Subject subject() {
        return subject;
    }

    /** The client proved anew who it is: forgets what held for the former proof. */
    public void become(Subject proven) {
        subject = proven;
        everything = allowsEverything(seen);
        forget();
    }

    /** Whether the client may publish; {@code topic} should be the same object each time, which makes it cheaper. */
    public Decision publish(String topic, int qos, boolean retain) {
        refresh();
        if (everything && !topic.startsWith("$")) {
            return Decision.ALLOWED;
        }
        int bit = 1 << (qos * 2 + (retain ? 1 : 0));
        int bits = find(topic);
        if ((bits & bit) != 0) {
            return (bits & bit << ALLOWED_SHIFT) != 0 ? Decision.ALLOWED : Decision.DENIED;
        }
        return decide(AccessRequest.publish(topic, qos, retain), bit);
    }

    /** Whether the client may subscribe. */
    public Decision subscribe(String filter, int qos) {
        refresh();
        if (everything && !filter.startsWith("$")) {
            return Decision.ALLOWED;
        }
        int bit = 1 << (PUBLISH_BITS + qos);
        int bits = find(filter);
        if ((bits & bit) != 0) {
            return (bits & bit << ALLOWED_SHIFT) != 0 ? Decision.ALLOWED : Decision.DENIED;
        }
        return decide(AccessRequest.subscribe(filter, qos), bit);
    }

    /** Asks for what was {@link Decision#UNDECIDED}; the answer is to be brought back to the loop and {@link #learn}ed. */
    public CompletionStage<Decision> ask(AccessRequest request) {
        return policy.ask(subject, request);
    }

    /** Remembers the answer to a question. */
    public void learn(AccessRequest request, Decision decision) {
        if (!asked) {
            asked = true;
            askedAtNanos = nanoTime.getAsLong();
        }
        int bit = switch (request.action()) {
            case PUBLISH -> 1 << (request.qos() * 2 + (request.retain() ? 1 : 0));
            case SUBSCRIBE -> 1 << (PUBLISH_BITS + request.qos());
        };
        remember(request.topic(), bit, decision);
    }

    private Decision decide(AccessRequest request, int bit) {
        Decision decision = policy.decide(seen, subject, request);
        if (decision != Decision.UNDECIDED) {
            remember(request.topic(), bit, decision);
        }
        return decision;
    }

    @SuppressWarnings("ReferenceEquality") // a state is told from another by being another, and cheaply
    private void refresh() {
        AccessPolicy.Snapshot now = policy.snapshot();
        if (now != seen) {
            seen = now;
            everything = allowsEverything(now);
            forget();
        } else if (asked && nanoTime.getAsLong() - askedAtNanos > askedAgeNanosMax) {
            forget();
        }
    }

    private boolean allowsEverything(AccessPolicy.Snapshot state) {
        return subject.superuser()
                || (subject.ownRules().isEmpty()
                        && state.rules().isEmpty()
                        && state.authorizer() == null
                        && state.otherwise() == Effect.ALLOW);
    }

    private void forget() {
        topics = new @Nullable String[0];
        hashes = new int[0];
        known = new int[0];
        asked = false;
    }

    private int find(String topic) {
        int slot = slotOf(topic, hash(topic));
        return slot < 0 ? 0 : known[slot];
    }

    private static int hash(String topic) {
        return topic.hashCode() * SPREAD;
    }

    /** The first slot of the set, of a table that is not empty. */
    private int set(int hash) {
        // The high bits are the well mixed ones.
        return (hash >>> 16) & (topics.length - WAYS);
    }

    /** Where the topic is remembered; -1 if it is not. */
    private int slotOf(String topic, int hash) {
        if (topics.length == 0) {
            return -1;
        }
        int set = set(hash);
        for (int slot = set; slot < set + WAYS; slot++) {
            if (hashes[slot] == hash && topic.equals(topics[slot])) {
                return slot;
            }
        }
        return -1;
    }

    private void remember(String topic, int bit, Decision decision) {
        int hash = hash(topic);
        int slot = slotOf(topic, hash);
        if (slot < 0) {
            slot = freeSlot(hash);
            topics[slot] = topic;
            hashes[slot] = hash;
            known[slot] = 0;
        }
        int cleared = known[slot] & ~(bit << ALLOWED_SHIFT);
        known[slot] = cleared | bit | (decision == Decision.ALLOWED ? bit << ALLOWED_SHIFT : 0);
    }

    private int freeSlot(int hash) {
        while (true) {
            if (topics.length > 0) {
                int set = set(hash);
                for (int slot = set; slot < set + WAYS; slot++) {
                    if (topics[slot] == null) {
                        return slot;
                    }
                }
                if (topics.length >= entriesMax) {
                    return set + (victim++ & (WAYS - 1));
                }
            }
            grow();
        }
    }

    /** Doubles the table; what was one set becomes two, so everything finds room. */
    private void grow() {
        @Nullable String[] oldTopics = topics;
        int[] oldHashes = hashes;
        int[] oldKnown = known;
        int length = Math.max(WAYS, oldTopics.length * 2);
        topics = new @Nullable String[length];
        hashes = new int[length];
        known = new int[length];
        for (int i = 0; i < oldTopics.length; i++) {
            if (oldTopics[i] != null) {
                int slot = set(oldHashes[i]);
                while (topics[slot] != null) {
                    slot++;
                }
                topics[slot] = oldTopics[i];
                hashes[slot] = oldHashes[i];
                known[slot] = oldKnown[i];
            }
        }
    }
}
