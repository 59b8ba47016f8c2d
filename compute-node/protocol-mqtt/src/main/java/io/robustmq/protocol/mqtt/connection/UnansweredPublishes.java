package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of QoS 1 and 2 that wait for their PUBACK or PUBREC, in the order in which they arrived. Answers come in any
 * order and leave in this one (MQTT 5.0 §4.6). A ring that holds nothing until the first such publish and
 * grows by doubling; bounded by who calls {@link #add}. Loop only.
 *
 * <pre>
 *   head                       tail
 *    | answered | waiting | answered |       take() gives the first, then waits for the second
 * </pre>
 */
final class UnansweredPublishes {
    private static final int INITIAL_CAPACITY = 8;
    private static final int RELEASE_ABOVE_CAPACITY = 256;
    private static final short WAITING = -1;
    private static final short WAITING_ONCE = -2;

    /** The reason code is in the low byte of an answered entry. */
    private static final short ONCE = 0x100;

    private char[] packetIds = {};
    private short[] states = {};
    private int[] sizes = {};
    private long head;
    private long tail;
    private long bytes;

    /**
     * Adds one at the end.
     *
     * @param once QoS 2
     * @return its token
     */
    long add(int packetId, boolean once, int sizeBytes) {
        if (tail - head == packetIds.length) {
            grow();
        }
        int at = slot(tail);
        packetIds[at] = (char) packetId;
        states[at] = once ? WAITING_ONCE : WAITING;
        sizes[at] = sizeBytes;
        bytes += sizeBytes;
        return tail++;
    }

    /** Notes the answer to the publish with this token, of QoS 1 or not handed to the kernel at all. */
    void answer(long token, ReasonCode reason) {
        if (token < head || token >= tail) {
            throw new IllegalArgumentException("no unanswered publish has the token " + token);
        }
        int at = slot(token);
        if (states[at] >= 0) {
            throw new IllegalStateException("the publish with the token " + token + " is answered already");
        }
        states[at] = answered(states[at], reason);
    }

    /**
     * Notes the answer to the first publish of QoS 2 with this packet identifier that waits for one.
     *
     * @return whether there is one
     */
    boolean answerOnce(int packetId, ReasonCode reason) {
        for (long token = head; token < tail; token++) {
            int at = slot(token);
            if (states[at] == WAITING_ONCE && packetIds[at] == packetId) {
                states[at] = answered(WAITING_ONCE, reason);
                return true;
            }
        }
        return false;
    }

    /** Whether the first one is answered and may be taken. */
    boolean hasNext() {
        return head < tail && states[slot(head)] >= 0;
    }

    /** Packet identifier of the first one. */
    int packetId() {
        return packetIds[slot(head)];
    }

    /** Whether the first one is of QoS 2. */
    boolean once() {
        return (states[slot(head)] & ONCE) != 0;
    }

    /** The answer to the first one. */
    ReasonCode reason() {
        @Nullable ReasonCode reason = ReasonCode.of(states[slot(head)] & 0xFF);
        if (reason == null) {
            throw new IllegalStateException("an answer without a reason code");
        }
        return reason;
    }

    /** Takes the first one away. */
    void remove() {
        bytes -= sizes[slot(head)];
        head++;
        if (head == tail && packetIds.length > RELEASE_ABOVE_CAPACITY) {
            packetIds = new char[] {};
            states = new short[] {};
            sizes = new int[] {};
        }
    }

    /** How many there are, answered ones behind a waiting one included. */
    int size() {
        return (int) (tail - head);
    }

    /** Their bytes as told to {@link #add}. */
    long bytes() {
        return bytes;
    }

    private static short answered(short waiting, ReasonCode reason) {
        return (short) (reason.value() | (waiting == WAITING_ONCE ? ONCE : 0));
    }

    private int slot(long token) {
        return (int) token & (packetIds.length - 1);
    }

    private void grow() {
        int capacity = packetIds.length == 0 ? INITIAL_CAPACITY : packetIds.length * 2;
        char[] grownIds = Arrays.copyOf(packetIds, capacity);
        short[] grownStates = Arrays.copyOf(states, capacity);
        int[] grownSizes = Arrays.copyOf(sizes, capacity);
        for (long token = head; token < tail; token++) {
            int to = (int) token & (capacity - 1);
            int from = slot(token);
            grownIds[to] = packetIds[from];
            grownStates[to] = states[from];
            grownSizes[to] = sizes[from];
        }
        packetIds = grownIds;
        states = grownStates;
        sizes = grownSizes;
    }
}
