package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** An immutable copy of a message in the kernel's encoding, on the heap. For what is kept in small numbers; any thread. */
public final class EncodedMessage {
    private final byte[] bytes;

    private EncodedMessage(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies a draft. */
    public static EncodedMessage of(PublishDraft draft, long publisher, long nowMillis) {
        byte[] bytes = new byte[draft.encodedLength()];
        draft.encode(Unpooled.wrappedBuffer(bytes).clear(), publisher, nowMillis);
        return new EncodedMessage(bytes);
    }

    /** Copies an encoded message that starts at {@code index}. */
    public static EncodedMessage copyOf(ByteBuf buffer, int index) {
        byte[] bytes = new byte[MessageView.encodedLength(buffer, index)];
        buffer.getBytes(index, bytes);
        return new EncodedMessage(bytes);
    }

    public int length() {
        return bytes.length;
    }

    /** Appends the encoded message. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    /** A new view on it. */
    public MessageView view() {
        return new MessageView().wrap(Unpooled.wrappedBuffer(bytes), 0);
    }
}
