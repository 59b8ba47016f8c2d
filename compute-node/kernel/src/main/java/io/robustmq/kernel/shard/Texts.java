package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Texts in records and snapshots: u16 length, UTF-8. */
final class Texts {
    private Texts() {}

    static void write(ByteBuf out, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        if (length > 0xffff) {
            throw new IllegalArgumentException("text of " + length + " bytes is too long for a record");
        }
        out.writeShort(length);
        ByteBufUtil.writeUtf8(out, text);
    }

    static String read(ByteBuf in) {
        int length = in.readUnsignedShort();
        String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
        in.skipBytes(length);
        return text;
    }
}
