package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * BookKeeper at the level of its protocol: bookies with journals, ledger metadata in the coordination service, quorum acknowledgements, fencing, recovery, ensemble
 * changes. {@link #client} gives a process its own client, whose memory dies with it. The fault methods may be called by the world at any time; what they break
 * stays broken until it is mended.
 */
public final class SimBookies {
    private final SimScheduler scheduler;
    private final SimNetwork network;
    private final SimCoord coord;
    private final SimRandom random;
    private final BookieOptions options;
    private final Set<StorageBug> bugs = EnumSet.noneOf(StorageBug.class);
    private final List<SimBookie> bookies = new ArrayList<>();
    private final Map<Integer, SimBookie> byId = new HashMap<>();
    /** Bookies that clients believe to be there; follows the truth late. */
    private final TreeSet<Integer> registered = new TreeSet<>();
    /** Kept by the coordination service. */
    private final TreeMap<Long, LedgerMetadata> metadata = new TreeMap<>();

    private final List<Consumer<Long>> deletionHooks = new ArrayList<>();
    private long lastLedger;
    private long deletions;
    private int lastBookie;

    /** @param firstEndpoint endpoint of the first bookie; the others follow */
    public SimBookies(
            SimScheduler scheduler, SimNetwork network, SimCoord coord, int firstEndpoint, BookieOptions options) {
        this.scheduler = scheduler;
        this.network = network;
        this.coord = coord;
        this.random = scheduler.random().fork();
        this.options = options;
        for (int i = 0; i < options.bookies(); i++) {
            SimBookie bookie = new SimBookie(scheduler, options, bugs, lastBookie++, firstEndpoint + i);
            bookies.add(bookie);
            byId.put(bookie.id(), bookie);
            registered.add(bookie.id());
        }
        scheduler.after(options.collectNanos(), this::collect);
    }

    /** Plants a bug. */
    public void plant(StorageBug bug) {
        bugs.add(bug);
    }

    public BookieOptions options() {
        return options;
    }

    /** A new client in a process. */
    public LedgerStore client(SimProcess process) {
        return new SimLedgerStore(this, process);
    }

    // ---- faults
    // ------------------------------------------------------------------------------------------------------------------------

    public int count() {
        return bookies.size();
    }

    public boolean alive(int index) {
        return bookies.get(index).process().alive();
    }

    /** Cuts the power of one bookie. */
    public void crash(int index, boolean keepUnsynced) {
        SimBookie bookie = bookies.get(index);
        if (bookie.process().alive()) {
            bookie.crash(keepUnsynced);
            int id = bookie.id();
            scheduler.after(random.between(0L, 800_000_000L), () -> {
                if (!byId.containsKey(id) || !bookie.process().alive()) {
                    registered.remove(id);
                }
            });
        }
    }

    /** Starts a crashed bookie with what its disks kept. */
    public void restart(int index) {
        SimBookie bookie = bookies.get(index);
        if (!bookie.process().alive()) {
            bookie.restart();
            registered.add(bookie.id());
        }
    }

    /** Replaces a crashed bookie by an empty one, which gets a new id (unless the bug says otherwise). */
    public void restartWiped(int index) {
        SimBookie bookie = bookies.get(index);
        if (bookie.process().alive()) {
            bookie.crash(false);
        }
        int oldId = bookie.id();
        int newId = bugs.contains(StorageBug.WIPED_BOOKIE_KEEPS_ITS_ID) ? oldId : lastBookie++;
        byId.remove(oldId);
        registered.remove(oldId);
        bookie.restartEmpty(newId);
        byId.put(newId, bookie);
        registered.add(newId);
    }

    public void pause(int index) {
        bookies.get(index).process().pause(false);
    }

    public void resume(int index) {
        bookies.get(index).process().resume();
    }

    public void full(int index, boolean full) {
        bookies.get(index).full(full);
    }

    /** Makes every journal sync of one bookie take at least this long; 0 mends it. */
    public void slow(int index, long nanos) {
        bookies.get(index).slow(nanos);
    }

    /** Damages one stored entry of a bookie; false if it stores nothing. */
    public boolean flipBit(int index) {
        return bookies.get(index).flipBit();
    }

    /** Mends everything: all bookies run with space and usual speed. */
    public void heal() {
        for (int i = 0; i < bookies.size(); i++) {
            restart(i);
            resume(i);
            full(i, false);
            slow(i, 0);
        }
    }

    // ---- what checkers see
    // -------------------------------------------------------------------------------------------------------------

    /** Whether the ledger has metadata, the definition of existing. */
    public boolean exists(long ledgerId) {
        return metadata.containsKey(ledgerId);
    }

    /** All ledgers that exist. */
    public List<LedgerInfo> ledgers() {
        return metadata.values().stream()
                .map(ledger -> new LedgerInfo(ledger.ledgerId(), ledger.labels()))
                .toList();
    }

    /** Tells the world (not a process) the id of each ledger that is deleted. */
    public void onDelete(Consumer<Long> hook) {
        deletionHooks.add(hook);
    }

    // ---- the metadata service, called through the coordination service
    // ------------------------------------------------------------------

    long createMetadata(LedgerUse use, Map<String, String> labels, List<Integer> ensemble) {
        long id = ++lastLedger;
        metadata.put(
                id,
                new LedgerMetadata(
                        id,
                        use,
                        Map.copyOf(labels),
                        LedgerMetadata.State.OPEN,
                        -1,
                        options.writeQuorum(),
                        options.ackQuorum(),
                        List.of(new LedgerMetadata.Ensemble(0, ensemble)),
                        0));
        return id;
    }

    Optional<LedgerMetadata> metadata(long ledgerId) {
        return Optional.ofNullable(metadata.get(ledgerId));
    }

    /** Stores changed metadata if nobody changed it since; the stored value, or the value that was in the way (empty: deleted). */
    Optional<LedgerMetadata> compareAndSet(LedgerMetadata changed) {
        LedgerMetadata found = metadata.get(changed.ledgerId());
        if (found == null || found.version() != changed.version()) {
            return Optional.ofNullable(found);
        }
        LedgerMetadata stored = changed.nextVersion();
        metadata.put(stored.ledgerId(), stored);
        return Optional.of(stored);
    }

    boolean deleteMetadata(long ledgerId) {
        if (metadata.remove(ledgerId) != null) {
            deletions++;
            deletionHooks.forEach(hook -> hook.accept(ledgerId));
        }
        return true;
    }

    List<LedgerInfo> list(Map<String, String> labels) {
        List<LedgerInfo> found = new ArrayList<>();
        for (LedgerMetadata ledger : metadata.values()) {
            if (ledger.labels().entrySet().containsAll(labels.entrySet())) {
                found.add(new LedgerInfo(ledger.ledgerId(), ledger.labels()));
            }
        }
        return found;
    }

    // ---- for clients
    // -------------------------------------------------------------------------------------------------------------------

    boolean has(StorageBug bug) {
        return bugs.contains(bug);
    }

    SimRandom random() {
        return random;
    }

    /** Bookies to write to, none of {@code without}; fewer than asked if there are not enough. */
    List<Integer> choose(int count, Set<Integer> without) {
        List<Integer> candidates = new ArrayList<>();
        for (int id : registered) {
            SimBookie bookie = byId.get(id);
            if (!without.contains(id) && (bookie == null || !bookie.full())) {
                candidates.add(id);
            }
        }
        List<Integer> chosen = new ArrayList<>();
        while (chosen.size() < count && !candidates.isEmpty()) {
            chosen.add(candidates.remove(/* index */ random.below(candidates.size())));
        }
        return chosen;
    }

    /** A request to one bookie; silence if it is gone. */
    <T> void ask(SimProcess client, int bookieId, BookieRequest<T> request, Consumer<T> answered, Runnable silent) {
        SimBookie bookie = byId.get(bookieId);
        if (bookie == null || !bookie.process().alive()) {
            // a refused connection is known sooner than a lost message
            client.after(random.skewed(200_000, 20_000_000), silent);
            return;
        }
        network.call(
                client,
                bookie.process(),
                true,
                options.timeoutNanos(),
                (Consumer<T> reply) -> request.serve(bookie, reply),
                answered,
                silent);
    }

    <T> void askCoord(SimProcess client, Supplier<T> operation, Consumer<T> answered, Runnable silent) {
        coord.call(client, options.timeoutNanos() * 3, operation, answered, silent);
    }

    /** What a request does when it reaches the bookie. */
    interface BookieRequest<T> {
        void serve(SimBookie bookie, Consumer<T> reply);
    }

    static StorageFault unavailable(String reason) {
        return new StorageFault.Unavailable(reason);
    }

    private void collect() {
        if (coord.process().running()) {
            for (SimBookie bookie : bookies) {
                if (bookie.process().running() && random.chance(700)) {
                    bookie.collect(deletions, metadata::containsKey);
                }
            }
        }
        scheduler.after(random.between(options.collectNanos() / 2, options.collectNanos()), this::collect);
    }
}
