package io.robustmq.server.node;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how full the file system with the data is. From a threshold on publishes stop, because what frees space (acknowledgements, flushes, deleted ledgers) needs space
 * itself. Looks from a virtual thread; the answers are two fields, so that every loop may ask at every publish.
 */
public final class DiskGuard implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);

    private final FileStore fileStore;
    private final int stopPercent;
    private final Duration interval;
    private final Thread watcher;
    private volatile boolean room = true;
    private volatile double usedRatio;

    private DiskGuard(FileStore fileStore, int stopPercent, Duration interval) {
        this.fileStore = fileStore;
        this.stopPercent = stopPercent;
        this.interval = interval;
        this.watcher = Thread.ofVirtual().name("disk-guard").unstarted(this::watch);
    }

    /** Looks once at the file system of {@code directory} and goes on looking every {@code interval}. */
    public static DiskGuard start(Path directory, int stopPercent, Duration interval) throws IOException {
        DiskGuard guard = new DiskGuard(Files.getFileStore(directory), stopPercent, interval);
        guard.look();
        guard.watcher.start();
        return guard;
    }

    /** Whether publishes may go on. Cheap; any thread. */
    public boolean hasRoom() {
        return room;
    }

    /** Part of the file system that is in use or kept for others, 0..1. */
    public double usedRatio() {
        return usedRatio;
    }

    @Override
    public void close() {
        watcher.interrupt();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(interval);
                look();
            }
        } catch (InterruptedException closed) {
            log.debug("Disk guard stopped");
        } catch (IOException broken) {
            // Publishes go on: whether the disk takes them is then told by the storage itself.
            log.error("The file system with the data cannot be looked at any more reason={}", broken.toString());
        }
    }

    private void look() throws IOException {
        // The bookie reckons in the same way when it decides to take nothing any more, so this threshold is met first,
        // also where much is reserved.
        long total = fileStore.getTotalSpace();
        double used = total <= 0 ? 0 : 1 - (double) fileStore.getUsableSpace() / total;
        boolean hasRoom = used * 100 < stopPercent;
        usedRatio = used;
        if (hasRoom != room) {
            room = hasRoom;
            if (hasRoom) {
                log.info("Disk has room again, publishes go on usedPercent={}", Math.round(used * 100));
            } else {
                log.error(
                        "Disk is nearly full, publishes stop usedPercent={} publishStopPercent={}",
                        Math.round(used * 100),
                        stopPercent);
            }
        }
    }
}
