package io.robustmq.acceptance.clients;

/** A connected client, as every library offers it. Each call waits for the server's answer. */
interface Library {
    boolean sessionPresent();

    /**
     * @param identifier of the subscription, MQTT 5 only; 0 for none
     * @return the reason code of SUBACK
     */
    int subscribe(String filter, int qos, int identifier) throws Exception;

    /** Returns the reason code of UNSUBACK, 0 where the version or the library tells none. */
    int unsubscribe(String filter) throws Exception;

    void publish(Message message) throws Exception;

    void disconnect() throws Exception;

    /** What libraries call, on their threads. */
    interface Listener {
        void arrived(Message message);

        /** The connection ended without being asked to; {@code reason} is the server's, or -1. */
        void lost(int reason);
    }

    /** How a library connects; {@code listener} may be called before it returns. */
    interface Opener {
        Library open(Options options, Listener listener) throws Exception;
    }
}
