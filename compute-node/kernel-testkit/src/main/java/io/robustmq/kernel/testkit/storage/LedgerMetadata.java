package io.robustmq.kernel.testkit.storage;

import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the coordination service keeps of one ledger; changed only by compare-and-set of the version.
 *
 * @param lastEntryId valid when closed
 * @param ensembles in order of their first entry; the first begins at 0
 */
record LedgerMetadata(
        long ledgerId,
        LedgerUse use,
        Map<String, String> labels,
        State state,
        long lastEntryId,
        int writeQuorum,
        int ackQuorum,
        List<Ensemble> ensembles,
        long version) {

    enum State {
        OPEN,
        IN_RECOVERY,
        CLOSED
    }

    /**
     * @param firstEntry from here to the next ensemble's first
     * @param bookies ids, one per position; entry e is written to positions (e + 0 .. writeQuorum - 1) modulo their number
     */
    record Ensemble(long firstEntry, List<Integer> bookies) {
        Ensemble {
            bookies = List.copyOf(bookies);
        }

        /** The bookie that keeps copy {@code copy} of an entry. */
        int bookie(long entryId, int copy) {
            return bookies.get(position(entryId, copy));
        }

        int position(long entryId, int copy) {
            return (int) ((entryId + copy) % bookies.size());
        }
    }

    LedgerMetadata {
        ensembles = List.copyOf(ensembles);
    }

    Ensemble lastEnsemble() {
        return ensembles.getLast();
    }

    Ensemble ensembleOf(long entryId) {
        for (int i = ensembles.size() - 1; i > 0; i--) {
            if (ensembles.get(i).firstEntry() <= entryId) {
                return ensembles.get(i);
            }
        }
        return ensembles.getFirst();
    }

    LedgerMetadata inRecovery() {
        return new LedgerMetadata(
                ledgerId, use, labels, State.IN_RECOVERY, lastEntryId, writeQuorum, ackQuorum, ensembles, version);
    }

    LedgerMetadata closedAt(long lastEntry, List<Ensemble> finalEnsembles) {
        return new LedgerMetadata(
                ledgerId, use, labels, State.CLOSED, lastEntry, writeQuorum, ackQuorum, finalEnsembles, version);
    }

    LedgerMetadata withEnsembles(List<Ensemble> changed) {
        return new LedgerMetadata(ledgerId, use, labels, state, lastEntryId, writeQuorum, ackQuorum, changed, version);
    }

    LedgerMetadata nextVersion() {
        return new LedgerMetadata(
                ledgerId, use, labels, state, lastEntryId, writeQuorum, ackQuorum, ensembles, version + 1);
    }

    /** The ensembles after an ensemble that holds from {@code fromEntry} is put at the end. */
    static List<Ensemble> with(List<Ensemble> ensembles, long fromEntry, List<Integer> bookies) {
        List<Ensemble> next = new ArrayList<>(ensembles);
        if (next.getLast().firstEntry() >= fromEntry) {
            long first = next.removeLast().firstEntry();
            next.add(new Ensemble(first, bookies));
        } else {
            next.add(new Ensemble(fromEntry, bookies));
        }
        return next;
    }
}
