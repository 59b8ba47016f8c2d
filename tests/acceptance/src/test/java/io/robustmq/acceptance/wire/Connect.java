package io.robustmq.acceptance.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** CONNECT. {@code clean} is clean session, in MQTT 5 clean start. */
public record Connect(
        Version version,
        String clientId,
        boolean clean,
        int keepAliveSeconds,
        Properties properties,
        @Nullable Will will,
        @Nullable String user,
        @Nullable String password) {

    /** A client that leaves nothing behind. */
    public static Connect transientSession(Version version, String clientId) {
        return new Connect(version, clientId, true, 60, Properties.NONE, null, null, null);
    }

    /** A client whose session stays: not clean, and in MQTT 5 with an expiry of an hour. */
    public static Connect persistentSession(Version version, String clientId) {
        Connect connect = transientSession(version, clientId).clean(false);
        return version.hasProperties() ? connect.with(Property.of(Property.SESSION_EXPIRY, 3600)) : connect;
    }

    public Connect clean(boolean newClean) {
        return new Connect(version, clientId, newClean, keepAliveSeconds, properties, will, user, password);
    }

    public Connect keepAlive(int seconds) {
        return new Connect(version, clientId, clean, seconds, properties, will, user, password);
    }

    public Connect with(Property property) {
        return new Connect(version, clientId, clean, keepAliveSeconds, properties.with(property), will, user, password);
    }

    public Connect will(Will newWill) {
        return new Connect(version, clientId, clean, keepAliveSeconds, properties, newWill, user, password);
    }

    public Connect user(@Nullable String newUser, @Nullable String newPassword) {
        return new Connect(version, clientId, clean, keepAliveSeconds, properties, will, newUser, newPassword);
    }

    public byte[] toBytes() {
        PacketBytes packet = new PacketBytes();
        packet.text(version.protocolName());
        packet.u8(version.level());
        packet.u8(flags());
        packet.u16(keepAliveSeconds);
        if (version.hasProperties()) {
            properties.writeTo(packet);
        }
        packet.text(clientId);
        if (will != null) {
            if (version.hasProperties()) {
                will.properties().writeTo(packet);
            }
            packet.text(will.topic());
            packet.counted(will.payload().getBytes(StandardCharsets.ISO_8859_1));
        }
        if (user != null) {
            packet.text(user);
        }
        if (password != null) {
            packet.text(password);
        }
        return packet.framed(0x10);
    }

    private int flags() {
        int flags = clean ? 2 : 0;
        if (will != null) {
            flags |= 4 | will.qos() << 3 | (will.retain() ? 0x20 : 0);
        }
        if (user != null) {
            flags |= 0x80;
        }
        if (password != null) {
            flags |= 0x40;
        }
        return flags;
    }
}
