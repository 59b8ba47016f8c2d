package io.robustmq.acceptance.wire;

import java.util.List;

/** SUBACK with one reason (return code) per filter. */
public record SubAck(int packetId, Properties properties, List<Integer> reasons) implements Packet {
    public SubAck {
        reasons = List.copyOf(reasons);
    }
}
