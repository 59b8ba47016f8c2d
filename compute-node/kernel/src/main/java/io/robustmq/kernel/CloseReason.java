package io.robustmq.kernel;

/** Why the kernel ends an attachment from its side. */
public enum CloseReason {
    /** The same session attached elsewhere. */
    TAKEN_OVER,
    /** The session was ended by an administrator. */
    ENDED,
    /** The owner of the session's state lost it or started anew; the client comes back and resumes. */
    STATE_LOST,
    /** The platform stops. */
    SHUTTING_DOWN
}
