package io.robustmq.storage.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.AppendOutcome;
import io.robustmq.storage.Claim;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An owner of one shard whose records are texts: takes it over, appends as slots become free and remembers what it was told. Methods are called by the
 * test and run on the rig's loop.
 */
public final class LogOwner {
    private final StorageRig rig;
    private final LogStore store;
    private final ShardId shard;
    private final List<String> replayed = new ArrayList<>();
    private final List<String> committed = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<Long> outcomeLsns = new ArrayList<>();
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private @Nullable ShardLog log;
    private long nextLsn;
    private int inFlightMost;

    public LogOwner(StorageRig rig, LogStore store, ShardId shard) {
        this.rig = rig;
        this.store = store;
        this.shard = shard;
    }

    /** Takes the shard over, without replay. */
    public ShardLog takeOver(long epoch, String incarnation) {
        CompletionStage<ShardLog> taken =
                store.takeOver(shard, new Claim(epoch, incarnation), rig.loop(), this::appended);
        ShardLog got = rig.await(taken);
        log = got;
        return got;
    }

    /** Takes the shard over and replays it. */
    public LogOwner open(long epoch, String incarnation) {
        takeOver(epoch, incarnation);
        replay();
        return this;
    }

    /** Replays and tells the next LSN. */
    public long replay() {
        ShardLog target = log();
        nextLsn = rig.await(rig.call(() -> target.replay((records, firstLsn, count) -> {
            String text = records.toString(StandardCharsets.UTF_8);
            replayed.add(text);
            if (count != text.chars().filter(c -> c == ',').count() + 1) {
                throw new AssertionError("an entry of " + count + " records holds " + text);
            }
        })));
        rig.call(() -> {
            target.onSlotFree(this::send);
            return target;
        });
        return nextLsn;
    }

    public ShardLog log() {
        return Objects.requireNonNull(log, "takeOver comes first");
    }

    /** Appends entries, each a text with one record per comma-separated part, as slots become free. Does not wait. */
    public void append(String... texts) {
        rig.call(() -> {
            waiting.addAll(List.of(texts));
            send();
            return waiting;
        });
    }

    /** Appends and waits until all appends are answered. */
    public LogOwner appendAndWait(String... texts) {
        append(texts);
        rig.until("appends are answered", () -> waiting.isEmpty() && sent.isEmpty());
        return this;
    }

    private void send() {
        ShardLog target = log();
        while (!waiting.isEmpty() && target.freeSlots() > 0) {
            String text = waiting.remove();
            int count = text.split(",", -1).length;
            ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer();
            entry.writeZero(ShardLog.HEADER_BYTES).writeCharSequence(text, StandardCharsets.UTF_8);
            sent.add(new Sent(text, nextLsn + count - 1));
            inFlightMost = Math.max(inFlightMost, sent.size());
            long firstLsn = nextLsn;
            nextLsn += count;
            target.append(entry, firstLsn, count);
        }
    }

    private void appended(long lastLsn, AppendOutcome outcome) {
        if (!rig.loop().inLoop()) {
            throw new AssertionError("an outcome off the loop");
        }
        Sent first = sent.remove();
        if (first.lastLsn != lastLsn) {
            throw new AssertionError("outcome of LSN " + lastLsn + ", expected " + first.lastLsn);
        }
        if (outcome == AppendOutcome.COMMITTED && !unknown.isEmpty()) {
            throw new AssertionError("LSN " + lastLsn + " committed after an unknown outcome");
        }
        outcomeLsns.add(lastLsn);
        (outcome == AppendOutcome.COMMITTED ? committed : unknown).add(first.text);
    }

    /** Installs a checkpoint and waits for it. */
    public void checkpoint(String manifest, long flushedLsn) {
        rig.await(startCheckpoint(manifest, flushedLsn));
    }

    /** Starts to install a checkpoint. */
    public CompletionStage<Void> startCheckpoint(String manifest, long flushedLsn) {
        ShardLog target = log();
        return rig.call(() -> {
            ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
            buffer.writeCharSequence(manifest, StandardCharsets.UTF_8);
            return target.checkpoint(buffer, flushedLsn);
        });
    }

    /** Manifest and LSN of the checkpoint in force, "none" without one. */
    public String checkpointText() {
        ShardLog target = log();
        return rig.call(() -> target.checkpoint()
                .map(found -> found.manifest().toString(StandardCharsets.UTF_8) + " " + found.flushedLsn())
                .orElse("none"));
    }

    public void close() {
        ShardLog target = log();
        rig.await(rig.call(target::close));
    }

    public void abandon() {
        ShardLog target = log();
        rig.call(() -> {
            target.abandon();
            return target;
        });
    }

    /** Texts that replay gave. */
    public List<String> replayed() {
        return rig.call(() -> List.copyOf(replayed));
    }

    /** Texts reported committed. */
    public List<String> committed() {
        return rig.call(() -> List.copyOf(committed));
    }

    /** Texts reported unknown. */
    public List<String> unknown() {
        return rig.call(() -> List.copyOf(unknown));
    }

    /** LSNs of all outcomes in the order in which they came. */
    public List<Long> outcomeLsns() {
        return rig.call(() -> List.copyOf(outcomeLsns));
    }

    /** The most entries that were ever in flight. */
    public int inFlightMost() {
        return rig.call(() -> inFlightMost);
    }

    private record Sent(String text, long lastLsn) {}
}
