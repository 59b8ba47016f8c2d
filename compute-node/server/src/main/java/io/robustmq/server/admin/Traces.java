package io.robustmq.server.admin;

import io.robustmq.protocol.mqtt.watch.Trace;
import io.robustmq.protocol.mqtt.watch.TraceFilter;
import io.robustmq.protocol.mqtt.watch.TrafficWatches;
import io.robustmq.server.config.AdminSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** The traces of this process. What an earlier process left is removed, since nobody knows what it was about. Threads that may wait. */
final class Traces {
    private final Path directory;
    private final AdminSettings settings;
    private final TrafficWatches watches;
    private final Map<String, TraceFile> all = new LinkedHashMap<>();
    private final ReentrantLock turn = new ReentrantLock();

    Traces(Path directory, AdminSettings settings, TrafficWatches watches) throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.watches = watches;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> left = Files.list(directory)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Begins one. */
    TraceFile begin(String name, TraceFilter filter, Instant endAt) throws Problem, IOException, InterruptedException {
        TraceFile trace;
        turn.lock();
        try {
            if (all.containsKey(name)) {
                throw new Problem(Problem.Kind.ALREADY_EXISTS, "there is a trace " + name);
            }
            if (all.size() >= settings.tracesMax()) {
                throw new Problem(
                        Problem.Kind.EXCEED_LIMIT,
                        "robustmq.admin.traces-max is " + settings.tracesMax() + ": delete one first");
            }
            Files.createDirectories(directory);
            trace = new TraceFile(
                    name,
                    filter,
                    directory.resolve(name + ".log"),
                    Instant.now(),
                    endAt,
                    settings.traceBytesMax(),
                    () -> {
                        CompletionStage<Void> _ = watchRunning();
                    });
            all.put(name, trace);
            trace.start();
        } finally {
            turn.unlock();
        }
        Waiting.on(watchRunning());
        return trace;
    }

    private CompletionStage<Void> watchRunning() {
        return watches.traces(list().stream()
                .filter(TraceFile::isRunning)
                .map(trace -> new Trace(trace.filter(), trace))
                .toList());
    }

    List<TraceFile> list() {
        turn.lock();
        try {
            return List.copyOf(all.values());
        } finally {
            turn.unlock();
        }
    }

    TraceFile find(String name) throws Problem {
        return list().stream()
                .filter(trace -> trace.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("there is no trace " + name));
    }

    void delete(String name) throws Problem, IOException, InterruptedException {
        TraceFile trace = find(name);
        trace.stop();
        turn.lock();
        try {
            all.remove(name);
        } finally {
            turn.unlock();
        }
        Files.deleteIfExists(trace.file());
    }

    /** Traces that are being written. */
    long running() {
        return list().stream().filter(TraceFile::isRunning).count();
    }

    /** Ends all of them. */
    void close() throws InterruptedException {
        for (TraceFile trace : list()) {
            trace.stop();
        }
    }
}
