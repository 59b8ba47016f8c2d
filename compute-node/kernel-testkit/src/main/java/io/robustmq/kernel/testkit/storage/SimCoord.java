package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageFault;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The coordination service: one linearizable tree with sessions, ephemeral nodes and watches. Its quorum never loses what it stored; its clients lose contact,
 * sessions, replies. Pausing {@link #process()} takes the quorum away.
 */
public final class SimCoord {
    private final SimScheduler scheduler;
    private final SimNetwork network;
    private final SimProcess process;
    private final long sessionNanos;
    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final Map<Long, Session> sessions = new LinkedHashMap<>();
    private final List<Consumer<String>> changeHooks = new ArrayList<>();
    private long lastSession;

    /**
     * @param endpoint of the service in the network
     * @param sessionNanos silence after which a session expires
     */
    public SimCoord(SimScheduler scheduler, SimNetwork network, int endpoint, long sessionNanos) {
        this.scheduler = scheduler;
        this.network = network;
        this.process = new SimProcess(scheduler, "coordination", endpoint, new SimClock(scheduler, 0, 0));
        this.sessionNanos = sessionNanos;
    }

    /** The quorum as one process: pause it to make the service unavailable. */
    public SimProcess process() {
        return process;
    }

    /** A new client with a session of its own. */
    public SimCoordStore client(SimProcess client) {
        return new SimCoordStore(this, client);
    }

    /** Tells the world (not a process) after each change of a node. */
    public void onChange(Consumer<String> hook) {
        changeHooks.add(hook);
    }

    /** What is stored, without asking over the network. */
    public Optional<CoordStore.Versioned> peek(String path) {
        Node node = nodes.get(path);
        return node == null
                ? Optional.empty()
                : Optional.of(new CoordStore.Versioned(node.value.clone(), node.version));
    }

    /** Ends the sessions of a process now, however healthy they are. */
    public void expireSessionsOf(SimProcess client) {
        for (Session session : List.copyOf(sessions.values())) {
            if (session.client == client) {
                end(session);
            }
        }
    }

    /** Runs an operation at the service; it must be atomic and must not be repeated by the network. */
    <T> void call(SimProcess client, long timeoutNanos, Supplier<T> operation, Consumer<T> answered, Runnable silent) {
        network.call(
                client,
                process,
                false,
                timeoutNanos,
                (Consumer<T> reply) -> reply.accept(operation.get()),
                answered,
                silent);
    }

    long sessionNanos() {
        return sessionNanos;
    }

    // ---- what runs at the service
    // ------------------------------------------------------------------------------------------------------

    Optional<CoordStore.Versioned> get(String path) {
        return peek(path);
    }

    /** The new version, or why not. */
    Answer<Long> compareAndSet(String path, byte[] value, long expectedVersion) {
        Node node = nodes.get(path);
        long found = node == null ? CoordStore.ABSENT : node.version;
        if (found != expectedVersion) {
            return Answer.fault(new StorageFault.VersionConflict(path + " has version " + found));
        }
        long version = found + 1;
        put(path, new Node(value, version, 0));
        return Answer.of(version);
    }

    Answer<Boolean> delete(String path, long expectedVersion) {
        Node node = nodes.get(path);
        if (node == null) {
            return Answer.of(true);
        }
        if (node.version != expectedVersion) {
            return Answer.fault(new StorageFault.VersionConflict(path + " has version " + node.version));
        }
        if (!children(path).isEmpty()) {
            return Answer.fault(new StorageFault.VersionConflict(path + " has children"));
        }
        nodes.remove(path);
        changed(path);
        return Answer.of(true);
    }

    List<String> children(String path) {
        String prefix = path.equals("/") ? "/" : path + "/";
        List<String> names = new ArrayList<>();
        for (String child : nodes.tailMap(prefix, false).keySet()) {
            if (!child.startsWith(prefix)) {
                break;
            }
            if (child.indexOf('/', prefix.length()) < 0) {
                names.add(child.substring(prefix.length()));
            }
        }
        return names;
    }

    Answer<Boolean> ephemeral(long sessionId, String path, byte[] value) {
        if (!sessions.containsKey(sessionId)) {
            return Answer.fault(new StorageFault.Unavailable("session " + sessionId + " has expired"));
        }
        if (nodes.containsKey(path)) {
            return Answer.fault(new StorageFault.VersionConflict(path + " exists"));
        }
        put(path, new Node(value, 0, sessionId));
        return Answer.of(true);
    }

    long open(SimProcess client, SimCoordStore store) {
        Session session = new Session(++lastSession, client, store, scheduler.now());
        sessions.put(session.id, session);
        expireLater(session, sessionNanos);
        return session.id;
    }

    /** Changes seen per watch since it was set; null if the session is gone. */
    @Nullable Map<Long, Long> beat(long sessionId) {
        Session session = sessions.get(sessionId);
        if (session == null) {
            return null;
        }
        session.lastHeard = scheduler.now();
        Map<Long, Long> counts = new LinkedHashMap<>();
        session.watches.forEach((id, watch) -> counts.put(id, watch.changes));
        return counts;
    }

    boolean watch(long sessionId, long watchId, String path) {
        Session session = sessions.get(sessionId);
        if (session == null) {
            return false;
        }
        session.watches.put(watchId, new WatchedPath(path));
        return true;
    }

    boolean unwatch(long sessionId, long watchId) {
        Session session = sessions.get(sessionId);
        return session != null && session.watches.remove(watchId) != null;
    }

    boolean closeSession(long sessionId) {
        Session session = sessions.get(sessionId);
        if (session != null) {
            end(session);
        }
        return true;
    }

    private void expireLater(Session session, long delayNanos) {
        process.after(delayNanos, () -> {
            if (!sessions.containsKey(session.id)) {
                return;
            }
            long silence = scheduler.now() - session.lastHeard;
            if (silence >= sessionNanos) {
                end(session);
            } else {
                expireLater(session, sessionNanos - silence);
            }
        });
    }

    private void end(Session session) {
        sessions.remove(session.id);
        List<String> gone = new ArrayList<>();
        for (Iterator<Map.Entry<String, Node>> at = nodes.entrySet().iterator(); at.hasNext(); ) {
            Map.Entry<String, Node> node = at.next();
            if (node.getValue().session == session.id) {
                at.remove();
                gone.add(node.getKey());
            }
        }
        gone.forEach(this::changed);
    }

    private void put(String path, Node node) {
        String parent = parentOf(path);
        if (!parent.isEmpty() && !nodes.containsKey(parent)) {
            put(parent, new Node(new byte[0], 0, 0));
        }
        nodes.put(path, node);
        changed(path);
    }

    private void changed(String path) {
        String parent = parentOf(path);
        for (Session session : sessions.values()) {
            session.watches.forEach((id, watch) -> {
                if (watch.path.equals(path) || watch.path.equals(parent)) {
                    watch.changes++;
                    long changes = watch.changes;
                    network.send(
                            process.endpoint(),
                            session.client,
                            false,
                            () -> session.store.watchFired(session.id, id, changes));
                }
            });
        }
        for (Consumer<String> hook : changeHooks) {
            hook.accept(path);
        }
    }

    private static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0 ? path.substring(0, slash) : "";
    }

    /** What the service answers to a change. */
    record Answer<T>(@Nullable T value, @Nullable StorageFault fault) {
        static <T> Answer<T> of(T value) {
            return new Answer<>(value, null);
        }

        static <T> Answer<T> fault(StorageFault fault) {
            return new Answer<>(null, fault);
        }
    }

    private static final class Node {
        private final byte[] value;
        private final long version;
        private final long session;

        Node(byte[] value, long version, long session) {
            this.value = value;
            this.version = version;
            this.session = session;
        }
    }

    private static final class WatchedPath {
        private final String path;
        private long changes;

        WatchedPath(String path) {
            this.path = path;
        }
    }

    private static final class Session {
        private final long id;
        private final SimProcess client;
        private final SimCoordStore store;
        private final Map<Long, WatchedPath> watches = new LinkedHashMap<>();
        private long lastHeard;

        Session(long id, SimProcess client, SimCoordStore store, long lastHeard) {
            this.id = id;
            this.client = client;
            this.store = store;
            this.lastHeard = lastHeard;
        }
    }
}
