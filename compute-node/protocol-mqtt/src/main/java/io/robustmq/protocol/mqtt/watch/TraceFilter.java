package io.robustmq.protocol.mqtt.watch;

import io.robustmq.kernel.route.Pattern;

/** What a trace is about. */
public sealed interface TraceFilter {
    /** One client. */
    record Client(String clientId) implements TraceFilter {}

    /** Every topic that a topic filter matches. */
    record Topic(Pattern pattern) implements TraceFilter {}

    /** Every client at an address, as numbers. */
    record Address(String address) implements TraceFilter {}
}
