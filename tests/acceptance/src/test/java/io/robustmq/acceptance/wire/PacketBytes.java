package io.robustmq.acceptance.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Collects the bytes of a packet. Nothing is checked: wrong packets are built with it as well as right ones. */
public final class PacketBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The given bytes, written as numbers for the reader's sake. */
    public static byte[] of(int... values) {
        PacketBytes packet = new PacketBytes();
        for (int value : values) {
            packet.u8(value);
        }
        return packet.toBytes();
    }

    public void u8(int value) {
        bytes.write(value);
    }

    public void u16(int value) {
        u8(value >>> 8);
        u8(value);
    }

    public void u32(long value) {
        u16((int) (value >>> 16));
        u16((int) value);
    }

    /** A variable byte integer (MQTT 5.0 §1.5.5). */
    public void variable(int value) {
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            u8(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
    }

    /** Two bytes of length, then UTF-8. */
    public void text(String value) {
        counted(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Two bytes of length, then the bytes as they are. */
    public void counted(byte[] value) {
        u16(value.length);
        raw(value);
    }

    public void raw(byte[] value) {
        bytes.writeBytes(value);
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** What was collected, behind a fixed header with that first byte. */
    public byte[] framed(int firstByte) {
        PacketBytes packet = new PacketBytes();
        packet.u8(firstByte);
        packet.variable(bytes.size());
        packet.raw(toBytes());
        return packet.toBytes();
    }
}
