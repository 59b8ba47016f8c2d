package io.robustmq.protocol.mqtt.observe;

import java.util.List;

/**
 * Some of the clients of a home loop.
 *
 * @param clients those that were asked for
 * @param next where the next portion begins; {@link #END} if there is none
 */
public record ClientPortion(List<ConnectedClient> clients, int next) {
    /** Nothing follows. */
    public static final int END = -1;

    public ClientPortion {
        clients = List.copyOf(clients);
    }
}
