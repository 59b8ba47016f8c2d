package io.robustmq.transport;

import io.netty.channel.Channel;
import io.robustmq.storage.Loop;

/**
 * Pauses and resumes reading of one connection. Any number of reasons may hold the gate shut; it opens when the last is gone. While it is shut TCP's own window stops
 * the client, so nothing is queued for it here.
 *
 * <p>The socket is not read further once the gate is shut, but what was read before may hold more packets: the owner asks {@link #isOpen} between two packets, keeps the
 * rest, and goes on when told {@link Owner#readingResumed}. Belongs to the connection's loop.
 */
public final class ReadGate {

    /** The connection behind the gate. */
    public interface Owner {
        /** The gate opened: go on with bytes that were read before it shut. Called on the loop, never from within {@link ReadGate#open}. */
        void readingResumed();
    }

    private final Channel channel;
    private final Loop loop;
    private final LoopFigures figures;
    private final Owner owner;
    private int reasons;

    /** A gate that is open. {@code loop} is the one that the channel is registered with, {@code figures} are that loop's. */
    public ReadGate(Channel channel, Loop loop, LoopFigures figures, Owner owner) {
        this.channel = channel;
        this.loop = loop;
        this.figures = figures;
        this.owner = owner;
    }

    /** Whether nothing holds the gate shut. */
    public boolean isOpen() {
        return reasons == 0;
    }

    /** Whether {@code reason} holds the gate shut. */
    public boolean isShutFor(PauseReason reason) {
        return (reasons & reason.bit()) != 0;
    }

    /** Holds the gate shut for {@code reason}; harmless if it already does. */
    public void shut(PauseReason reason) {
        if (isShutFor(reason)) {
            return;
        }
        if (reasons == 0) {
            channel.config().setAutoRead(false);
        }
        reasons |= reason.bit();
        figures.paused(reason).add(1);
    }

    /** Takes {@code reason} away; harmless if it was not there. */
    public void open(PauseReason reason) {
        if (!isShutFor(reason)) {
            return;
        }
        reasons &= ~reason.bit();
        figures.paused(reason).add(-1);
        if (reasons == 0) {
            // Later, not here: whoever opens the gate is often in the middle of something that further packets would
            // enter again.
            loop.execute(this::resume);
        }
    }

    /** Forgets all reasons without reading on: the connection is gone. To be called once when the channel became inactive. */
    public void release() {
        for (PauseReason reason : PauseReason.values()) {
            if (isShutFor(reason)) {
                figures.paused(reason).add(-1);
            }
        }
        reasons = 0;
    }

    private void resume() {
        if (reasons != 0 || !channel.isOpen()) {
            return;
        }
        owner.readingResumed();
        if (reasons == 0) {
            channel.config().setAutoRead(true);
        }
    }
}
