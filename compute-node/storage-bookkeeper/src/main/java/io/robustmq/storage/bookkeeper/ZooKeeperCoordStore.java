package io.robustmq.storage.bookkeeper;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in ZooKeeper, all below one path. Reads are preceded by a sync on the same session, so they see every change that completed before. A write whose
 * answer is lost with the connection is {@link StorageFault.OutcomeUnknown}: it may have been done.
 *
 * <p>When ZooKeeper expires the session, ephemeral nodes are gone, what is under way fails, watchers hear {@link CoordStore.SessionState#LOST}, and a new session
 * is started. At its first contact watchers hear {@link CoordStore.SessionState#CONNECTED}, the moment to make ephemeral nodes again, and then, once the watch is set in
 * the new session, {@link CoordStore.CoordEvent.Changed}, because what changed in between went unheard. Everything completes on ZooKeeper's event thread, which must not
 * be blocked. The loss is only known after a contact: a store that stays {@link CoordStore.SessionState#SUSPENDED} for longer than the session's time-out has
 * probably lost its ephemeral nodes already.
 */
public final class ZooKeeperCoordStore implements CoordStore {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperCoordStore.class);
    private static final int VALUE_BYTES_MAX = 512 << 10;
    private static final long NO_SESSION = 0;
    private static final long NEW_SESSION_RETRY_MILLIS = 500;

    private final BookKeeperOptions options;
    private final Sessions sessions;
    private final CopyOnWriteArrayList<Watching> watches = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstContact = new CountDownLatch(1);

    /** Orders the change of sessions: each has an event thread of its own, and a close may come from any. No listener is called under it. */
    private final Object change = new Object();

    /** Number of the session whose events count; written under {@link #change}. */
    private long current = NO_SESSION;

    /** Sessions begun; written under {@link #change}. */
    private long begun = NO_SESSION;

    private volatile ZooKeeper session;
    private volatile SessionState state = SessionState.SUSPENDED;
    private volatile boolean closed;

    private ZooKeeperCoordStore(BookKeeperOptions options, Sessions sessions) throws IOException {
        this.options = options;
        this.sessions = sessions;
        synchronized (change) {
            this.session = newSession();
        }
    }

    /** Begins sessions. */
    @FunctionalInterface
    interface Sessions {
        /** @throws IOException if the operating system refuses what a session needs, such as a selector */
        ZooKeeper begin(Watcher watcher) throws IOException;
    }

    /**
     * Starts a session and waits for the first contact. Blocks.
     *
     * @throws StorageException with {@link StorageFault.Unavailable} if there is none within the session's time-out
     */
    public static ZooKeeperCoordStore connect(BookKeeperOptions options) {
        return connect(options, watcher -> new ZooKeeper(options.metadata(), options.sessionTimeoutMillis(), watcher));
    }

    static ZooKeeperCoordStore connect(BookKeeperOptions options, Sessions sessions) {
        try {
            ZooKeeperCoordStore store = new ZooKeeperCoordStore(options, sessions);
            if (!store.firstContact.await(options.sessionTimeoutMillis(), TimeUnit.MILLISECONDS)) {
                store.close();
                throw new StorageException(
                        new StorageFault.Unavailable("no ZooKeeper server answers at " + options.metadata()));
            }
            return store;
        } catch (IOException e) {
            throw new StorageException(
                    new StorageFault.Unavailable("no connection to ZooKeeper at " + options.metadata()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(new StorageFault.Unavailable("interrupted while connecting to ZooKeeper"), e);
        }
    }

    /** To be called under {@link #change}, which the session's first event waits for. */
    private ZooKeeper newSession() throws IOException {
        long number = ++begun;
        ZooKeeper started = sessions.begin(event -> sessionEvent(number, event));
        current = number;
        return started;
    }

    private boolean counts(long number) {
        synchronized (change) {
            return !closed && number == current;
        }
    }

    private void sessionEvent(long number, WatchedEvent event) {
        // Each session has a thread of its own; what one says after another has taken its place means nothing.
        if (event.getType() != Watcher.Event.EventType.None || !counts(number)) {
            return;
        }
        switch (event.getState()) {
            case SyncConnected -> {
                changeState(SessionState.CONNECTED);
                watches.forEach(Watching::establishIfNot);
                firstContact.countDown();
            }
            case Disconnected -> changeState(SessionState.SUSPENDED);
            case Expired, Closed, AuthFailed -> {
                LOG.info("state={} the ZooKeeper session is lost, a new one is started", event.getState());
                synchronized (change) {
                    current = NO_SESSION;
                }
                changeState(SessionState.LOST);
                startAgain();
            }
            case ConnectedReadOnly, SaslAuthenticated -> LOG.debug("state={} session event", event.getState());
            default -> LOG.debug("state={} unexpected session event", event.getState());
        }
    }

    private void changeState(SessionState next) {
        if (state != next) {
            state = next;
            for (Watching watching : watches) {
                watching.tell(new CoordEvent.Session(next));
            }
        }
    }

    private void startAgain() {
        synchronized (change) {
            if (closed) {
                return;
            }
            try {
                session = newSession();
            } catch (IOException e) {
                LOG.warn("reason=\"{}\" no new ZooKeeper session yet", e.getMessage());
                CompletableFuture.delayedExecutor(NEW_SESSION_RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(this::startAgain);
            }
        }
    }

    @Override
    public CompletionStage<Optional<Versioned>> get(String path) {
        String node = node(path);
        ZooKeeper on = session;
        CompletableFuture<Optional<Versioned>> read = new CompletableFuture<>();
        // Requests of one session are answered in order: the read is served after the sync.
        on.sync(node, (rc, _, _) -> failRead(read, rc, path), null);
        on.getData(
                node,
                false,
                (rc, _, _, data, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        read.complete(Optional.of(new Versioned(data == null ? new byte[0] : data, stat.getVersion())));
                    } else if (code == Code.NONODE) {
                        read.complete(Optional.empty());
                    } else {
                        failRead(read, rc, path);
                    }
                },
                null);
        return read;
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        String node = node(path);
        ZooKeeper on = session;
        CompletableFuture<List<String>> read = new CompletableFuture<>();
        on.sync(node, (rc, _, _) -> failRead(read, rc, path), null);
        on.getChildren(
                node,
                false,
                (rc, _, _, names) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        read.complete(names.stream().sorted().toList());
                    } else if (code == Code.NONODE) {
                        read.complete(List.of());
                    } else {
                        failRead(read, rc, path);
                    }
                },
                null);
        return read;
    }

    private static void failRead(CompletableFuture<?> read, int rc, String path) {
        Code code = Code.get(rc);
        if (code != Code.OK && code != Code.NONODE) {
            read.completeExceptionally(new StorageException(Faults.ofRead(code, path)));
        }
    }

    @Override
    public CompletionStage<Long> compareAndSet(String path, byte[] value, long expectedVersion) {
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException("a value of " + value.length + " bytes for " + path);
        }
        byte[] copy = value.clone();
        if (expectedVersion == ABSENT) {
            return create(node(path), path, copy, CreateMode.PERSISTENT);
        }
        CompletableFuture<Long> written = new CompletableFuture<>();
        session.setData(
                node(path),
                copy,
                Math.toIntExact(expectedVersion),
                (rc, _, _, stat) -> {
                    if (Code.get(rc) == Code.OK) {
                        written.complete((long) stat.getVersion());
                    } else {
                        failWrite(written, rc, path);
                    }
                },
                null);
        return written;
    }

    @Override
    public CompletionStage<Void> ephemeral(String path, byte[] value) {
        return create(node(path), path, value.clone(), CreateMode.EPHEMERAL).thenAccept(_ -> {});
    }

    /** Creates a node, and its parents where they are missing; completes with the version of a new node. */
    private CompletionStage<Long> create(String node, String path, byte[] value, CreateMode mode) {
        CompletableFuture<Long> written = new CompletableFuture<>();
        session.create(
                node,
                value,
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                mode,
                (rc, _, _, _) -> {
                    Code code = Code.get(rc);
                    int parentEnd = node.lastIndexOf('/');
                    if (code == Code.OK) {
                        written.complete(0L);
                    } else if (code == Code.NONODE && parentEnd > 0) {
                        create(node.substring(0, parentEnd), path, new byte[0], CreateMode.PERSISTENT)
                                .exceptionallyCompose(failure -> madeByAnother(failure)
                                        ? CompletableFuture.completedStage(0L)
                                        : CompletableFuture.failedStage(failure))
                                .thenCompose(_ -> create(node, path, value, mode))
                                .whenComplete((version, failure) -> {
                                    if (failure == null) {
                                        written.complete(version);
                                    } else {
                                        written.completeExceptionally(failure);
                                    }
                                });
                    } else {
                        failWrite(written, rc, path);
                    }
                },
                null);
        return written;
    }

    private static boolean madeByAnother(Throwable failure) {
        return StorageException.faultOf(failure) instanceof StorageFault.VersionConflict;
    }

    @Override
    public CompletionStage<Void> delete(String path, long expectedVersion) {
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        session.delete(
                node(path),
                Math.toIntExact(expectedVersion),
                (rc, _, _) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK || code == Code.NONODE) {
                        deleted.complete(null);
                    } else {
                        failWrite(deleted, rc, path);
                    }
                },
                null);
        return deleted;
    }

    private static void failWrite(CompletableFuture<?> write, int rc, String path) {
        write.completeExceptionally(new StorageException(Faults.ofWrite(Code.get(rc), path)));
    }

    @Override
    public Watch watch(String path, Consumer<CoordEvent> listener) {
        Watching watching = new Watching(path, listener);
        watches.add(watching);
        watching.establish();
        return watching;
    }

    @Override
    public SessionState state() {
        return closed ? SessionState.LOST : state;
    }

    @Override
    public void close() {
        ZooKeeper last;
        synchronized (change) {
            closed = true;
            last = session;
        }
        try {
            last.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String node(String path) {
        if (!path.startsWith("/") || path.length() < 2 || path.endsWith("/") || path.contains("//")) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        return options.recordsPath() + path;
    }

    /** One watch, which outlives sessions. */
    private final class Watching implements Watch {
        private final String path;
        private final String node;
        private final Consumer<CoordEvent> listener;
        private final Watcher watcher = this::event;
        private volatile @Nullable ZooKeeper establishedOn;
        private volatile boolean ended;

        private Watching(String path, Consumer<CoordEvent> listener) {
            this.path = path;
            this.node = node(path);
            this.listener = listener;
        }

        private void establish() {
            ZooKeeper on = session;
            on.addWatch(
                    node,
                    watcher,
                    AddWatchMode.PERSISTENT_RECURSIVE,
                    (rc, _, _) -> {
                        // What changed before the watch was in force would go unheard.
                        if (Code.get(rc) == Code.OK) {
                            establishedOn = on;
                            tell(new CoordEvent.Changed(path));
                        }
                    },
                    null);
        }

        private void establishIfNot() {
            if (!session.equals(establishedOn)) {
                establish();
            }
        }

        private void event(WatchedEvent event) {
            String changed = event.getPath();
            if (event.getType() != Watcher.Event.EventType.None
                    && changed != null
                    && changed.startsWith(node)
                    && changed.indexOf('/', Math.min(changed.length(), node.length() + 1)) < 0) {
                tell(new CoordEvent.Changed(path));
            } else if (event.getState() == Watcher.Event.KeeperState.SyncConnected
                    && event.getType() == Watcher.Event.EventType.None) {
                tell(new CoordEvent.Changed(path));
            }
        }

        private void tell(CoordEvent event) {
            if (ended) {
                return;
            }
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                // The other listeners must hear it too, and a lost session needs a new one.
                LOG.error("path={} event={} a listener failed", path, event, e);
            }
        }

        @Override
        public void close() {
            ended = true;
            watches.remove(this);
            session.removeWatches(node, watcher, Watcher.WatcherType.PersistentRecursive, true, (_, _, _) -> {}, null);
        }
    }
}
