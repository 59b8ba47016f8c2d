package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What clients might send, by chance: a CONNECT that is mostly right, then packets whose shape is right and whose fields
 * are drawn from what is interesting, some of them damaged afterwards.
 */
final class FuzzBytes {
    private static final int[] LENGTHS = {0, 1, 2, 3, 7, 8, 9, 127, 128, 300};
    private static final int[] PROPERTIES = {
        0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1C, 0x1F, 0x21,
        0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x00, 0x7F, 0xFF
    };
    private static final String[] TOPICS = {"a", "a/b", "a/+", "#", "$share/g/t", "$share//t", "$x/y", "", "ü/ö", "a\0b"
    };

    private FuzzBytes() {}

    static byte[] conversation(Random random) {
        ByteBuf out = Unpooled.buffer();
        int level = 3 + random.nextInt(3);
        if (random.nextInt(16) != 0) {
            connect(random, out, level);
        }
        int packets = random.nextInt(12);
        for (int i = 0; i < packets; i++) {
            packet(random, out, level);
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        if (random.nextInt(3) == 0) {
            damage(random, bytes);
        }
        return bytes;
    }

    /** The version that a server takes it for, null if it is none or the CONNECT is damaged. */
    static @Nullable ProtocolVersion versionOf(byte[] bytes) {
        for (int at = 0; at + 8 < bytes.length && at < 6; at++) {
            boolean old = bytes[at] == 'M' && bytes[at + 1] == 'Q' && bytes[at + 2] == 'I';
            boolean current = bytes[at] == 'M' && bytes[at + 1] == 'Q' && bytes[at + 2] == 'T' && bytes[at + 3] == 'T';
            int level = old ? bytes[at + 6] : bytes[at + 4];
            if (old && level == 3) {
                return ProtocolVersion.MQTT_3_1;
            }
            if (current && level == 4) {
                return ProtocolVersion.MQTT_3_1_1;
            }
            if (current && level == 5) {
                return ProtocolVersion.MQTT_5;
            }
        }
        return null;
    }

    private static void damage(Random random, byte[] bytes) {
        for (int left = 1 + random.nextInt(3); left > 0 && bytes.length > 0; left--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
            }
        }
    }

    private static void connect(Random random, ByteBuf out, int level) {
        ByteBuf body = Unpooled.buffer();
        text(body, level == 3 ? "MQIsdp" : "MQTT");
        boolean will = random.nextInt(4) == 0;
        boolean user = random.nextInt(4) == 0;
        int flags = (random.nextInt(4) == 0 ? 0 : 2)
                | (will ? 4 | random.nextInt(3) << 3 | random.nextInt(2) << 5 : 0)
                | (user ? 0xC0 : 0);
        body.writeByte(level).writeByte(flags).writeShort(random.nextInt(3) * 30);
        if (level == 5) {
            properties(
                    random, body, random.nextInt(4) == 0 ? PROPERTIES : new int[] {0x11, 0x17, 0x19, 0x21, 0x22, 0x27});
        }
        text(body, "client");
        if (will) {
            if (level == 5) {
                properties(random, body, new int[] {0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26});
            }
            text(body, TOPICS[random.nextInt(2)]);
            text(body, "gone");
        }
        if (user) {
            text(body, "user");
            text(body, "password");
        }
        framed(out, 0x10, body);
    }

    private static void packet(Random random, ByteBuf out, int level) {
        ByteBuf body = Unpooled.buffer();
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                int qos = random.nextInt(random.nextInt(8) == 0 ? 4 : 3);
                text(body, TOPICS[random.nextInt(random.nextInt(3) == 0 ? TOPICS.length : 2)]);
                if (qos > 0) {
                    body.writeShort(packetId(random));
                }
                if (level == 5) {
                    properties(
                            random,
                            body,
                            random.nextInt(6) == 0 ? PROPERTIES : new int[] {0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26});
                }
                noise(random, body);
                framed(out, 0x30 | qos << 1 | random.nextInt(2) | (random.nextInt(8) == 0 ? 8 : 0), body);
            }
            case 4, 5 -> {
                body.writeShort(packetId(random));
                if (level == 5 && random.nextInt(3) == 0) {
                    body.writeByte(new int[] {0, 0x10, 0x80, 0x92, 0x97, 5}[random.nextInt(6)]);
                    if (random.nextBoolean()) {
                        properties(random, body, new int[] {0x1F, 0x26});
                    }
                }
                int type = 4 + random.nextInt(4);
                framed(out, type << 4 | (type == 6 ? 2 : 0), body);
            }
            case 6, 7 -> {
                boolean subscribe = random.nextBoolean();
                body.writeShort(packetId(random));
                if (level == 5) {
                    properties(random, body, subscribe ? new int[] {0x0B, 0x26} : new int[] {0x26});
                }
                for (int filters = random.nextInt(4); filters >= 0; filters--) {
                    text(body, TOPICS[random.nextInt(TOPICS.length)]);
                    if (subscribe) {
                        body.writeByte(level == 5 ? random.nextInt(64) : random.nextInt(4));
                    }
                }
                framed(out, subscribe ? 0x82 : 0xA2, body);
            }
            case 8, 9 -> framed(out, 0xC0, body);
            case 10 -> {
                if (level == 5 && random.nextBoolean()) {
                    body.writeByte(random.nextInt(6) == 0 ? random.nextInt(256) : 4);
                    properties(random, body, new int[] {0x11, 0x1F, 0x26});
                }
                framed(out, random.nextInt(4) == 0 ? 0xE0 : 0xC0, random.nextInt(4) == 0 ? body : Unpooled.buffer());
            }
            default -> {
                noise(random, body);
                framed(out, random.nextInt(256), body);
            }
        }
    }

    private static int packetId(Random random) {
        return random.nextInt(16) == 0 ? random.nextInt(65_536) : 1 + random.nextInt(5);
    }

    private static void properties(Random random, ByteBuf out, int[] from) {
        ByteBuf list = Unpooled.buffer();
        for (int left = random.nextInt(4); left > 0; left--) {
            int id = from[random.nextInt(from.length)];
            list.writeByte(id);
            switch (id) {
                case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A ->
                    list.writeByte(random.nextInt(8) == 0 ? 2 : random.nextInt(2));
                case 0x13, 0x21, 0x22, 0x23 ->
                    list.writeShort(random.nextInt(8) == 0 ? random.nextInt(65_536) : 1 + random.nextInt(4));
                case 0x02, 0x11, 0x18, 0x27 ->
                    list.writeInt(random.nextInt(8) == 0 ? random.nextInt() : 10 + random.nextInt(200));
                case 0x0B -> variable(list, random.nextInt(300));
                case 0x26 -> {
                    text(list, "name");
                    text(list, "value");
                }
                default -> text(list, TOPICS[random.nextInt(TOPICS.length)]);
            }
        }
        variable(out, random.nextInt(64) == 0 ? random.nextInt(200) : list.readableBytes());
        out.writeBytes(list);
    }

    private static void noise(Random random, ByteBuf out) {
        byte[] noise = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
        random.nextBytes(noise);
        out.writeBytes(noise);
    }

    private static void framed(ByteBuf out, int firstByte, ByteBuf body) {
        out.writeByte(firstByte);
        variable(out, body.readableBytes());
        out.writeBytes(body);
    }

    private static void variable(ByteBuf out, int value) {
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.writeByte(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
    }

    private static void text(ByteBuf out, String text) {
        byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        out.writeShort(utf8.length).writeBytes(utf8);
    }
}
