package io.robustmq.transport;

/**
 * Where to listen and what to let in.
 *
 * @param name what logs, metrics and {@link ListenerInfo} call it, for instance {@code mqtt}
 * @param host address or host name to bind
 * @param port 0..65535; 0 lets the system choose
 * @param backlogMax connections that the system completes ahead of us
 * @param connectionsMax open connections; further ones are closed at once
 * @param acceptsPerSecondMax new connections; more wait in the backlog
 * @param packetBytesMax what adapters accept as one packet
 * @param writeLimits how output of each connection is collected
 */
public record ListenerSettings(
        String name,
        String host,
        int port,
        int backlogMax,
        int connectionsMax,
        int acceptsPerSecondMax,
        int packetBytesMax,
        WriteLimits writeLimits) {

    public ListenerSettings {
        if (name.isBlank() || host.isBlank()) {
            throw new IllegalArgumentException("a listener needs a name and a host");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port of listener " + name + " must be 0..65535, not " + port);
        }
        positive(name, "backlogMax", backlogMax);
        positive(name, "connectionsMax", connectionsMax);
        positive(name, "acceptsPerSecondMax", acceptsPerSecondMax);
        positive(name, "packetBytesMax", packetBytesMax);
    }

    private static void positive(String listener, String limit, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(limit + " of listener " + listener + " must be positive, not " + value);
        }
    }
}
