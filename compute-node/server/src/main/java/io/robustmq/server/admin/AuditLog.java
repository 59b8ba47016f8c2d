package io.robustmq.server.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What administrators did: one JSON object per line in {@code audit.log}; when that is full it becomes {@code audit.log.1} and so on. A line is on disk before the answer to the request leaves. Any
 * thread that may wait.
 */
final class AuditLog {
    private static final String NAME = "audit.log";

    private final Path directory;
    private final long bytesMax;
    private final int filesMax;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param bytesMax size at which a new file begins
     * @param filesMax former files that are kept
     */
    AuditLog(Path directory, long bytesMax, int filesMax) {
        this.directory = directory;
        this.bytesMax = bytesMax;
        this.filesMax = filesMax;
    }

    /** @param problem what was wrong; null if nothing */
    void wrote(String actor, String peer, String operation, String request, int status, @Nullable String problem)
            throws IOException {
        JsonObject line = new JsonObject()
                .put("created_at", Instant.now().toString())
                .put("actor", actor)
                .put("source_ip", peer)
                .put("operation_id", operation)
                .put("http_request", request)
                .put("http_status_code", status)
                .put("operation_result", status < 400 ? "success" : "failure");
        if (problem != null) {
            line.put("failure", problem);
        }
        byte[] bytes = (line.encode() + "\n").getBytes(StandardCharsets.UTF_8);
        turn.lock();
        try {
            Path file = directory.resolve(NAME);
            if (Files.exists(file) && Files.size(file) + bytes.length > bytesMax) {
                rotate(file);
            }
            try (FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(false);
            }
        } finally {
            turn.unlock();
        }
    }

    private void rotate(Path file) throws IOException {
        for (int number = filesMax; number > 0; number--) {
            Path from = number == 1 ? file : numbered(number - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path numbered(int number) {
        return directory.resolve(NAME + "." + number);
    }

    /** The newest lines, newest first, {@code limit} at most. */
    JsonArray newest(int limit) throws IOException {
        List<JsonObject> found = new ArrayList<>();
        turn.lock();
        try {
            for (int number = 0; number <= filesMax && found.size() < limit; number++) {
                Path file = number == 0 ? directory.resolve(NAME) : numbered(number);
                if (Files.exists(file)) {
                    found.addAll(last(file, limit - found.size()));
                }
            }
        } finally {
            turn.unlock();
        }
        return new JsonArray(found);
    }

    private static List<JsonObject> last(Path file, int limit) throws IOException {
        ArrayDeque<String> last = new ArrayDeque<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(line -> {
                last.addFirst(line);
                if (last.size() > limit) {
                    last.removeLast();
                }
            });
        }
        return last.stream().map(JsonObject::new).toList();
    }
}
