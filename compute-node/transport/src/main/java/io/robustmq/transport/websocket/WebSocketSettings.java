package io.robustmq.transport.websocket;

import java.util.List;

/**
 * How a listener does WebSocket.
 *
 * @param path of the upgrade request, such as {@code /mqtt}; a query is ignored
 * @param subProtocols that are spoken, the preferred first; a request that offers none of them is refused
 * @param origins pages whose scripts may connect, such as {@code https://app.example}; empty for those of the same host and port only, {@code *} for all
 * @param frameBytesMax largest frame, 125 or more; answered with close code 1009
 * @param requestBytesMax request line and headers together, 1024 or more
 * @param lingerNanos how long a peer may take to answer a close frame
 */
public record WebSocketSettings(
        String path,
        List<String> subProtocols,
        List<String> origins,
        int frameBytesMax,
        int requestBytesMax,
        long lingerNanos) {

    public WebSocketSettings {
        subProtocols = List.copyOf(subProtocols);
        origins = List.copyOf(origins);
        if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
            throw new IllegalArgumentException("path must begin with / and have no query: " + path);
        }
        if (subProtocols.isEmpty()) {
            throw new IllegalArgumentException("subProtocols must not be empty");
        }
        if (frameBytesMax < 125) {
            throw new IllegalArgumentException("frameBytesMax must be 125 or more: " + frameBytesMax);
        }
        if (requestBytesMax < 1024) {
            throw new IllegalArgumentException("requestBytesMax must be 1024 or more: " + requestBytesMax);
        }
        if (lingerNanos < 0) {
            throw new IllegalArgumentException("lingerNanos must not be negative: " + lingerNanos);
        }
    }
}
