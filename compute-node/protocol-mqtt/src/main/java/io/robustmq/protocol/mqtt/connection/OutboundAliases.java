package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The topic aliases that stand for topics towards one client (MQTT 5.0 §3.3.2.3.4), given to the topics that repeat.
 *
 * <p>Each alias is a seat that topics compete for. A topic has two seats to try, both told by its hash. It takes one that
 * nobody holds when it comes a second time, and one that is held after challenging it more often than its holder came
 * lately. So topics that come once never cost more than looking, and a client is told an alias only when that is likely
 * to pay. Bounded by the aliases the client allows; allocates only when a seat gets a longer topic than it ever had.
 * Loop only.
 */
final class OutboundAliases {
    /** Topics shorter than a word are not much longer than the three bytes of an alias. */
    static final int TOPIC_BYTES_MIN = Long.BYTES;

    /** Longer ones would cost memory out of proportion, and are rare. */
    static final int TOPIC_BYTES_MAX = 1_024;

    /** The most that a holder's lead can be, so that what is no longer published loses its seat soon. */
    private static final int LEAD_MAX = 16;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /** In the order of the buffers' own words. */
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final @Nullable Seat[] seats;
    private boolean known;

    /** @param maximum aliases that may be used, 1..65535 */
    OutboundAliases(int maximum) {
        seats = new @Nullable Seat[maximum];
    }

    /**
     * The alias to send with a message of this topic, 0 for none. If the client does not know it yet, the topic is sent
     * beside it, and the caller sends the packet or calls {@link #forget}.
     *
     * @param buffer stays with the caller, indexes unchanged
     */
    int choose(ByteBuf buffer, int index, int length) {
        known = false;
        if (length < TOPIC_BYTES_MIN || length > TOPIC_BYTES_MAX) {
            return 0;
        }
        long hash = hash(buffer, index, length);
        int first = (int) (((hash >>> 32) * seats.length) >>> 32);
        Seat one = seat(first);
        if (one.holds(hash, buffer, index, length)) {
            return recognised(one, first);
        }
        int second = (int) (((hash & 0xFFFF_FFFFL) * seats.length) >>> 32);
        Seat other = seat(second);
        if (other.holds(hash, buffer, index, length)) {
            return recognised(other, second);
        }
        boolean atFirst = one.lead <= other.lead;
        return (atFirst ? one : other).challenge(hash, buffer, index, length) ? 1 + (atFirst ? first : second) : 0;
    }

    /** Whether the alias chosen last is known to the client, so that the topic is left out. */
    boolean isKnownToClient() {
        return known;
    }

    /** The packet that would have told the client the alias is not sent. */
    void forget(int alias) {
        seat(alias - 1).vacate();
    }

    private int recognised(Seat seat, int at) {
        seat.lead = Math.min(LEAD_MAX, seat.lead + 1);
        known = true;
        return 1 + at;
    }

    private Seat seat(int at) {
        Seat seat = seats[at];
        if (seat == null) {
            seat = new Seat();
            seats[at] = seat;
        }
        return seat;
    }

    private static long hash(ByteBuf buffer, int index, int length) {
        long hash = length * MIX;
        int lastWord = index + length - Long.BYTES;
        for (int at = index; at < lastWord; at += Long.BYTES) {
            hash = mixed(hash, buffer.getLong(at));
        }
        // Overlaps the word before, unless the length is a multiple of eight.
        return mixed(hash, buffer.getLong(lastWord));
    }

    private static long mixed(long hash, long word) {
        long product = (hash ^ word) * MIX;
        return product ^ (product >>> 29);
    }

    /** One alias: who holds it, and who wants it. */
    private static final class Seat {
        private byte[] topic = {};
        private int topicLength;
        private long holder;
        private long challenger;
        private boolean settled;

        /** What the holder can lose to challengers before the seat is free for the next; 0 for no holder. */
        private int lead;

        boolean holds(long hash, ByteBuf buffer, int index, int length) {
            if (lead == 0 || holder != hash || topicLength != length) {
                return false;
            }
            // A hash can be forged; a topic that is taken for another would be a message to the wrong address.
            int lastWord = length - Long.BYTES;
            for (int at = 0; at < lastWord; at += Long.BYTES) {
                if ((long) WORDS.get(topic, at) != buffer.getLong(index + at)) {
                    return false;
                }
            }
            return (long) WORDS.get(topic, lastWord) == buffer.getLong(index + lastWord);
        }

        /** @return whether the topic holds the seat now */
        boolean challenge(long hash, ByteBuf buffer, int index, int length) {
            if (lead > 1) {
                lead--;
            } else if (challenger == hash) {
                take(hash, buffer, index, length);
                return true;
            }
            if (challenger != hash) {
                // Every other time the challenger stays, so that two topics in turns do not displace each other for
                // ever.
                settled = !settled;
                if (settled) {
                    challenger = hash;
                }
            }
            return false;
        }

        private void take(long hash, ByteBuf buffer, int index, int length) {
            if (topic.length < length) {
                topic = new byte[length];
            }
            buffer.getBytes(index, topic, 0, length);
            topicLength = length;
            holder = hash;
            lead = 1;
        }

        void vacate() {
            lead = 0;
        }
    }
}
