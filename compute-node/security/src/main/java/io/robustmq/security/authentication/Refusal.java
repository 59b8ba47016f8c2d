package io.robustmq.security.authentication;

/** Why a login is refused. */
public enum Refusal {
    /** A user name, password or other proof is wrong or missing. */
    BAD_CREDENTIALS,
    /** The client is known but may not connect. */
    NOT_AUTHORIZED,
    /** The client, its user or its address is banned. */
    BANNED,
    /** Too many logins from this address failed; it may try again later. */
    TOO_MANY_FAILURES,
    /** Too many logins are being checked at once; the client may try again. */
    BUSY,
    /** The check could not be carried out. */
    UNAVAILABLE,
    /** The method of proof is not offered here. */
    BAD_METHOD
}
