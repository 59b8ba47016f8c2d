package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.ReasonCode;

/** Ends the connection from the server's side. Loop only. */
interface Terminator {

    /**
     * Tells the client why, as far as its version can be told, and closes. The session's will is published. Harmless if
     * the connection is ending already.
     *
     * @param sentence for the log and, if the client wants them, the reason string
     */
    void terminate(ReasonCode reason, String sentence);
}
