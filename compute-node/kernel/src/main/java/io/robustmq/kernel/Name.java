package io.robustmq.kernel;

import java.nio.charset.StandardCharsets;

/**
 * The name a message is published under: levels separated by {@code /}, no wildcards. Immutable. Adapters obtain names from {@link KernelLoop#intern}, so that the
 * match of a name is found once and not per message.
 */
public class Name {
    private final byte[] utf8;
    private final String text;
    private final int hash;

    protected Name(byte[] utf8, int hash) {
        this.utf8 = utf8;
        this.text = new String(utf8, StandardCharsets.UTF_8);
        this.hash = hash;
    }

    /** The UTF-8 bytes; not to be changed by the caller. */
    public final byte[] utf8() {
        return utf8;
    }

    public final String text() {
        return text;
    }

    /** Hash of the bytes, equal on every node and in every version. */
    public final int nameHash() {
        return hash;
    }

    @Override
    public final String toString() {
        return text;
    }
}
