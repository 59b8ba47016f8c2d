package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for the topics that a loop delivers again and again, so that its connections compare numbers and keep no copies
 * of topics. A number stands for one topic for ever; a topic that was away for long may come back with another number.
 * Bounded; allocates only when a place gets a longer topic than it ever had. Loop only.
 */
final class RepeatedTopics {
    /** For a topic without a number. */
    static final long NONE = 0;

    /** Topics shorter than a word are not much longer than the three bytes of an alias. */
    static final int TOPIC_BYTES_MIN = Long.BYTES;

    /** Longer ones would cost memory out of proportion, and are rare. */
    static final int TOPIC_BYTES_MAX = 1_024;

    private static final int PLACES = 1_024;

    /** How often a place can be wanted by others before its topic has to have come again. */
    private static final int LEAD_MAX = 16;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /** In the order of the buffers' own words. */
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final @Nullable Place[] places = new @Nullable Place[PLACES];

    /** Where the last one was found: one message goes to many connections in turn. */
    private Place last = new Place();

    private long numbers;

    /**
     * The number of a topic, or {@link #NONE} if its place is held by one that comes more often.
     *
     * @param buffer stays with the caller, indexes unchanged
     */
    long numberOf(ByteBuf buffer, int index, int length) {
        if (length < TOPIC_BYTES_MIN || length > TOPIC_BYTES_MAX) {
            return NONE;
        }
        if (last.holds(buffer, index, length)) {
            return last.number;
        }
        Place place = place(buffer, index, length);
        if (place.holds(buffer, index, length)) {
            place.lead = Math.min(LEAD_MAX, place.lead + 1);
        } else if (place.lead > 0) {
            place.lead--;
            return NONE;
        } else {
            place.take(buffer, index, length, ++numbers);
        }
        last = place;
        return place.number;
    }

    private Place place(ByteBuf buffer, int index, int length) {
        long hash = length * MIX;
        int lastWord = index + length - Long.BYTES;
        for (int at = index; at < lastWord; at += Long.BYTES) {
            hash = mixed(hash, buffer.getLong(at));
        }
        // Overlaps the word before, unless the length is a multiple of eight.
        hash = mixed(hash, buffer.getLong(lastWord));
        int at = (int) (hash >>> 32) & (PLACES - 1);
        Place place = places[at];
        if (place == null) {
            place = new Place();
            places[at] = place;
        }
        return place;
    }

    private static long mixed(long hash, long word) {
        long product = (hash ^ word) * MIX;
        return product ^ (product >>> 29);
    }

    /** A topic and its number. */
    private static final class Place {
        private byte[] topic = {};
        private int length;
        private long number;
        private int lead;

        boolean holds(ByteBuf buffer, int index, int candidateLength) {
            if (length != candidateLength) {
                return false;
            }
            // From the end, where topics differ.
            int at = candidateLength - Long.BYTES;
            while (at > 0) {
                if ((long) WORDS.get(topic, at) != buffer.getLong(index + at)) {
                    return false;
                }
                at -= Long.BYTES;
            }
            return (long) WORDS.get(topic, 0) == buffer.getLong(index);
        }

        void take(ByteBuf buffer, int index, int newLength, long newNumber) {
            if (topic.length < newLength) {
                topic = new byte[newLength];
            }
            buffer.getBytes(index, topic, 0, newLength);
            length = newLength;
            number = newNumber;
            lead = 1;
        }
    }
}
