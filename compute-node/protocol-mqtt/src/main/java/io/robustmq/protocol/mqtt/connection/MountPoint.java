package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The place in the name space that one client lives in: put before every name and filter it sends, and taken away from the names it gets. Names outside of it, which a
 * session can meet that was begun elsewhere, are left as they are. Immutable; allocates nothing per message.
 */
final class MountPoint {

    /** Everywhere; names are what clients say. */
    static final MountPoint NONE = new MountPoint("");

    /** The longest name that the protocol can express (MQTT 5.0 §1.5.4). */
    private static final int NAME_BYTES_MAX = 65_535;

    private final String prefix;
    private final ByteBuf bytes;
    private final int length;

    MountPoint(String prefix) {
        this.prefix = prefix;
        // On the heap and not pooled: needs no release.
        this.bytes = Unpooled.wrappedBuffer(prefix.getBytes(StandardCharsets.UTF_8));
        this.length = bytes.readableBytes();
    }

    /** What is put in front; empty for everywhere. */
    String prefix() {
        return prefix;
    }

    boolean isNone() {
        return length == 0;
    }

    /** Whether a name or filter of so many bytes still has room behind the prefix. */
    boolean hasRoomFor(int nameBytes) {
        return length + nameBytes <= NAME_BYTES_MAX;
    }

    /** As {@link #hasRoomFor(int)}. */
    boolean hasRoomFor(String nameOrFilter) {
        return isNone() || hasRoomFor(ByteBufUtil.utf8Bytes(nameOrFilter));
    }

    /** A name or filter of the client as the kernel knows it. */
    String mounted(String nameOrFilter) {
        return isNone() ? nameOrFilter : prefix.concat(nameOrFilter);
    }

    /** Writes a name of the client as the kernel knows it. */
    void writeMounted(ByteBuf name, int index, int nameLength, ByteBuf out) {
        out.writeBytes(bytes, 0, length).writeBytes(name, index, nameLength);
    }

    /** How many bytes at the beginning of a name of the kernel the client does not see. */
    int hiddenBytes(ByteBuf name, int index, int nameLength) {
        return nameLength > length && length > 0 && ByteBufUtil.equals(name, index, bytes, 0, length) ? length : 0;
    }
}
