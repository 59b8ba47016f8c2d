package io.robustmq.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.CoordStore.CoordEvent;
import io.robustmq.storage.CoordStore.Versioned;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CoordStore} promises. */
public abstract class CoordStoreContract {
    private StorageRig rig;
    private CoordStore store;
    private CoordStore other;

    /** A store and the way its time passes; closed after each test. */
    protected abstract StorageRig newRig() throws Exception;

    @SuppressWarnings("NullAway.Init")
    protected CoordStoreContract() {}

    @BeforeEach
    void open() throws Exception {
        rig = newRig();
        store = rig.coordination();
        other = rig.newSession();
    }

    @AfterEach
    void close() {
        other.close();
        rig.close();
    }

    @Test
    void aNodeIsMadeWithItsParentsAndReadBack() {
        assertThat(rig.await(store.get("/contract/a/b"))).isEmpty();
        long version = rig.await(store.compareAndSet("/contract/a/b", bytes("x"), CoordStore.ABSENT));
        assertThat(text("/contract/a/b", other)).contains("x " + version);
        assertThat(rig.await(store.get("/contract/a"))).isPresent();
    }

    @Test
    void aWriteNeedsTheLatestVersion() {
        long first = rig.await(store.compareAndSet("/contract/n", bytes("1"), CoordStore.ABSENT));
        assertThat(fault(other.compareAndSet("/contract/n", bytes("0"), CoordStore.ABSENT)))
                .isInstanceOf(StorageFault.VersionConflict.class);
        long second = rig.await(other.compareAndSet("/contract/n", bytes("2"), first));
        assertThat(second).isNotEqualTo(first);
        assertThat(fault(store.compareAndSet("/contract/n", bytes("3"), first)))
                .isInstanceOf(StorageFault.VersionConflict.class);
        assertThat(fault(store.compareAndSet("/contract/missing", bytes("3"), 0)))
                .isInstanceOf(StorageFault.VersionConflict.class);
        assertThat(text("/contract/n", store)).contains("2 " + second);
    }

    @Test
    void ofManyWritersOnOneVersionExactlyOneWins() {
        long version = rig.await(store.compareAndSet("/contract/n", bytes("0"), CoordStore.ABSENT));
        int winners = 0;
        CompletionStage<?>[] writes = new CompletionStage<?>[20];
        for (int i = 0; i < writes.length; i++) {
            writes[i] = (i % 2 == 0 ? store : other).compareAndSet("/contract/n", bytes("w" + i), version);
        }
        for (CompletionStage<?> write : writes) {
            try {
                rig.await(write);
                winners++;
            } catch (StorageException e) {
                assertThat(e.fault()).isInstanceOf(StorageFault.VersionConflict.class);
            }
        }
        assertThat(winners).isEqualTo(1);
    }

    @Test
    void aReadSeesEveryWriteThatCompletedBeforeIt() {
        long version = rig.await(store.compareAndSet("/contract/n", bytes("0"), CoordStore.ABSENT));
        for (int i = 1; i <= 20; i++) {
            version = rig.await(store.compareAndSet("/contract/n", bytes("" + i), version));
            assertThat(text("/contract/n", other)).contains(i + " " + version);
        }
    }

    @Test
    void deletionNeedsTheVersionAndNoChildrenAndForgivesAbsence() {
        long version = rig.await(store.compareAndSet("/contract/p/c", bytes("1"), CoordStore.ABSENT));
        assertThat(fault(store.delete("/contract/p/c", version + 7))).isInstanceOf(StorageFault.VersionConflict.class);
        long parent = rig.await(store.get("/contract/p")).orElseThrow().version();
        assertThat(fault(store.delete("/contract/p", parent))).isInstanceOf(StorageFault.VersionConflict.class);
        rig.await(store.delete("/contract/p/c", version));
        rig.await(store.delete("/contract/p/c", version));
        assertThat(rig.await(other.get("/contract/p/c"))).isEmpty();
    }

    @Test
    void childrenAreSortedNames() {
        assertThat(rig.await(store.children("/contract/none"))).isEmpty();
        rig.await(store.compareAndSet("/contract/p/b", bytes("1"), CoordStore.ABSENT));
        rig.await(store.compareAndSet("/contract/p/a/x", bytes("1"), CoordStore.ABSENT));
        rig.await(store.compareAndSet("/contract/p/c", bytes("1"), CoordStore.ABSENT));
        assertThat(rig.await(other.children("/contract/p"))).containsExactly("a", "b", "c");
    }

    @Test
    void anEphemeralNodeGoesWithItsSession() {
        rig.await(other.ephemeral("/contract/members/m1", bytes("m")));
        assertThat(fault(store.ephemeral("/contract/members/m1", bytes("n"))))
                .isInstanceOf(StorageFault.VersionConflict.class);
        assertThat(text("/contract/members/m1", store)).isPresent();
        other.close();
        long start = System.nanoTime();
        while (!rig.await(store.children("/contract/members")).isEmpty()) {
            assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
        }
    }

    @Test
    void aWatchTellsOfEveryChangeUntilItIsClosed() {
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        CoordStore.Watch watch = store.watch("/contract/w", events::add);

        long version = rig.await(other.compareAndSet("/contract/w", bytes("1"), CoordStore.ABSENT));
        rig.until("the creation is told", () -> !events.isEmpty());
        events.clear();
        rig.await(other.compareAndSet("/contract/w", bytes("2"), version));
        rig.until("the change is told", () -> events.contains(new CoordEvent.Changed("/contract/w")));
        events.clear();
        rig.await(other.compareAndSet("/contract/w/child", bytes("2"), CoordStore.ABSENT));
        rig.until("the child is told", () -> events.contains(new CoordEvent.Changed("/contract/w")));

        watch.close();
        rig.await(store.get("/contract/w"));
        events.clear();
        rig.await(other.compareAndSet("/contract/w/child2", bytes("2"), CoordStore.ABSENT));
        rig.await(store.get("/contract/w"));
        assertThat(events).isEmpty();
    }

    @Test
    void aSessionInContactSaysSo() {
        rig.await(store.get("/contract/x"));
        assertThat(store.state()).isEqualTo(CoordStore.SessionState.CONNECTED);
    }

    private Optional<String> text(String path, CoordStore reader) {
        Optional<Versioned> read = rig.await(reader.get(path));
        return read.map(node -> new String(node.bytes(), StandardCharsets.UTF_8) + " " + node.version());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private StorageFault fault(CompletionStage<?> stage) {
        try {
            rig.await(stage);
        } catch (StorageException e) {
            return e.fault();
        }
        throw new AssertionError("it succeeded");
    }
}
