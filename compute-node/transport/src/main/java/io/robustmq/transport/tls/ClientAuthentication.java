package io.robustmq.transport.tls;

/** Whether clients show a certificate. */
public enum ClientAuthentication {
    /** They are not asked. */
    NONE,
    /** They are asked and may go without; one that is shown must be valid. */
    REQUEST,
    /** Without a valid one the handshake fails. */
    REQUIRE
}
