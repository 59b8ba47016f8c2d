package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Session;

/**
 * Where a connection stands.
 *
 * <pre>
 *   AwaitingConnect --CONNECT--> Authenticating --accepted--> Attaching --attached--> Live
 *          |                           |                          |                     |
 *          '---------------------------'---------- Closing <------'---------------------'
 * </pre>
 */
sealed interface ConnectionState {
    /** Nothing but a CONNECT may come. */
    record AwaitingConnect() implements ConnectionState {
        static final AwaitingConnect INSTANCE = new AwaitingConnect();
    }

    /** The authenticator was asked; reading pauses. */
    record Authenticating(ClientProfile profile) implements ConnectionState {}

    /** The kernel was asked for the session; reading pauses. */
    record Attaching(ClientProfile profile, Session session) implements ConnectionState {}

    /** The client was welcomed. */
    record Live(LiveClient client) implements ConnectionState {}

    /** The last packet is written or the socket is gone; nothing that still comes has an effect. */
    record Closing() implements ConnectionState {
        static final Closing INSTANCE = new Closing();
    }
}
