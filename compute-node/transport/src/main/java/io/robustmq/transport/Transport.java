package io.robustmq.transport;

/** What carries the bytes of a protocol. */
public enum Transport {
    /** TCP as it is. */
    TCP,
    /** TLS on TCP. */
    TLS,
    /** WebSocket on TCP. */
    WS,
    /** WebSocket on TLS. */
    WSS,
    /** A Unix domain socket. */
    UNIX;

    /** Whether the listener itself does TLS. */
    public boolean isSecured() {
        return this == TLS || this == WSS;
    }

    /** Whether bytes come in WebSocket frames. */
    public boolean isWebSocket() {
        return this == WS || this == WSS;
    }
}
