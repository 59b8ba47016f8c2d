package io.robustmq.kernel;

/** What a receiver says of a delivery. */
public enum Settlement {
    /** At-least-once: done (MQTT PUBACK). */
    ACCEPTED,
    /** Exactly-once, first step: the receiver has it and will not take it twice (MQTT PUBREC). Answered by {@link SessionSink#receivedLogged}. */
    RECEIVED,
    /** Exactly-once, last step: done (MQTT PUBCOMP). */
    COMPLETED,
    /** The receiver refuses it for good (MQTT PUBACK or PUBREC with an error): it is not sent again. */
    REJECTED
}
