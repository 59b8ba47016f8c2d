package io.robustmq.protocol.mqtt.connection;

/**
 * A set of packet identifiers, 1..65535: open addressing with linear probing over a {@code char} array, no more than
 * half full, nothing until the first one. Loop only.
 */
final class PacketIdSet {
    private static final int INITIAL_CAPACITY = 16;

    private char[] slots = {};
    private int size;

    /** @return false if it was there already */
    boolean add(int packetId) {
        if (size * 2 >= slots.length) {
            grow();
        }
        int at = find(packetId);
        if (slots[at] != 0) {
            return false;
        }
        slots[at] = (char) packetId;
        size++;
        return true;
    }

    boolean contains(int packetId) {
        return slots.length != 0 && slots[find(packetId)] != 0;
    }

    /** @return false if it was not there */
    boolean remove(int packetId) {
        if (slots.length == 0) {
            return false;
        }
        int hole = find(packetId);
        if (slots[hole] == 0) {
            return false;
        }
        size--;
        // Later entries of the same run move up, so that a search that stops at a free slot finds them.
        int mask = slots.length - 1;
        int at = hole;
        while (true) {
            at = (at + 1) & mask;
            if (slots[at] == 0) {
                break;
            }
            int home = home(slots[at]);
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                slots[hole] = slots[at];
                hole = at;
            }
        }
        slots[hole] = 0;
        return true;
    }

    int size() {
        return size;
    }

    private int find(int packetId) {
        int at = home(packetId);
        while (slots[at] != 0 && slots[at] != packetId) {
            at = (at + 1) & (slots.length - 1);
        }
        return at;
    }

    /** Clients count upwards: consecutive identifiers lie side by side without collisions. */
    private int home(int packetId) {
        return packetId & (slots.length - 1);
    }

    private void grow() {
        char[] former = slots;
        slots = new char[former.length == 0 ? INITIAL_CAPACITY : former.length * 2];
        for (char packetId : former) {
            if (packetId != 0) {
                slots[find(packetId)] = packetId;
            }
        }
    }
}
