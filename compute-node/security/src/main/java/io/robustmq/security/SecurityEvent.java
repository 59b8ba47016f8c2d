package io.robustmq.security;

/** What happens to security and is counted. The names are part of metric names and stay as they are. */
public enum SecurityEvent {
    /** A client proved who it is, or was let in without proof where that is allowed. */
    LOGIN_ACCEPTED,
    /** A proof was wrong or missing. */
    LOGIN_DENIED,
    /** A login could not be checked, or not in time, and was refused for that. */
    LOGIN_UNAVAILABLE,
    /** A login was refused because too many are being checked. */
    LOGIN_BUSY,
    /** A client was refused because it is banned. */
    LOGIN_BANNED,
    /** A login was refused unseen, because too many from its address were wrong. */
    LOGIN_THROTTLED,
    /** A client was banned for connecting and disconnecting too often. */
    FLAPPING_BANNED,
    /** A live connection was ended because of a ban or a change of its user. */
    EXPELLED,
    /** A live connection was ended because its proof of identity expired. */
    EXPIRED,
    /** An operation was decided by the rules, and not remembered from before. */
    ACCESS_DECIDED,
    /** An external authoriser was asked. */
    ACCESS_ASKED,
    /** An external authoriser did not answer, which denies. */
    ACCESS_UNAVAILABLE,
    /** Reading from a client paused because it sent too many messages or bytes. */
    RATE_PAUSED,
    /** The rule file was read again. */
    RULES_RELOADED,
    /** The rule file was changed to something that cannot be read; the rules before it stay in force. */
    RULES_REJECTED,
    /** Keys for tokens were fetched. */
    KEYS_FETCHED,
    /** Keys for tokens could not be fetched. */
    KEYS_UNAVAILABLE,
    /** A request to an HTTP service failed or was not made because it kept failing. */
    CALLBACK_FAILED;

    /** The place of its counter among those of all events, 0 and up. */
    @SuppressWarnings("EnumOrdinal") // a place in memory only, never stored
    int index() {
        return ordinal();
    }
}
