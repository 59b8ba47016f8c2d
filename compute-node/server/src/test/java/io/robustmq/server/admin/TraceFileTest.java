package io.robustmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.protocol.mqtt.watch.TraceFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TraceFileTest {
    @TempDir
    private Path directory;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean traffic = new AtomicBoolean(true);

    @AfterEach
    void quiet() {
        traffic.set(false);
    }

    private TraceFile trace(Instant endAt) {
        TraceFile trace = new TraceFile(
                "t",
                new TraceFilter.Client("c"),
                directory.resolve("t"),
                Instant.now(),
                endAt,
                Long.MAX_VALUE,
                ended::countDown);
        trace.start();
        return trace;
    }

    /** Completes once the first line is given; more follow for as long as there is traffic. */
    private CompletableFuture<Void> feed(TraceFile trace) {
        CompletableFuture<Void> began = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            while (traffic.get()) {
                trace.line("a line");
                began.complete(null);
            }
        });
        return began;
    }

    @Test
    void aTraceThatIsToldToEndHoldsWhatCameBeforeEvenIfMoreComes() throws InterruptedException, IOException {
        TraceFile trace = trace(Instant.MAX);
        trace.line("before");
        feed(trace).join();
        trace.stop();
        assertThat(trace.isRunning()).isFalse();
        assertThat(Files.size(trace.file())).isEqualTo(trace.bytes());
        try (BufferedReader lines = Files.newBufferedReader(trace.file())) {
            assertThat(lines.readLine()).isEqualTo("before");
        }
    }

    @Test
    void aTraceEndsAtItsTimeEvenIfMoreComes() throws InterruptedException {
        TraceFile trace = trace(Instant.now().plusMillis(50));
        feed(trace).join();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(trace.isRunning()).isFalse();
    }
}
