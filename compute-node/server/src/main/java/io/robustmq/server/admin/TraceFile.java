package io.robustmq.server.admin;

import io.robustmq.protocol.mqtt.watch.TraceFilter;
import io.robustmq.protocol.mqtt.watch.TraceSink;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trace and its file. Takes lines from home loops without waiting and writes them on a virtual thread of its own, until it is stopped, its time is over or the file is full. Lines that come
 * faster than they are written are counted and left out.
 */
final class TraceFile implements TraceSink {
    private static final Logger log = LoggerFactory.getLogger(TraceFile.class);
    private static final int WAITING_MAX = 16_384;
    private static final long LOOK_MILLIS = 200;

    private final String name;
    private final TraceFilter filter;
    private final Path file;
    private final Instant startAt;
    private final Instant endAt;
    private final long bytesMax;
    private final Runnable ended;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final LongAdder leftOut = new LongAdder();
    private final Thread writer;
    private volatile boolean stopped;
    private volatile boolean running = true;
    private volatile long bytes;

    /** @param ended told once, on the thread that writes, when the file is closed */
    TraceFile(
            String name, TraceFilter filter, Path file, Instant startAt, Instant endAt, long bytesMax, Runnable ended) {
        this.name = name;
        this.filter = filter;
        this.file = file;
        this.startAt = startAt;
        this.endAt = endAt;
        this.bytesMax = bytesMax;
        this.ended = ended;
        this.writer = Thread.ofVirtual().name("trace-" + name).unstarted(this::write);
    }

    void start() {
        writer.start();
    }

    @Override
    public void line(String line) {
        // What comes once it is to end is no part of it, and would keep it from ending.
        if (!stopped && (!running || !waiting.offer(line))) {
            leftOut.increment();
        }
    }

    private void write() {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            while (!Instant.now().isAfter(endAt)) {
                String line = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (line == null) {
                    // What is there may be downloaded.
                    out.flush();
                    if (stopped) {
                        break;
                    }
                    continue;
                }
                long size = bytes + line.getBytes(StandardCharsets.UTF_8).length + 1;
                if (size > bytesMax) {
                    break;
                }
                out.write(line);
                out.write('\n');
                bytes = size;
            }
        } catch (IOException failed) {
            log.warn("A trace ended early name={} reason={}", name, failed.toString());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            running = false;
            waiting.clear();
            ended.run();
        }
    }

    /** Ends it and waits until the file is complete. */
    void stop() throws InterruptedException {
        stopped = true;
        writer.join();
    }

    String name() {
        return name;
    }

    TraceFilter filter() {
        return filter;
    }

    Path file() {
        return file;
    }

    Instant startAt() {
        return startAt;
    }

    Instant endAt() {
        return endAt;
    }

    boolean isRunning() {
        return running;
    }

    long bytes() {
        return bytes;
    }

    long leftOut() {
        return leftOut.sum();
    }
}
