package io.robustmq.transport;

import java.util.EnumMap;
import java.util.Map;

/** What one home loop counts about its connections. Written by the loop, read by anybody. */
public final class LoopFigures {

    private final LoopCounter connections = new LoopCounter();
    private final LoopCounter reads = new LoopCounter();
    private final LoopCounter readBytes = new LoopCounter();
    private final LoopCounter flushes = new LoopCounter();
    private final LoopCounter writtenBytes = new LoopCounter();
    private final LoopCounter silentConnections = new LoopCounter();
    private final LoopCounter failedTickEnds = new LoopCounter();
    private final Map<PauseReason, LoopCounter> paused = new EnumMap<>(PauseReason.class);

    /** Everything zero. */
    public LoopFigures() {
        for (PauseReason reason : PauseReason.values()) {
            paused.put(reason, new LoopCounter());
        }
    }

    /** Connections that are open now. */
    public LoopCounter connections() {
        return connections;
    }

    /** Reads from sockets that brought bytes. */
    public LoopCounter reads() {
        return reads;
    }

    /** Bytes read from sockets. */
    public LoopCounter readBytes() {
        return readBytes;
    }

    /** Times a connection's collected output was handed to its socket: at most one per connection and tick. */
    public LoopCounter flushes() {
        return flushes;
    }

    /** Bytes handed to sockets. */
    public LoopCounter writtenBytes() {
        return writtenBytes;
    }

    /** Times that a {@link KeepAliveWheel.Watch} found its connection silent for too long. */
    public LoopCounter silentConnections() {
        return silentConnections;
    }

    /** Tick-end tasks that threw: programmers' mistakes, each with a log line. */
    public LoopCounter failedTickEnds() {
        return failedTickEnds;
    }

    /** Connections whose reading is paused now for {@code reason}; one connection may count under several. */
    public LoopCounter paused(PauseReason reason) {
        LoopCounter counter = paused.get(reason);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        return counter;
    }
}
