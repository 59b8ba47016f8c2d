package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;

/**
 * The counters of one loop: written by the loop alone, read by anybody at any time. Opaque access costs a plain store and
 * still is never torn nor kept from readers.
 */
final class MqttCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final PacketType[] TYPES = PacketType.values();
    private static final MqttEvent[] EVENTS = MqttEvent.values();
    private static final ReasonCode[] REASONS = ReasonCode.values();

    private static final int TYPE_CODES = 16;
    private static final int REASON_VALUES = 256;

    private static final int LIVE = 0;
    private static final int BYTES_RECEIVED = 1;
    private static final int BYTES_SENT = 2;
    private static final int RECEIVED = 3;
    private static final int SENT = RECEIVED + TYPE_CODES;
    private static final int EVENT = SENT + TYPE_CODES;
    private static final int ENDING = EVENT + EVENTS.length;

    private final long[] cells = new long[ENDING + REASON_VALUES];

    void live(int change) {
        add(LIVE, change);
    }

    void received(PacketType type) {
        add(RECEIVED + type.code(), 1);
    }

    void publishReceived(int payloadBytes) {
        add(RECEIVED + PacketType.PUBLISH.code(), 1);
        add(BYTES_RECEIVED, payloadBytes);
    }

    void sent(PacketType type) {
        add(SENT + type.code(), 1);
    }

    void publishSent(int payloadBytes) {
        add(SENT + PacketType.PUBLISH.code(), 1);
        add(BYTES_SENT, payloadBytes);
    }

    void event(MqttEvent event) {
        add(EVENT + event.index(), 1);
    }

    void ending(ReasonCode reason) {
        add(ENDING + reason.value(), 1);
    }

    /** A copy of all, taken cell by cell; any thread. */
    MqttFigures snapshot() {
        Map<PacketType, Long> received = new EnumMap<>(PacketType.class);
        Map<PacketType, Long> sent = new EnumMap<>(PacketType.class);
        for (PacketType type : TYPES) {
            received.put(type, get(RECEIVED + type.code()));
            sent.put(type, get(SENT + type.code()));
        }
        Map<MqttEvent, Long> events = new EnumMap<>(MqttEvent.class);
        for (MqttEvent event : EVENTS) {
            events.put(event, get(EVENT + event.index()));
        }
        Map<ReasonCode, Long> endings = new EnumMap<>(ReasonCode.class);
        for (ReasonCode reason : REASONS) {
            endings.put(reason, get(ENDING + reason.value()));
        }
        return new MqttFigures(get(LIVE), received, sent, get(BYTES_RECEIVED), get(BYTES_SENT), events, endings);
    }

    private void add(int cell, long amount) {
        CELL.setOpaque(cells, cell, cells[cell] + amount);
    }

    private long get(int cell) {
        return (long) CELL.getOpaque(cells, cell);
    }
}
