package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.link.Counter;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.session.DeliveryWindow;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends committed messages of attached sessions, as far as their windows allow. */
final class SessionPumps {
    /** What the pumps need of their shard. */
    interface Host {
        long committedLsn();

        long nowMillis();

        /** Logs that a delivery is settled without the receiver; returns the LSN. */
        long settle(SessionState session, long sequence, Settlement settlement);

        /** Asks for a look at the dirty pumps at the end of the tick. */
        void wake();
    }

    private final ShardState state;
    private final ShardLink link;
    private final RunBlocks blocks;
    private final Host host;
    private final Counter droppedExpired;
    private final boolean resendsAnyTime;
    private final boolean expires;
    private final Counter droppedTooLarge;
    private final LsnMap<SessionPump> bySession = new LsnMap<>();
    private final MessageView view = new MessageView();
    private List<SessionPump> dirty = new ArrayList<>();
    private List<SessionPump> working = new ArrayList<>();
    private int[] identifiers = new int[8];
    private int identifierCount;
    private boolean keepFlag;

    SessionPumps(
            ShardState state,
            ShardLink link,
            RunBlocks blocks,
            Host host,
            Counter droppedExpired,
            Counter droppedTooLarge) {
        this.state = state;
        this.link = link;
        this.blocks = blocks;
        this.host = host;
        this.droppedExpired = droppedExpired;
        this.resendsAnyTime = !state.options().obeys(KernelRule.RESEND_ON_NEW_CONNECTION_ONLY);
        this.expires = state.options().obeys(KernelRule.EXPIRE_MESSAGES);
        this.droppedTooLarge = droppedTooLarge;
    }

    void attach(SessionPump pump) {
        bySession.put(pump.session.id(), pump);
        mark(pump);
    }

    void detach(SessionState session) {
        bySession.remove(session.id());
    }

    @Nullable SessionPump of(SessionState session) {
        return bySession.get(session.id());
    }

    /** The session may have something to send. */
    void mark(SessionState session) {
        SessionPump pump = bySession.get(session.id());
        if (pump != null) {
            mark(pump);
        }
    }

    private void mark(SessionPump pump) {
        if (!pump.dirty) {
            pump.dirty = true;
            dirty.add(pump);
            host.wake();
        }
    }

    /** Bytes that a settlement of this delivery will take off the way: none once the receiver has the message and only the release is open. */
    int bytesOnTheWay(SessionPump pump, long sequence) {
        DeliveryWindow window = pump.session.window();
        return (window.state(sequence) & DeliveryWindow.RECEIVED) != 0 ? 0 : unsettledRow(window, sequence).length;
    }

    /** The receiver took a step with one; a later one may go. {@code bytes}: what {@link #bytesOnTheWay} said before the step. */
    void settled(SessionPump pump, Settlement settlement, int bytes) {
        pump.bytesOnTheWay -= bytes;
        if (settlement != Settlement.RECEIVED) {
            pump.outstanding--;
            if (resendsAnyTime) {
                pump.nextSequence = pump.session.window().base();
            }
        }
        mark(pump);
    }

    /**
     * A change of the session's subscriptions, in force and not yet in the log, decides which message gets the next sequence: nothing is sent before it is committed, or after a
     * takeover the same sequence might stand for another message.
     */
    void hold(SessionState session, long untilLsn) {
        SessionPump pump = bySession.get(session.id());
        if (pump != null) {
            pump.blockedUntilLsn = Math.max(pump.blockedUntilLsn, untilLsn);
            mark(pump);
        }
    }

    /** Sends what can be sent. Those that wait for a commit stay marked. */
    void run() {
        List<SessionPump> due = dirty;
        dirty = working;
        working = due;
        long committed = host.committedLsn();
        for (int i = 0; i < due.size(); i++) {
            SessionPump pump = due.get(i);
            pump.dirty = false;
            if (bySession.get(pump.session.id()) != pump) {
                continue;
            }
            if (pump.blockedUntilLsn <= committed) {
                pump(pump, committed);
            }
            if (!pump.dirty && (pump.blockedUntilLsn > committed || pump.session.newestLsn > committed)) {
                pump.dirty = true;
                dirty.add(pump);
            }
        }
        due.clear();
    }

