package io.robustmq.transport.proxy;

/** Which headers a trusted proxy must send. */
public enum ProxyMode {
    /** None; whoever connects is the client. */
    OFF,
    /** The text form, version 1. */
    V1,
    /** The binary form, version 2. */
    V2,
    /** Either. */
    ANY
}
