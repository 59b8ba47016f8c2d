package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One bookie: ledgers in memory in front of a journal. What was written can be read at once; it is answered for, and survives a crash, only after the journal was
 * synced. The fence flag goes through the journal like an entry and is deleted with its ledger.
 */
final class SimBookie {
    private final SimScheduler scheduler;
    private final SimRandom random;
    private final BookieOptions options;
    private final Set<StorageBug> bugs;
    private final int endpoint;
    private final SimClock clock;
    private final Map<Long, StoredLedger> ledgers = new HashMap<>();
    private final ArrayDeque<JournalRecord> unsynced = new ArrayDeque<>();
    private int id;
    private SimProcess process;
    private boolean syncing;
    private boolean full;
    private long ledgersMade;
    private long collectedAt;
    private long collectedMade;
    private long syncNanosMin = 100_000;
    private long syncNanosMax;

    SimBookie(SimScheduler scheduler, BookieOptions options, Set<StorageBug> bugs, int id, int endpoint) {
        this.scheduler = scheduler;
        this.random = scheduler.random().fork();
        this.options = options;
        this.bugs = bugs;
        this.id = id;
        this.endpoint = endpoint;
        this.clock = new SimClock(scheduler, random.between(-100L, 100L), 0);
        this.syncNanosMax = options.syncNanosMax();
        this.process = new SimProcess(scheduler, "bookie-" + id, endpoint, clock);
    }

    int id() {
        return id;
    }

    SimProcess process() {
        return process;
    }

    boolean full() {
        return full;
    }

    void full(boolean isFull) {
        full = isFull;
    }

    /** Makes every sync take at least this long. */
    void slow(long nanos) {
        syncNanosMin = Math.max(100_000, nanos);
        syncNanosMax = Math.max(options.syncNanosMax(), nanos * 2);
    }

    // ---- requests
    // ----------------------------------------------------------------------------------------------------------------------

    void add(long ledgerId, long entryId, Entry entry, boolean recovery, Consumer<AddReply> reply) {
        StoredLedger ledger = ledger(ledgerId);
        if (ledger.fenced && !recovery) {
            reply.accept(AddReply.FENCED);
            return;
        }
        if (full && !recovery) {
            reply.accept(AddReply.REFUSED);
            return;
        }
        Entry old = ledger.entries.put(entryId, entry);
        journal(new JournalRecord(ledger, entryId, old, () -> reply.accept(AddReply.STORED)));
        if (bugs.contains(StorageBug.ACKNOWLEDGE_BEFORE_SYNC)) {
            reply.accept(AddReply.STORED);
        }
    }

    void read(long ledgerId, long entryId, boolean fence, Consumer<ReadReply> reply) {
        fenced(ledgerId, fence, ledger -> {
            Entry entry = ledger == null ? null : ledger.entries.get(entryId);
            reply.accept(new ReadReply(entry));
        });
    }

    /** The highest entry that this bookie knows to be acknowledged, -1 if none. */
    void lastConfirmed(long ledgerId, boolean fence, Consumer<Long> reply) {
        fenced(ledgerId, fence, ledger -> {
            Map.Entry<Long, Entry> last = ledger == null ? null : ledger.entries.lastEntry();
            reply.accept(last == null ? -1L : last.getValue().lastConfirmed());
        });
    }

    /** A bookie makes any ledger that it is sent an entry of: it does not ask whether the ledger exists. */
    private StoredLedger ledger(long ledgerId) {
        return ledgers.computeIfAbsent(ledgerId, absent -> {
            ledgersMade++;
            return new StoredLedger();
        });
    }

    private void fenced(long ledgerId, boolean fence, Consumer<@Nullable StoredLedger> answer) {
        if (!fence) {
            answer.accept(ledgers.get(ledgerId));
            return;
        }
        StoredLedger ledger = ledger(ledgerId);
        if (ledger.fenced && ledger.fenceSynced) {
            answer.accept(ledger);
            return;
        }
        ledger.fenced = true;
        journal(new JournalRecord(ledger, JournalRecord.FENCE, null, () -> {
            ledger.fenceSynced = true;
            answer.accept(ledger);
        }));
    }

    // ---- journal
    // -----------------------------------------------------------------------------------------------------------------------

    private void journal(JournalRecord journalRecord) {
        unsynced.add(journalRecord);
        if (!syncing) {
            sync();
        }
    }

