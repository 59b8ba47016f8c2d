package io.robustmq.protocol.mqtt.observe;

/** Hears of the life of clients. */
@FunctionalInterface
public interface ClientListener {
    /** Listens to nothing. */
    ClientListener NOBODY = _ -> {};

    /** Called on the home loop of the client; returns at once and does not throw. */
    void happened(ClientEvent event);
}
