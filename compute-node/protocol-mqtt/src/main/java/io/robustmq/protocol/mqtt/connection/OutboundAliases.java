package io.robustmq.protocol.mqtt.connection;

/**
 * The topic aliases that stand for topics towards one client (MQTT 5.0 §3.3.2.3.4), given to the topics that repeat.
 * Topics are known by their numbers in {@link RepeatedTopics}.
 *
 * <p>Each alias is a seat that topics compete for. A topic has two seats to try. It takes one that nobody holds when it
 * comes a second time, and one that is held after challenging it more often than its holder came lately. So a client is
 * told an alias only when that is likely to pay. Where most topics find no seat, it all rests for a while, since looking
 * for one costs more than it brings. Allocates nothing after the constructor. Loop only.
 */
final class OutboundAliases {
    private static final int LEAD_BITS = 5;
    private static final int LEAD_MASK = (1 << LEAD_BITS) - 1;

    /** The most that a holder's lead can be, so that what is no longer published loses its seat soon. */
    private static final int LEAD_MAX = 16;

    /** After so many deliveries it is seen whether looking for aliases pays. */
    private static final int TRIAL = 256;

    /** Deliveries without looking after a trial in which it did not pay. */
    private static final int REST = 8_192;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /** Per seat the number of its holder and, in the low bits, how much it can lose to challengers; 0 for nobody. */
    private final long[] holders;

    private final long[] challengers;
    private int trialLeft = TRIAL;
    private int shortened;
    private int restLeft;
    private boolean settled;
    private boolean known;

    /** @param maximum aliases that may be used, 1..65535 */
    OutboundAliases(int maximum) {
        holders = new long[maximum];
        challengers = new long[maximum];
    }

    /** Whether to ask {@link #choose} for the next delivery at all; to be called once per delivery. */
    boolean isAwake() {
        if (restLeft > 0) {
            restLeft--;
            return false;
        }
        if (--trialLeft < 0) {
            trialLeft = TRIAL;
            restLeft = shortened < TRIAL / 2 ? REST : 0;
            shortened = 0;
        }
        return true;
    }

    /**
     * The alias to send with a message of this topic, 0 for none. If the client does not know it yet, the topic is sent
     * beside it, and the caller sends the packet or calls {@link #forget}.
     *
     * @param topic its number, or {@link RepeatedTopics#NONE}
     */
    int choose(long topic) {
        known = false;
        if (topic == RepeatedTopics.NONE) {
            return 0;
        }
        long product = topic * MIX;
        long mixed = product ^ (product >>> 29);
        int first = (int) (((mixed >>> 32) * holders.length) >>> 32);
        if (holders[first] >>> LEAD_BITS == topic) {
            return recognised(first);
        }
        int second = (int) (((mixed & 0xFFFF_FFFFL) * holders.length) >>> 32);
        if (holders[second] >>> LEAD_BITS == topic) {
            return recognised(second);
        }
        int weaker = lead(first) <= lead(second) ? first : second;
        return challenge(topic, weaker) ? 1 + weaker : 0;
    }

    /** Whether the alias chosen last is known to the client, so that the topic is left out. */
    boolean isKnownToClient() {
        return known;
    }

    /** The packet that would have told the client the alias is not sent. */
    void forget(int alias) {
        holders[alias - 1] = 0;
    }

    private int lead(int seat) {
        return (int) holders[seat] & LEAD_MASK;
    }

    private int recognised(int seat) {
        // Without a write once the lead is full, as it is for what comes often.
        if (lead(seat) < LEAD_MAX) {
            holders[seat]++;
        }
        known = true;
        shortened++;
        return 1 + seat;
    }

    /** Whether the topic holds the seat now. */
    private boolean challenge(long topic, int seat) {
        if (lead(seat) > 1) {
            holders[seat]--;
        } else if (challengers[seat] == topic) {
            holders[seat] = (topic << LEAD_BITS) | 1;
            return true;
        }
        if (challengers[seat] != topic) {
            // Every other time the challenger stays, so that two topics in turns do not displace each other for ever.
            settled = !settled;
            if (settled) {
                challengers[seat] = topic;
            }
        }
        return false;
    }
}
