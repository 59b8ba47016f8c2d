package io.robustmq.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.bookie.StandaloneOptions;
import io.robustmq.bookie.StandaloneStorage;
import io.robustmq.storage.CoordStore.SessionState;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.testkit.LogOwner;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.ThreadRig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform of one process, all of whose sessions expire, as when the machine slept. */
final class StandaloneSessionExpiryIT {
    @Test
    void theBookieRegistersAgainAndTheLogGoesOn(@TempDir Path directory) throws Exception {
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            String servers = storage.connectString();
            BookKeeperOptions options = options(servers);
            ZooKeeper observer = observe(servers);
            try (StorageRig rig = new ThreadRig(
                    BookKeeperLedgerStore.connect(options),
                    ZooKeeperCoordStore.connect(options),
                    () -> ZooKeeperCoordStore.connect(options))) {
                String registration = "/ledgers/available/"
                        + observer.getChildren("/ledgers/available", false).stream()
                                .filter(name -> name.startsWith("bookie-"))
                                .findFirst()
                                .orElseThrow();
                long former = holder(observer, registration);
                observer.close();
                LogOwner owner = owner(rig).open(1, "a").appendAndWait("one");

                long startNanos = System.nanoTime();
                // The bookie, the BookKeeper client, the records.
                assertThat(SessionExpiry.expireSince(servers, former - 1)).isGreaterThanOrEqualTo(3);
                owner.appendAndWait("two");
                assertThat(owner.unknown()).isEmpty();
                owner.abandon();

                ZooKeeper afterwards = observe(servers);
                rig.until("the bookie is registered by another session", () -> {
                    long holder = holder(afterwards, registration);
                    return holder != 0 && holder != former;
                });
                afterwards.close();
                assertThat((System.nanoTime() - startNanos) / 1_000_000)
                        .as("far below the session time-out, for so long no ledger could be made")
                        .isLessThan(15_000);
                rig.until("records are in contact", () -> rig.coordination().state() == SessionState.CONNECTED);
                LogOwner again = owner(rig).open(2, "a");
                assertThat(again.replayed()).containsExactly("one", "two");
                assertThat(again.appendAndWait("three").committed()).isEqualTo(List.of("three"));
                again.close();
                assertThat(storage.ended().toCompletableFuture()).isNotDone();
            }
        }
    }

    /** Of BookKeeper's client a time-out is also the wait before it repeats what it asked when the session was lost. */
    private static BookKeeperOptions options(String servers) {
        BookKeeperOptions defaults = BookKeeperOptions.standalone(servers);
        return new BookKeeperOptions(
                servers,
                defaults.ledgersPath(),
                defaults.recordsPath(),
                4_000,
                defaults.ensemble(),
                defaults.writeQuorum(),
                defaults.ackQuorum(),
                defaults.addTimeoutSeconds(),
                defaults.readTimeoutSeconds(),
                defaults.ioThreads(),
                defaults.workerThreads(),
                defaults.listingConcurrency());
    }

    private static LogOwner owner(StorageRig rig) {
        return new LogOwner(
                rig,
                new LedgerLogStore(
                        rig.ledgers(), rig.coordination(), Lease.SOLE_MEMBER, LedgerLogOptions.defaults("expiry")),
                new ShardId(1));
    }

    private static ZooKeeper observe(String servers) throws Exception {
        CompletableFuture<@Nullable Void> contact = new CompletableFuture<>();
        ZooKeeper observer = new ZooKeeper(servers, 20_000, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                contact.complete(null);
            }
        });
        contact.join();
        return observer;
    }

    /** The session that holds a node, 0 if it does not exist. */
    private static long holder(ZooKeeper observer, String node) {
        try {
            Stat found = observer.exists(node, false);
            return found == null ? 0 : found.getEphemeralOwner();
        } catch (Exception e) {
            throw new AssertionError("no answer about " + node, e);
        }
    }
}
