package io.robustmq.acceptance.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What every broker process has in common; subclasses know the command and the sign of readiness. */
abstract class ProcessBroker implements Broker {
    private static final Duration START = Duration.ofSeconds(Long.getLong("acceptance.start.patience", 90));
    private static final Duration STOP = Duration.ofSeconds(60);

    private final Path directory;
    private volatile @Nullable Process process;

    ProcessBroker(Path directory) {
        this.directory = directory;
    }

    abstract List<String> command();

    /** Whether the process serves; asked again and again while it starts. */
    abstract boolean ready();

    @Override
    public void launch() {
        if (running()) {
            throw new IllegalStateException("already running");
        }
        try {
            Files.createDirectories(dataDirectory());
            process = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(outputFile().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("start " + command(), e);
        }
    }

    @Override
    public void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!ready()) {
            if (!running()) {
                throw new AssertionError("the broker ended while it started:\n" + lastOutput());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the broker was not ready in " + START + ":\n" + lastOutput());
            }
            // Nothing tells another process that a port was opened; waiting for its exit is the shortest pause.
            endedWithin(Duration.ofMillis(20));
        }
    }

    @Override
    public void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        List<ProcessHandle> family = family(running);
        family.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle member : family) {
            member.onExit().orTimeout(STOP.toSeconds(), TimeUnit.SECONDS).join();
        }
        process = null;
    }

    @Override
    public int stop() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        List<ProcessHandle> family = family(running);
        running.destroy();
        if (!endedWithin(STOP)) {
            kill();
            throw new AssertionError("the broker did not end in " + STOP + " after SIGTERM:\n" + lastOutput());
        }
        for (ProcessHandle member : family) {
            member.onExit().orTimeout(STOP.toSeconds(), TimeUnit.SECONDS).join();
        }
        process = null;
        return running.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public boolean running() {
        Process running = process;
        return running != null && running.isAlive();
    }

    @Override
    public long pid() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        return running.pid();
    }

    @Override
    public Path dataDirectory() {
        return directory.resolve("data");
    }

    @Override
    public String output() {
        try {
            return Files.exists(outputFile()) ? Files.readString(outputFile(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long residentBytes() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        return family(running).stream()
                .mapToLong(member -> residentBytes(member.pid()))
                .sum();
    }

    @Override
    public void diagnose() {
        // Processes without a thread dump have nothing to tell.
    }

    /** Adds a line or more to the output. */
    void append(String text) {
        try {
            Files.writeString(
                    outputFile(),
                    text + System.lineSeparator(),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    boolean portOpen() {
        try (java.net.Socket probe = new java.net.Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), mqttPort()), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** A port nobody listens on now. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isFree(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private Path outputFile() {
        return directory.resolve("output.txt");
    }

    private String lastOutput() {
        String output = output();
        return output.substring(Math.max(0, output.length() - 4000));
    }

    private boolean endedWithin(Duration patience) {
        Process running = process;
        try {
            return running == null || running.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static List<ProcessHandle> family(Process process) {
        ProcessHandle handle = process.toHandle();
        return Stream.concat(Stream.of(handle), handle.descendants()).toList();
    }

    private static long residentBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
