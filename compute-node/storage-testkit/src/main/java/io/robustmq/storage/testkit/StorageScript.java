package io.robustmq.storage.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.CoordStore.Versioned;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A random sequence of storage operations, the same for every implementation under one seed, and what each of them answered. Two implementations that are faithful
 * to each other give the same transcript: identifiers and versions are replaced by what they mean. Whatever an implementation may decide for itself (an append to a deleted
 * ledger, closing what somebody else recovers) is left out.
 */
public final class StorageScript {
    private static final String ROOT = "/script";
    private static final int PATHS = 5;

    private final StorageRig rig;
    private final String mark;
    private final SplittableRandom random;
    private final List<String> transcript = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final Map<String, Long> versions = new HashMap<>();
    private CoordStore other;

    private static final class Ledger {
        private final LedgerWriter writer;
        private int entries;
        private boolean fenced;
        private boolean ended;
        private boolean deleted;

        Ledger(LedgerWriter writer) {
            this.writer = writer;
        }
    }

    private StorageScript(StorageRig rig, String mark, long seed) {
        this.rig = rig;
        this.mark = mark;
        this.random = new SplittableRandom(seed);
        this.other = rig.newSession();
    }

    /**
     * Runs the script of a seed.
     *
     * @param mark unique per run on a store that outlives it
     * @return one line per operation
     */
    public static List<String> run(StorageRig rig, String mark, long seed, int operations) {
        StorageScript script = new StorageScript(rig, mark, seed);
        for (int i = 0; i < operations; i++) {
            script.step();
        }
        script.ledgers.forEach(ledger -> ledger.writer.abandon());
        script.other.close();
        return script.transcript;
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0 -> create();
            case 1, 2, 3 -> append();
            case 4 -> close();
            case 5 -> recover();
            case 6, 7 -> read();
            case 8 -> delete();
            case 9 -> list();
            case 10, 11, 12 -> write();
            case 13 -> readNode();
            case 14 -> deleteNode();
            default -> session();
        }
    }

    // ---- ledgers

    private void create() {
        String shard = Integer.toString(random.nextInt(2));
        LedgerWriter writer = rig.await(rig.ledgers().create(LedgerUse.LOG, Map.of("script", mark, "shard", shard)));
        ledgers.add(new Ledger(writer));
        note("create " + (ledgers.size() - 1), "done");
    }

    private Optional<Integer> anyLedger() {
        return ledgers.isEmpty() ? Optional.empty() : Optional.of(random.nextInt(ledgers.size()));
    }

    private void append() {
        anyLedger().ifPresent(index -> {
            Ledger ledger = ledgers.get(index);
            if (ledger.deleted) {
                return;
            }
            CompletableFuture<String> outcome = new CompletableFuture<>();
            String text = "entry " + index + "." + ledger.entries;
            rig.loop().execute(() -> {
                ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
                buffer.writeCharSequence(text, StandardCharsets.UTF_8);
                ledger.writer.append(buffer, (entryId, acknowledged) -> outcome.complete(entryId + " " + acknowledged));
            });
            ledger.entries++;
            note("append " + index, rig.await(outcome));
        });
    }

    private void close() {
        anyLedger().ifPresent(index -> {
            Ledger ledger = ledgers.get(index);
            if (!ledger.ended && !ledger.fenced && !ledger.deleted) {
                ledger.ended = true;
                note("close " + index, answer(ledger.writer.close(), done -> "done"));
            }
        });
    }

    private void recover() {
        anyLedger().ifPresent(index -> {
            Ledger ledger = ledgers.get(index);
            ledger.fenced = true;
            note("recover " + index, answer(rig.ledgers().openAndRecover(ledger.writer.ledgerId()), this::contents));
        });
    }

    private void read() {
        anyLedger()
                .ifPresent(index -> note(
                        "open " + index,
                        answer(rig.ledgers().open(ledgers.get(index).writer.ledgerId()), this::contents)));
    }

    private String contents(LedgerReader reader) {
        try {
            if (reader.lastEntryId() < 0) {
                return "empty";
            }
            long first = random.nextLong(reader.lastEntryId() + 1);
            List<ByteBuf> entries = rig.await(reader.read(first, reader.lastEntryId()));
            String texts = entries.stream()
                    .map(entry -> entry.toString(StandardCharsets.UTF_8))
                    .collect(Collectors.joining(", "));
            entries.forEach(ByteBuf::release);
            return first + ": " + texts;
        } finally {
            reader.close();
        }
    }

    private void delete() {
        anyLedger().ifPresent(index -> {
            Ledger ledger = ledgers.get(index);
            ledger.deleted = true;
            note("delete " + index, answer(rig.ledgers().delete(ledger.writer.ledgerId()), done -> "done"));
        });
    }

    private void list() {
        Map<String, String> labels =
                random.nextBoolean() ? Map.of("script", mark) : Map.of("script", mark, "shard", "1");
        note(
                "list " + labels.size(),
                answer(
                        rig.ledgers().list(labels),
                        found -> found.stream()
                                .map(LedgerInfo::ledgerId)
                                .map(this::indexOf)
                                .sorted()
                                .toList()
                                .toString()));
    }

    private int indexOf(long ledgerId) {
        for (int i = 0; i < ledgers.size(); i++) {
            if (ledgers.get(i).writer.ledgerId() == ledgerId) {
                return i;
            }
        }
        return -1;
    }

    // ---- coordination

    private String anyPath() {
        int node = random.nextInt(PATHS);
        return ROOT + mark + "/" + node % 2 + "/" + node;
    }

    private CoordStore anySession() {
        return random.nextBoolean() ? rig.coordination() : other;
    }

    private void write() {
        String path = anyPath();
        long known = versions.getOrDefault(path, CoordStore.ABSENT);
        long expected = switch (random.nextInt(6)) {
            case 0 -> CoordStore.ABSENT;
            case 1 -> known + 1_000;
            default -> known;
        };
        byte[] value = ("value " + random.nextInt(1000)).getBytes(StandardCharsets.UTF_8);
        note(
                "write " + path.substring(ROOT.length() + mark.length()),
                answer(anySession().compareAndSet(path, value, expected), version -> {
                    versions.put(path, version);
                    return "done";
                }));
    }

    private void readNode() {
        String path = anyPath();
        note(
                "read",
                answer(
                        anySession().get(path),
                        found -> found.map(StorageScript::text).orElse("absent")));
        note("children", answer(anySession().children(ROOT + mark + "/0"), Object::toString));
    }

    private void deleteNode() {
        String path = anyPath();
        long version = versions.getOrDefault(path, 0L) + (random.nextInt(4) == 0 ? 1_000 : 0);
        note("delete node", answer(anySession().delete(path, version), done -> {
            versions.remove(path);
            return "done";
        }));
    }

    private void session() {
        String path = ROOT + mark + "/members/" + random.nextInt(2);
        note("member", answer(other.ephemeral(path, new byte[] {1}), done -> "done"));
        if (random.nextInt(3) == 0) {
            other.close();
            other = rig.newSession();
            rig.until(
                    "members of an ended session vanish",
                    () -> rig.await(rig.coordination().children(ROOT + mark + "/members"))
                            .isEmpty());
            note("session", "new");
        }
    }

    private static String text(Versioned node) {
        return new String(node.bytes(), StandardCharsets.UTF_8);
    }

    // ---- transcript

    private <T> String answer(CompletionStage<T> stage, Function<T, String> told) {
        try {
            return told.apply(rig.await(stage));
        } catch (StorageException e) {
            return e.fault().getClass().getSimpleName();
        }
    }

    private void note(String operation, String answered) {
        transcript.add(operation + " -> " + answered);
    }
}
