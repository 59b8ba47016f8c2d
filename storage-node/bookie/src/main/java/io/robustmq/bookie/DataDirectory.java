package io.robustmq.bookie;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of one platform in one process, held by a lock while it is used:
 *
 * <pre>
 *   lock         process id of the holder; the lock of the operating system on it is what counts
 *   FORMAT       version of the layout and the bookie's id, written once
 *   metadata/    ZooKeeper
 *   bookie/      journal/ and ledgers/
 * </pre>
 *
 * Nothing in it names the directory, a host or a port for good, so it may be moved.
 */
final class DataDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String FORMAT = "robustmq-standalone-1";

    /** Held by this process: closing a second channel on the same file would let go of the lock of the first. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final FileChannel lockChannel;
    private final String bookieId;
    private final boolean fresh;

    private DataDirectory(Path root, FileChannel lockChannel, String bookieId, boolean fresh) {
        this.root = root;
        this.lockChannel = lockChannel;
        this.bookieId = bookieId;
        this.fresh = fresh;
    }

    static DataDirectory open(Path directory) throws StartException {
        Path root = directory.toAbsolutePath().normalize();
        if (!HELD.add(root)) {
            throw new StartException(
                    new StartFault.LockedByProcess(root, ProcessHandle.current().pid() + ", which is this one"));
        }
        FileChannel lock = null;
        DataDirectory opened = null;
        try {
            Files.createDirectories(root);
            lock = lock(root);
            Files.createDirectories(root.resolve("metadata"));
            Files.createDirectories(root.resolve("bookie"));
            boolean fresh = !Files.exists(root.resolve("FORMAT"));
            opened = new DataDirectory(root, lock, format(root), fresh);
            return opened;
        } catch (IOException e) {
            throw new StartException(new StartFault.DirectoryNotWritable(root, String.valueOf(e)), e);
        } finally {
            if (opened == null) {
                unlock(root, lock);
            }
        }
    }

    private static FileChannel lock(Path root) throws IOException, StartException {
        Path file = root.resolve("lock");
        FileChannel channel = null;
        FileLock lock = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            lock = channel.tryLock();
            if (lock == null) {
                String holder = Files.readString(file).strip();
                throw new StartException(new StartFault.LockedByProcess(root, holder.isEmpty() ? "unknown" : holder));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return channel;
        } finally {
            if (lock == null && channel != null) {
                channel.close();
            }
        }
    }

    /** Reads FORMAT, or writes it where nothing is yet; gives the bookie's id. */
    private static String format(Path root) throws IOException, StartException {
        Path file = root.resolve("FORMAT");
        if (!Files.exists(file)) {
            if (!isEmpty(root.resolve("metadata")) || !isEmpty(root.resolve("bookie"))) {
                throw new StartException(new StartFault.DataOfAnotherVersion(root, "an unknown format", FORMAT));
            }
            String id = "bookie-" + UUID.randomUUID();
            Path written = root.resolve("FORMAT.new");
            try (FileChannel out = FileChannel.open(
                    written,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                out.write(ByteBuffer.wrap(
                        ("format=" + FORMAT + "\nbookieId=" + id + "\n").getBytes(StandardCharsets.UTF_8)));
                out.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
                directory.force(true);
            }
            return id;
        }
        Map<String, String> values = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        String found = values.getOrDefault("format", "an unknown format");
        String id = values.get("bookieId");
        if (!found.equals(FORMAT) || id == null) {
            throw new StartException(new StartFault.DataOfAnotherVersion(root, found, FORMAT));
        }
        return id;
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    Path metadata() {
        return root.resolve("metadata");
    }

    Path journal() {
        return root.resolve("bookie").resolve("journal");
    }

    Path ledgers() {
        return root.resolve("bookie").resolve("ledgers");
    }

    Path root() {
        return root;
    }

    /** Whether nothing was in it before. */
    boolean fresh() {
        return fresh;
    }

    String bookieId() {
        return bookieId;
    }

    /** Gives the directory free. */
    @Override
    public void close() {
        unlock(root, lockChannel);
    }

    private static void unlock(Path root, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.info("directory={} reason=\"{}\" lock file not closed cleanly", root, e.getMessage());
        } finally {
            HELD.remove(root);
        }
    }
}
