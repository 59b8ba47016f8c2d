package io.robustmq.acceptance.wire;

import java.util.List;

/** UNSUBACK; the reasons are empty before MQTT 5. */
public record UnsubAck(int packetId, Properties properties, List<Integer> reasons) implements Packet {
    public UnsubAck {
        reasons = List.copyOf(reasons);
    }
}
