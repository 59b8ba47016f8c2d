package io.robustmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path directory;

    @Test
    void fullFilesMoveOnAndTheOldestGoes() throws IOException {
        AuditLog log = new AuditLog(directory, 500, 2);
        for (int i = 0; i < 20; i++) {
            log.wrote("ann", "127.0.0.1", "publish", "POST /" + i, 200, null);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
        List<String> newest = log.newest(4).stream()
                .map(JsonObject.class::cast)
                .map(line -> line.getString("http_request"))
                .toList();
        assertThat(newest)
                .containsExactlyElementsOf(IntStream.range(0, 4)
                        .mapToObj(back -> "POST /" + (19 - back))
                        .toList());
        assertThat(log.newest(1000)).hasSizeLessThan(20).hasSizeGreaterThan(3);
    }

    @Test
    void aFailureSaysWhatWasWrongOnOneLine() throws IOException {
        new AuditLog(directory, 5000, 2).wrote("ann", "::1", "kickClient", "DELETE /x", 404, "a \"b\"\nc");
        List<String> lines = Files.readAllLines(directory.resolve("audit.log"));
        assertThat(lines).hasSize(1);
        JsonObject line = new JsonObject(lines.getFirst());
        assertThat(line.getString("operation_result")).isEqualTo("failure");
        assertThat(line.getString("failure")).isEqualTo("a \"b\"\nc");
        assertThat(line.getString("actor")).isEqualTo("ann");
    }
}
