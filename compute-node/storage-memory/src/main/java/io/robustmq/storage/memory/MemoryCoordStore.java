package io.robustmq.storage.memory;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Coordination in memory, gone with the process. One tree, several sessions ({@link #newSession}).
 *
 * <p>The tree belongs to one executor that runs tasks one after the other; everything completes there.
 */
public final class MemoryCoordStore implements CoordStore {
    private static final int VALUE_BYTES_MAX = 512 << 10;

    private final Tree tree;
    private final Runnable shutdown;
    private volatile SessionState state = SessionState.CONNECTED;

    /** A tree on a thread of its own, and its first session; closing it ends the thread. */
    public MemoryCoordStore() {
        var thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("memory-coordination").daemon().factory());
        this(new Tree(thread), thread::shutdown);
    }

    /** A tree on the given executor, which must run tasks one after the other and never inline. */
    public MemoryCoordStore(Executor executor) {
        this(new Tree(Objects.requireNonNull(executor, "executor")), () -> {});
    }

    private MemoryCoordStore(Tree tree, Runnable shutdown) {
        this.tree = tree;
        this.shutdown = shutdown;
    }

    /** Another session on the same tree. */
    public CoordStore newSession() {
        return new MemoryCoordStore(tree, () -> {});
    }

    @Override
    public CompletionStage<Optional<Versioned>> get(String path) {
        return submit(() -> {
            Node node = tree.nodes.get(checked(path));
            return node == null
                    ? Optional.<Versioned>empty()
                    : Optional.of(new Versioned(node.value.clone(), node.version));
        });
    }

    @Override
    public CompletionStage<Long> compareAndSet(String path, byte[] value, long expectedVersion) {
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException("a value of " + value.length + " bytes for " + path);
        }
        byte[] copy = value.clone();
        return submit(() -> {
            Node node = tree.nodes.get(checked(path));
            long version = node == null ? ABSENT : node.version;
            if (version != expectedVersion) {
                throw conflict(path, expectedVersion, version);
            }
            tree.put(path, new Node(copy, version + 1, node == null ? null : node.session));
            return version + 1;
        });
    }

    @Override
    public CompletionStage<Void> delete(String path, long expectedVersion) {
        return submit(() -> {
                    Node node = tree.nodes.get(checked(path));
                    if (node != null) {
                        if (node.version != expectedVersion) {
                            throw conflict(path, expectedVersion, node.version);
                        }
                        if (!tree.children(path).isEmpty()) {
                            throw new StorageException(
                                    new StorageFault.VersionConflict(path + " has children and is not deleted"));
                        }
                        tree.remove(path);
                    }
                    return path;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return submit(() -> tree.children(checked(path)));
    }

    @Override
    public CompletionStage<Void> ephemeral(String path, byte[] value) {
        byte[] copy = value.clone();
        return submit(() -> {
                    Node node = tree.nodes.get(checked(path));
                    if (node != null) {
                        throw conflict(path, ABSENT, node.version);
                    }
                    tree.put(path, new Node(copy, 0, this));
                    return path;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public Watch watch(String path, Consumer<CoordEvent> listener) {
        Watching watching = new Watching(checked(path), this, listener);
        tree.executor.execute(() -> tree.watches.add(watching));
        return () -> tree.executor.execute(() -> tree.watches.remove(watching));
    }

    @Override
    public SessionState state() {
        return state;
    }

    @Override
    public void close() {
        if (state == SessionState.LOST) {
            return;
        }
        state = SessionState.LOST;
        tree.executor.execute(() -> {
            List<String> mine = new ArrayList<>();
            tree.nodes.forEach((path, node) -> {
                if (node.session == this) {
                    mine.add(path);
                }
            });
            mine.forEach(tree::remove);
            for (Watching watching : List.copyOf(tree.watches)) {
                if (watching.session == this) {
                    tree.watches.remove(watching);
                    watching.listener.accept(new CoordEvent.Session(SessionState.LOST));
                }
            }
        });
        shutdown.run();
    }

    private <T> CompletionStage<T> submit(Supplier<T> task) {
        if (state == SessionState.LOST) {
            return CompletableFuture.failedStage(
                    new StorageException(new StorageFault.Unavailable("the coordination session is closed")));
        }
        return CompletableFuture.supplyAsync(task, tree.executor);
    }

    private static String checked(String path) {
        if (!path.startsWith("/") || path.length() < 2 || path.endsWith("/") || path.contains("//")) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        return path;
    }

    private static StorageException conflict(String path, long expected, long found) {
        return new StorageException(
                new StorageFault.VersionConflict(path + " has version " + found + ", expected " + expected));
    }

    private record Watching(String path, MemoryCoordStore session, Consumer<CoordEvent> listener) {}

    private static final class Node {
        private final byte[] value;
        private final long version;
        private final @Nullable MemoryCoordStore session;

        private Node(byte[] value, long version, @Nullable MemoryCoordStore session) {
            this.value = value;
            this.version = version;
            this.session = session;
        }
    }

    /** Owned by its executor. */
    private static final class Tree {
        private final Executor executor;
        private final TreeMap<String, Node> nodes = new TreeMap<>();
        private final List<Watching> watches = new ArrayList<>();

        private Tree(Executor executor) {
            this.executor = executor;
        }

        private void put(String path, Node node) {
            int parentEnd = path.lastIndexOf('/');
            if (parentEnd > 0) {
                String parent = path.substring(0, parentEnd);
                if (!nodes.containsKey(parent)) {
                    put(parent, new Node(new byte[0], 0, null));
                }
            }
            nodes.put(path, node);
            changed(path);
        }

        private void remove(String path) {
            nodes.remove(path);
            changed(path);
        }

        private List<String> children(String path) {
            String prefix = path + "/";
            List<String> names = new ArrayList<>();
            for (Map.Entry<String, Node> entry : nodes.tailMap(prefix).entrySet()) {
                String child = entry.getKey();
                if (!child.startsWith(prefix)) {
                    break;
                }
                if (child.indexOf('/', prefix.length()) < 0) {
                    names.add(child.substring(prefix.length()));
                }
            }
            names.sort(null);
            return names;
        }

        private void changed(String path) {
            int parentEnd = path.lastIndexOf('/');
            String parent = parentEnd > 0 ? path.substring(0, parentEnd) : "/";
            for (Watching watching : List.copyOf(watches)) {
                if (watching.path.equals(path) || watching.path.equals(parent)) {
                    watching.listener.accept(new CoordEvent.Changed(watching.path));
                }
            }
        }
    }
}
