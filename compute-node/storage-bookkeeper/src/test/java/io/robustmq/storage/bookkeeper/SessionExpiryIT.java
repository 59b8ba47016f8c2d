package io.robustmq.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.bookie.EmbeddedMetadata;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.CoordStore.CoordEvent;
import io.robustmq.storage.CoordStore.SessionState;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the coordination store does when ZooKeeper expires its session. */
final class SessionExpiryIT {
    private static final CoordEvent CHANGED = new CoordEvent.Changed("/w");
    private static final CoordEvent LOST = new CoordEvent.Session(SessionState.LOST);
    private static final CoordEvent CONNECTED = new CoordEvent.Session(SessionState.CONNECTED);

    @TempDir
    private Path directory;

    private EmbeddedMetadata metadata;
    private String servers;
    private CoordStore other;
    private long mark;
    private CoordStore store;

    @SuppressWarnings("NullAway.Init")
    SessionExpiryIT() {}

    @BeforeEach
    void start() throws Exception {
        metadata = EmbeddedMetadata.start(directory, 0, () -> {});
        servers = metadata.connectString();
        other = connect();
        mark = SessionExpiry.mark(servers);
        store = connect();
    }

    @AfterEach
    void stop() {
        store.close();
        other.close();
        metadata.close();
    }