    private void sync() {
        syncing = true;
        int batch = unsynced.size();
        process.after(random.skewed(syncNanosMin, syncNanosMax), () -> {
            List<Runnable> answers = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                answers.add(unsynced.remove().synced);
            }
            syncing = false;
            if (!unsynced.isEmpty()) {
                sync();
            }
            answers.forEach(Runnable::run);
        });
    }

    // ---- life
    // --------------------------------------------------------------------------------------------------------------------------

    /**
     * Ends as by a power cut.
     *
     * @param keepUnsynced whether what was written but not synced happens to survive
     */
    void crash(boolean keepUnsynced) {
        process.crash();
        int kept = keepUnsynced ? unsynced.size() : random.below(unsynced.size() + 1);
        for (int i = 0; i < kept; i++) {
            JournalRecord survived = unsynced.remove();
            if (survived.entryId == JournalRecord.FENCE) {
                survived.ledger.fenceSynced = true;
            }
        }
        while (!unsynced.isEmpty()) {
            unsynced.removeLast().undo();
        }
        syncing = false;
        if (bugs.contains(StorageBug.FENCE_IS_FORGOTTEN)) {
            ledgers.values().forEach(ledger -> ledger.fenced = false);
        }
        for (StoredLedger ledger : ledgers.values()) {
            ledger.fenceSynced = ledger.fenced;
        }
    }

    void restart() {
        process = new SimProcess(scheduler, "bookie-" + id, endpoint, clock);
    }

    /** Comes back with empty disks. */
    void restartEmpty(int newId) {
        ledgers.clear();
        id = newId;
        restart();
    }

    /**
     * Drops ledgers without metadata, and their fence flags.
     *
     * @param deletions ledgers deleted in the whole cluster so far
     */
    void collect(long deletions, LongPredicate hasMetadata) {
        if (deletions == collectedAt && ledgersMade == collectedMade) {
            return;
        }
        collectedAt = deletions;
        collectedMade = ledgersMade;
        for (Iterator<Long> at = ledgers.keySet().iterator(); at.hasNext(); ) {
            if (!hasMetadata.test(at.next())) {
                at.remove();
            }
        }
    }

    /** Flips one bit of one stored entry; false if nothing is stored. */
    boolean flipBit() {
        if (ledgers.isEmpty()) {
            return false;
        }
        TreeMap<Long, Entry> entries = random.pick(new ArrayList<>(ledgers.values())).entries;
        if (entries.isEmpty()) {
            return false;
        }
        Map.Entry<Long, Entry> chosen = random.pick(new ArrayList<>(entries.entrySet()));
        long entryId = chosen.getKey();
        Entry entry = chosen.getValue();
        if (entry.data.length == 0) {
            return false;
        }
        byte[] damaged = entry.data.clone();
        damaged[random.below(damaged.length)] ^= (byte) (1 << random.below(8));
        entries.put(entryId, new Entry(entry.lastConfirmed, damaged, entry.digest));
        return true;
    }

    boolean holds(long ledgerId, long entryId) {
        StoredLedger ledger = ledgers.get(ledgerId);
        return ledger != null && ledger.entries.containsKey(entryId);
    }

    enum AddReply {
        STORED,
        FENCED,
        REFUSED
    }

    /** @param entry null: this bookie certainly does not have it */
    record ReadReply(@Nullable Entry entry) {}

    /** An entry as written by its client. */
    static final class Entry {
        private final long lastConfirmed;
        private final byte[] data;
        private final int digest;

        private Entry(long lastConfirmed, byte[] data, int digest) {
            this.lastConfirmed = lastConfirmed;
            this.data = data;
            this.digest = digest;
        }

        static Entry of(long lastConfirmed, byte[] data) {
            return new Entry(lastConfirmed, data, digestOf(lastConfirmed, data));
        }

        long lastConfirmed() {
            return lastConfirmed;
        }

        byte[] data() {
            return data;
        }

        boolean intact() {
            return digest == digestOf(lastConfirmed, data);
        }

        private static int digestOf(long lastConfirmed, byte[] data) {
            CRC32C crc = new CRC32C();
            crc.update(data);
            return (int) crc.getValue() ^ Long.hashCode(lastConfirmed);
        }
    }

    private static final class StoredLedger {
        private final TreeMap<Long, Entry> entries = new TreeMap<>();
        private boolean fenced;
        private boolean fenceSynced;
    }

    private static final class JournalRecord {
        private static final long FENCE = -1;

        private final StoredLedger ledger;
        private final long entryId;
        private final @Nullable Entry old;
        private final Runnable synced;

        JournalRecord(StoredLedger ledger, long entryId, @Nullable Entry old, Runnable synced) {
            this.ledger = ledger;
            this.entryId = entryId;
            this.old = old;
            this.synced = synced;
        }

        void undo() {
            if (entryId == FENCE) {
                ledger.fenced = ledger.fenceSynced;
            } else if (old == null) {
                ledger.entries.remove(entryId);
            } else {
                ledger.entries.put(entryId, old);
            }
        }
    }
}