    private void pump(SessionPump pump, long committed) {
        SessionState session = pump.session;
        DeliveryWindow window = session.window();
        while (!pump.loading
                && pump.outstanding < pump.windowMax
                && pump.bytesOnTheWay < state.options().windowBytesMax()) {
            if (pump.nextSequence < window.base()) {
                pump.nextSequence = window.base();
            }
            if (session.lastSettledLsn <= committed) {
                session.committedBase = window.base();
            }
            if (pump.nextSequence - session.committedBase >= Delivery.SEQUENCE_MODULUS - 1) {
                // The packet identifier is still taken, in the receiver's or in the log's view.
                pump.blockedUntilLsn = session.lastSettledLsn;
                return;
            }
            if (pump.nextSequence < window.next()) {
                if (!again(pump, pump.nextSequence)) {
                    return;
                }
                pump.nextSequence++;
                continue;
            }
            MessageRow row = session.peek(state.rows(), committed);
            if (row == null) {
                return;
            }
            if (!inMemory(pump, row)) {
                return;
            }
            collect(session.matched(), session.keptIdentifier());
            boolean skip = isTooLarge(pump, row) || isExpired(row);
            long sequence = session.assign(row);
            pump.nextSequence = window.next();
            if (skip) {
                if (row.run != MessageRow.NO_RUN) {
                    row.unload();
                }
                pump.blockedUntilLsn = host.settle(session, sequence, Settlement.REJECTED);
                return;
            }
            pump.outstanding++;
            send(pump, sequence, row, perhapsSent(pump, sequence, row));
        }
    }

    /** Whether an attachment before this one may have sent it (then DUP must be set, MQTT-3.3.1-1). */
    private static boolean perhapsSent(SessionPump pump, long sequence, MessageRow row) {
        return sequence < pump.resendBelow || row.lsn <= pump.session.perhapsSentLsn;
    }

    /** A sequence that was assigned before. */
    private boolean again(SessionPump pump, long sequence) {
        DeliveryWindow window = pump.session.window();
        if (!window.isOpen(sequence)) {
            return true;
        }
        if ((window.state(sequence) & DeliveryWindow.RECEIVED) != 0) {
            pump.outstanding++;
            link.releaseOnly(pump.client, sequence);
            return true;
        }
        MessageRow row = unsettledRow(window, sequence);
        if (row.lsn > host.committedLsn() || !inMemory(pump, row)) {
            return false;
        }
        collect(pump.session.subscriptionsFor(row), window.identifier(sequence));
        if (isTooLarge(pump, row) || (sequence >= pump.resendBelow && isExpired(row))) {
            pump.blockedUntilLsn = host.settle(pump.session, sequence, Settlement.REJECTED);
            pump.nextSequence++;
            return false;
        }
        pump.outstanding++;
        send(pump, sequence, row, perhapsSent(pump, sequence, row));
        return true;
    }

    private MessageRow unsettledRow(DeliveryWindow window, long sequence) {
        MessageRow row = state.row(window.lsn(sequence));
        if (row == null) {
            throw new IllegalStateException("message of unsettled sequence " + sequence + " is gone");
        }
        return row;
    }

    private boolean inMemory(SessionPump pump, MessageRow row) {
        if (row.buffer() != null || blocks.load(row)) {
            return true;
        }
        pump.loading = true;
        blocks.fetch(row, failure -> {
            pump.loading = false;
            if (bySession.get(pump.session.id()) == pump) {
                if (failure == null) {
                    mark(pump);
                } else {
                    retryLater(pump);
                }
            }
        });
        return false;
    }

    private void retryLater(SessionPump pump) {
        link.links().loop().after(100_000_000L, () -> {
            if (bySession.get(pump.session.id()) == pump) {
                mark(pump);
            }
        });
    }

    private boolean isTooLarge(SessionPump pump, MessageRow row) {
        if (row.length > pump.messageBytesMax) {
            droppedTooLarge.increment();
            return true;
        }
        return false;
    }

    private boolean isExpired(MessageRow row) {
        ByteBuf bytes = row.buffer();
        if (expires && bytes != null && view.wrap(bytes, row.index()).expiresAtMillis() <= host.nowMillis()) {
            droppedExpired.increment();
            return true;
        }
        return false;
    }

    private void collect(List<Subscription> matched, int keptIdentifier) {
        identifierCount = 0;
        keepFlag = false;
        add(keptIdentifier);
        for (int i = 0; i < matched.size(); i++) {
            Subscription one = matched.get(i);
            add(one.identifier);
            keepFlag |= one.keepLastValueFlag;
        }
    }

    private void add(int identifier) {
        if (identifier == 0) {
            return;
        }
        if (identifierCount == identifiers.length) {
            identifiers = Arrays.copyOf(identifiers, identifierCount * 2);
        }
        identifiers[identifierCount++] = identifier;
    }

    private void send(SessionPump pump, long sequence, MessageRow row, boolean redelivered) {
        pump.bytesOnTheWay += row.length;
        int sequenceState = pump.session.window().state(sequence);
        int flags = sequenceState & DeliveryWindow.GUARANTEE;
        ByteBuf bytes = row.buffer();
        boolean published = bytes != null && view.wrap(bytes, row.index()).lastValue();
        if ((sequenceState & DeliveryWindow.KEPT) != 0 || (keepFlag && published)) {
            flags |= Frame.LAST_VALUE_FLAG;
        }
        if (redelivered) {
            flags |= Frame.REDELIVERED;
        }
        link.deliver(pump.client, sequence, flags, identifiers, identifierCount, row);
        if (row.run != MessageRow.NO_RUN) {
            row.unload();
        }
    }
}
