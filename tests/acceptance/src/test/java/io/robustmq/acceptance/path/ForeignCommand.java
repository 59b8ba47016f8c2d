package io.robustmq.acceptance.path;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A program started by a test, whose output is read line by line while it runs. */
public final class ForeignCommand implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("acceptance.patience", 30));

    private final Process process;
    private final Thread reader;

    // Guarded by itself.
    private final List<String> lines = new ArrayList<>();

    public ForeignCommand(ProcessBuilder builder) {
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException("is it installed? See tests/tools/install-clients", e);
        }
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    ForeignCommand(String... command) {
        this(new ProcessBuilder(command));
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException _) {
            // The process was ended in the middle of a line.
        } finally {
            synchronized (lines) {
                lines.notifyAll();
            }
        }
    }

    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Waits until what was printed fits. */
    public void await(String what, Predicate<List<String>> fits) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (lines) {
            while (!fits.test(lines)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError(what + ": not in " + PATIENCE + ", but " + lines);
                }
                try {
                    lines.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }
        }
    }

    /** Waits for the end, which must be a success. */
    List<String> finish() {
        return finish(PATIENCE);
    }

    /** The same, for what may take longer. */
    public List<String> finish(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("did not end in " + patience + ": " + lines());
            }
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new AssertionError("exit status " + process.exitValue() + ": " + lines());
        }
        return lines();
    }

    /** Ends the program and what it started, as Ctrl-C does. */
    @Override
    public void close() {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroy);
        for (ProcessHandle member : family) {
            member.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** Where a program is, for those that tests wrap. */
    static Path find(String program) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            Path path = Path.of(directory, program);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw new AssertionError(program + " is not installed: run tests/tools/install-clients");
    }
}
