package io.robustmq.protocol.mqtt;

/**
 * Sends every client elsewhere (MQTT 5.0 §4.11): CONNECT is answered with a refusal that names the other server. MQTT 3
 * has no word for it; its clients are told that the server is unavailable. Immutable.
 *
 * @param serverReference names of servers as the specification suggests, separated by spaces, not blank
 * @param permanent whether the clients should remember it: 0x9D in place of 0x9C
 */
public record MqttRedirect(String serverReference, boolean permanent) {
    public MqttRedirect {
        if (serverReference.isBlank()) {
            throw new IllegalArgumentException("serverReference must name a server");
        }
    }
}
