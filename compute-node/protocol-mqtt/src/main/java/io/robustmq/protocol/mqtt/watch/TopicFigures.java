package io.robustmq.protocol.mqtt.watch;

import java.util.List;

/**
 * What was counted for a topic since it was registered.
 *
 * @param in publishes that came in, by QoS 0, 1, 2
 * @param out deliveries that were written, by QoS 0, 1, 2
 * @param dropped deliveries that were dropped at the connection
 */
public record TopicFigures(List<Long> in, List<Long> out, long dropped) {
    /** Nothing was counted. */
    public static final TopicFigures ZERO = new TopicFigures(List.of(0L, 0L, 0L), List.of(0L, 0L, 0L), 0);

    public TopicFigures {
        in = List.copyOf(in);
        out = List.copyOf(out);
    }

    TopicFigures plus(TopicFigures other) {
        return new TopicFigures(sum(in, other.in), sum(out, other.out), dropped + other.dropped);
    }

    private static List<Long> sum(List<Long> one, List<Long> other) {
        return List.of(one.get(0) + other.get(0), one.get(1) + other.get(1), one.get(2) + other.get(2));
    }
}
