package io.robustmq.protocol.mqtt.observe;

import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Name;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PublishView;
import org.jspecify.annotations.Nullable;

/**
 * Sees the packets of the clients of one home loop, as long as it is set. Everything is called on that loop, returns at once and does not throw; what it is given is valid during the
 * call only.
 */
public interface TrafficObserver {
    /** Why a delivery was not sent. */
    enum Drop {
        /** QoS 0, and the client does not drain its connection. */
        SLOW,
        /** The packet would be larger than the client takes. */
        TOO_LARGE
    }

    /**
     * A PUBLISH came in.
     *
     * @param name null if the publish is refused for its topic
     */
    void published(ClientDescription client, @Nullable Name name, PublishView publish);

    /** A PUBLISH was written to the client's connection. */
    void delivered(ClientDescription client, Delivery delivery);

    /** A delivery was dropped. */
    void dropped(ClientDescription client, Delivery delivery, Drop why);

    /** Any other packet came in that the codec makes a record of. */
    void received(ClientDescription client, Packet packet);
}
