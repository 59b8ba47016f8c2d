package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Session;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.security.Login;
import io.robustmq.security.authentication.AuthenticationExchange;

/**
 * Where a connection stands.
 *
 * <pre>
 *   AwaitingConnect --CONNECT--> Authenticating --accepted--> Attaching --attached--> Live
 *          |   '---> Exchanging ------'|                          |                     |
 *          |              |            |                          |                     |
 *          '--------------'------------'---------- Closing <------'---------------------'
 * </pre>
 */
sealed interface ConnectionState {
    /** Nothing but a CONNECT may come. */
    record AwaitingConnect() implements ConnectionState {
        static final AwaitingConnect INSTANCE = new AwaitingConnect();
    }

    /** Security was asked; reading pauses. */
    record Authenticating(ClientProfile profile) implements ConnectionState {}

    /** The client has to answer a challenge; nothing but AUTH and DISCONNECT may come (MQTT 5.0 §4.12). */
    record Exchanging(
            ClientProfile profile, Connect connect, Login login, String method, AuthenticationExchange exchange)
            implements ConnectionState {}

    /** The kernel was asked for the session; reading pauses. */
    record Attaching(ClientProfile profile, Session session, Admission admission) implements ConnectionState {}

    /** The client was welcomed. */
    record Live(LiveClient client) implements ConnectionState {}

    /** The last packet is written or the socket is gone; nothing that still comes has an effect. */
    record Closing() implements ConnectionState {
        static final Closing INSTANCE = new Closing();
    }
}
