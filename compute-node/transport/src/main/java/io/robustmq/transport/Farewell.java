package io.robustmq.transport;

/** User event that asks the handlers of a connection to say goodbye in their protocol and to close it. */
public enum Farewell {
    /** The server stops. */
    SERVER_SHUTTING_DOWN
}
