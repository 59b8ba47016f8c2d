package io.robustmq.acceptance.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own, in memory, with something foreign on it that can grow and go. */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;

    private final Path mountPoint;
    private final Path foreign;

    private SmallDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
        this.foreign = mountPoint.resolve("foreign");
    }

    /** Mounts it, or skips the test and says why. */
    static SmallDisk mount(Path mountPoint, int megabytes) throws IOException {
        Files.createDirectories(mountPoint);
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", mountPoint.toString());
        Assumptions.assumeTrue(refusal.isEmpty(), () -> "a small file system cannot be mounted here: " + refusal);
        return new SmallDisk(mountPoint);
    }

    /** Lets the foreign file grow until so much of the disk is in use. */
    void fillTo(double ratio) throws IOException {
        FileStore store = Files.getFileStore(mountPoint);
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream out = Files.newOutputStream(foreign, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (usedRatio(store) < ratio) {
                out.write(chunk);
            }
        }
    }

    /** Lets the foreign file grow until the system refuses a further byte. */
    void fillWhole() {
        try (OutputStream out = Files.newOutputStream(foreign, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            while (true) {
                out.write(chunk);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(full);
            }
        }
    }

    /** Removes what is foreign. */
    void makeRoom() throws IOException {
        Files.deleteIfExists(foreign);
    }

    double usedRatio() throws IOException {
        return usedRatio(Files.getFileStore(mountPoint));
    }

    private static double usedRatio(FileStore store) throws IOException {
        return 1 - (double) store.getUsableSpace() / store.getTotalSpace();
    }

    @Override
    public void close() throws IOException {
        String refusal = run("umount", mountPoint.toString());
        if (!refusal.isEmpty()) {
            throw new IOException("not unmounted: " + refusal);
        }
    }

    /** What the command printed when it failed, nothing when it succeeded. */
    private static String run(String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            return command[0] + " cannot be run: " + missing.getMessage();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        return process.exitValue() == 0 ? "" : command[0] + ": " + output.strip();
    }
}
