package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunReader;
import io.robustmq.storage.RunStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blocks of runs in memory, bounded in bytes, least recently used first out; loads each block once however many wait for it. */
final class RunBlocks {
    private record Key(int run, long block) {}

    private final RunStore store;
    private final RunTable table;
    private final Loop loop;
    private final long bytesMax;
    private final LinkedHashMap<Key, ByteBuf> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, List<Consumer<@Nullable Throwable>>> loading = new HashMap<>();
    private long bytes;
    private boolean closed;

    RunBlocks(RunStore store, RunTable table, Loop loop, long bytesMax) {
        this.store = store;
        this.table = table;
        this.loop = loop;
        this.bytesMax = bytesMax;
    }

    /** Loads the bytes of a row if its block is in memory. */
    boolean load(MessageRow row) {
        if (row.buffer() != null) {
            return true;
        }
        ByteBuf block = blocks.get(new Key(row.run, row.block));
        if (block == null) {
            return false;
        }
        row.load(block, block.readerIndex() + row.blockOffset);
        return true;
    }

    /** Brings the block of a row into memory; {@code done} hears null or why not, on the loop. */
    void fetch(MessageRow row, Consumer<@Nullable Throwable> done) {
        Key key = new Key(row.run, row.block);
        List<Consumer<@Nullable Throwable>> waiting = loading.get(key);
        if (waiting != null) {
            waiting.add(done);
            return;
        }
        List<Consumer<@Nullable Throwable>> first = new ArrayList<>(1);
        first.add(done);
        loading.put(key, first);
        reader(table.get(row.run))
                .thenCompose(reader -> reader.read(row.block))
                .whenCompleteAsync((block, failure) -> arrived(key, block, failure), loop);
    }

    private CompletionStage<RunReader> reader(RunTable.Run run) {
        RunReader present = run.reader;
        if (present != null) {
            return CompletableFuture.completedFuture(present);
        }
        return store.open(run.id, loop).thenApply(opened -> {
            run.reader = opened;
            return opened;
        });
    }

    private void arrived(Key key, @Nullable ByteBuf block, @Nullable Throwable failure) {
        List<Consumer<@Nullable Throwable>> waiting = loading.remove(key);
        if (block != null) {
            if (closed) {
                block.release();
            } else {
                ByteBuf before = blocks.put(key, block);
                if (before != null) {
                    bytes -= before.readableBytes();
                    before.release();
                }
                bytes += block.readableBytes();
                evict(key);
            }
        }
        if (waiting != null && !closed) {
            waiting.forEach(one -> one.accept(failure));
        }
    }

    private void evict(Key newest) {
        Iterator<Map.Entry<Key, ByteBuf>> oldest = blocks.entrySet().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Map.Entry<Key, ByteBuf> next = oldest.next();
            if (next.getKey().equals(newest)) {
                continue;
            }
            bytes -= next.getValue().readableBytes();
            next.getValue().release();
            oldest.remove();
        }
    }

    /** The run is being deleted. */
    void forget(RunTable.Run run) {
        blocks.entrySet().removeIf(entry -> {
            if (entry.getKey().run != run.number) {
                return false;
            }
            bytes -= entry.getValue().readableBytes();
            entry.getValue().release();
            return true;
        });
        RunReader reader = run.reader;
        if (reader != null) {
            reader.close();
            run.reader = null;
        }
    }

    void close() {
        closed = true;
        blocks.values().forEach(ByteBuf::release);
        blocks.clear();
        for (RunTable.Run run : table.all()) {
            RunReader reader = run.reader;
            if (reader != null) {
                reader.close();
            }
        }
    }
}
