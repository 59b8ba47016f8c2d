package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.Auth;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import org.jspecify.annotations.Nullable;

/** How AUTH packets carry the steps of an exchange (MQTT 5.0 §3.15, §4.12). */
final class ExtendedAuthentication {
    private ExtendedAuthentication() {}

    /** A step towards the client. */
    static Auth packet(ReasonCode reason, String method, byte[] data) {
        return new Auth(
                reason,
                Properties.builder()
                        .set(Property.AUTHENTICATION_METHOD, method)
                        .set(Property.AUTHENTICATION_DATA, BinaryData.copyOf(data))
                        .build());
    }

    /** What the client says; nothing if it says nothing. */
    static byte[] data(Properties properties) {
        BinaryData data = properties.binary(Property.AUTHENTICATION_DATA);
        return data == null ? new byte[0] : data.toByteArray();
    }

    /**
     * Checks that an AUTH goes on with the method of the CONNECT and says what it has to say now.
     *
     * @param method of the CONNECT; null if it named none
     */
    static void require(Auth auth, ReasonCode reason, @Nullable String method) throws DecodeFailure {
        if (method == null) {
            throw DecodeFailure.protocolError("AUTH without extended authentication [MQTT-4.12.0-6].");
        }
        if (auth.reason() != reason) {
            throw DecodeFailure.protocolError("The AUTH does not continue what is under way (MQTT 5.0 section 4.12).");
        }
        if (!method.equals(auth.properties().text(Property.AUTHENTICATION_METHOD))) {
            throw DecodeFailure.of(
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    "The authentication method is not that of the CONNECT [MQTT-4.12.0-5].");
        }
    }
}