    @Test
    void theLossIsToldOnceThenContactThenThatEverythingMayHaveChanged() throws Exception {
        long version = await(store.compareAndSet("/w", bytes("1"), CoordStore.ABSENT));
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        store.watch("/w", events::add);
        until("the watch is in force", () -> events.contains(CHANGED));
        events.clear();

        assertThat(SessionExpiry.expireSince(servers, mark)).isEqualTo(1);
        long next = await(other.compareAndSet("/w", bytes("2"), version));
        until("the change that nobody watched is told after the contact", () -> healed(events));

        assertThat(store.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(read("/w")).isEqualTo("2");
        events.clear();
        await(other.compareAndSet("/w", bytes("3"), next));
        until("the new watch tells", () -> events.contains(CHANGED));
        await(store.compareAndSet("/w/child", bytes("c"), CoordStore.ABSENT));
        assertThat(events).as("one loss, one new session").doesNotContain(LOST, CONNECTED);
        store.close();
        assertThat(SessionExpiry.expireSince(servers, mark))
                .as("sessions left behind")
                .isZero();
    }

    @Test
    void everyExpiryIsFollowedByOneNewSession() throws Exception {
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        store.watch("/w", events::add);
        for (int round = 1; round <= 2; round++) {
            int losses = round;
            assertThat(SessionExpiry.expireSince(servers, mark))
                    .as("sessions alive")
                    .isEqualTo(1);
            until(
                    "the loss is told and healed",
                    () -> count(events, LOST) == losses
                            && events.contains(CONNECTED)
                            && store.state() == SessionState.CONNECTED);
            events.removeIf(CONNECTED::equals);
            assertThat(await(store.children("/none"))).isEmpty();
        }
    }

    @Test
    void ephemeralNodesAreGoneAndMayBeMadeAgainAtTheContact() throws Exception {
        await(store.ephemeral("/members/m1", bytes("first")));
        await(other.ephemeral("/members/m2", bytes("other")));
        await(store.compareAndSet("/kept", bytes("k"), CoordStore.ABSENT));
        ConcurrentLinkedQueue<List<String>> found = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<CompletionStage<Void>> made = new ConcurrentLinkedQueue<>();
        store.watch("/members", event -> {
            if (event.equals(CONNECTED)) {
                store.children("/members").thenAccept(found::add);
                made.add(store.ephemeral("/members/m1", bytes("second")));
            }
        });

        SessionExpiry.expireSince(servers, mark);

        until("the member is made again", () -> !made.isEmpty());
        await(made.element());
        assertThat(found).containsExactly(List.of("m2"));
        assertThat(read("/members/m1")).isEqualTo("second");
        assertThat(read("/kept")).isEqualTo("k");
        store.close();
        until(
                "it belongs to the new session",
                () -> await(other.children("/members")).equals(List.of("m2")));
    }

    @Test
    void operationsUnderWayEndAndNoWriteIsReportedThatWasNotMade() throws Exception {
        List<CompletionStage<Long>> writes = new ArrayList<>();
        List<CompletionStage<?>> reads = new ArrayList<>();
        Thread expiry = Thread.ofPlatform().start(() -> {
            try {
                SessionExpiry.expireSince(servers, mark);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; expiry.isAlive() || store.state() != SessionState.CONNECTED || i < 100; i++) {
            writes.add(store.compareAndSet("/writes/" + i, bytes("" + i), CoordStore.ABSENT));
            reads.add(store.get("/writes/" + i));
            LockSupport.parkNanos(1_000_000);
        }
        int unknown = 0;
        for (int i = 0; i < writes.size(); i++) {
            boolean there = await(other.get("/writes/" + i)).isPresent();
            try {
                await(writes.get(i));
                assertThat(there).as("write %d was reported", i).isTrue();
            } catch (StorageException e) {
                assertThat(e.fault()).isInstanceOf(StorageFault.OutcomeUnknown.class);
                unknown++;
            }
            try {
                await(reads.get(i));
            } catch (StorageException e) {
                assertThat(e.fault()).isInstanceOf(StorageFault.Unavailable.class);
            }
        }
        assertThat(unknown).as("the session ended under writes").isPositive();
        assertThat(await(store.compareAndSet("/after", bytes("x"), CoordStore.ABSENT)))
                .isZero();
    }

    @Test
    void aListenerThatThrowsDoesNotKeepTheStoreFromANewSession() throws Exception {
        store.watch("/w", event -> {
            throw new IllegalStateException("the listener's own mistake");
        });
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        store.watch("/w", events::add);
        SessionExpiry.expireSince(servers, mark);
        until("the other listener hears", () -> healed(events));
        assertThat(await(store.children("/w"))).isEmpty();
    }

    @Test
    void aStoreClosedByWhoeverHearsOfTheLossLeavesNoSessionAndNoOperationBehind() throws Exception {
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        store.watch("/w", event -> {
            if (event.equals(LOST)) {
                store.close();
                events.add(event);
            }
        });
        SessionExpiry.expireSince(servers, mark);
        until("the loss is told", () -> events.contains(LOST));
        assertThat(store.state()).isEqualTo(SessionState.LOST);
        assertThat(fault(store.children("/w"))).isInstanceOf(StorageFault.Unavailable.class);
        assertThat(fault(store.compareAndSet("/w", bytes("x"), CoordStore.ABSENT)))
                .isInstanceOf(StorageFault.OutcomeUnknown.class);
        assertThat(SessionExpiry.expireSince(servers, mark))
                .as("sessions left behind")
                .isZero();
    }

    @Test
    void aSessionThatCannotBeStartedIsTriedAgain() throws Exception {
        store.close();
        AtomicInteger attempts = new AtomicInteger();
        BookKeeperOptions options = BookKeeperOptions.standalone(servers);
        store = ZooKeeperCoordStore.connect(options, watcher -> {
            if (attempts.incrementAndGet() == 2) {
                throw new IOException("too many open files");
            }
            return new ZooKeeper(servers, options.sessionTimeoutMillis(), watcher);
        });
        SessionExpiry.expireSince(servers, mark);
        until("a third session is in contact", () -> attempts.get() == 3 && store.state() == SessionState.CONNECTED);
        assertThat(await(store.children("/none"))).isEmpty();
    }

    private static StorageFault fault(CompletionStage<?> stage) {
        try {
            await(stage);
        } catch (StorageException e) {
            return e.fault();
        }
        throw new AssertionError("it succeeded");
    }

    /** A loss was told, then a contact, then that everything may have changed. */
    private static boolean healed(ConcurrentLinkedQueue<CoordEvent> events) {
        List<CoordEvent> told = List.copyOf(events);
        int lost = told.lastIndexOf(LOST);
        int connected = told.lastIndexOf(CONNECTED);
        return lost >= 0 && lost < connected && connected < told.lastIndexOf(CHANGED);
    }

    private CoordStore connect() {
        return ZooKeeperCoordStore.connect(BookKeeperOptions.standalone(servers));
    }

    private String read(String path) {
        return new String(await(store.get(path)).orElseThrow().bytes(), StandardCharsets.UTF_8);
    }

    private static long count(ConcurrentLinkedQueue<CoordEvent> events, CoordEvent event) {
        return events.stream().filter(event::equals).count();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError("it never ended", e);
            }
            throw new StorageException(StorageException.faultOf(e), e);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
