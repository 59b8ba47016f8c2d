package io.robustmq.protocol.mqtt.auth;

/** What an {@link Authenticator} says of a client. */
public enum Verdict {
    /** The client is who it says it is. */
    ACCEPTED,
    /** User name or password are wrong, or one is missing (MQTT 5.0 reason 0x86). */
    BAD_CREDENTIALS,
    /** The client is known but may not connect (0x87). */
    NOT_AUTHORIZED,
    /** Too many logins are being checked at once; the client may try again (0x89). */
    BUSY,
    /** The check could not be carried out (0x88). */
    UNAVAILABLE
}
