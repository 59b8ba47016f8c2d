package io.robustmq.kernel;

import java.util.Objects;

/**
 * Names a subscriber across connections.
 *
 * @param tenant 0 for the default tenant
 * @param name as the protocol gives it (MQTT: the client identifier), not empty
 */
public record SessionKey(int tenant, String name) {
    public SessionKey {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("session name must not be empty");
        }
    }

    /** 64 bits that stand for this key in messages (publisher) and in the choice of a shard; equal on every node and in every version. */
    public long hash64() {
        long h = 0xcbf29ce484222325L ^ tenant;
        for (int i = 0; i < name.length(); i++) {
            h = (h ^ name.charAt(i)) * 0x100000001b3L;
        }
        h ^= h >>> 33;
        h *= 0xff51afd7ed558ccdL;
        h ^= h >>> 33;
        h *= 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
