package io.robustmq.storage.ledger;

import io.robustmq.storage.Claim;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code /shards/<id>}: who owns the shard and which ledgers are its log. Written only by the owner's log, by compare-and-set.
 *
 * @param claim the owner
 * @param chain ledgers of the log, oldest first
 * @param condemned ledgers that left the chain and are to be deleted
 * @param manifest where the newest manifest stands, in a ledger of the chain
 * @param flushedLsn of the newest checkpoint, 0 if there never was one
 * @param start where replay starts, null as long as the chain is empty
 */
record ShardRecord(
        Claim claim,
        List<Link> chain,
        List<Condemned> condemned,
        @Nullable Position manifest,
        long flushedLsn,
        @Nullable Start start) {

    /** The first LSN of a ledger that entered the chain ahead of its first entry. */
    static final long UNKNOWN_LSN = 0;

    private static final int MAGIC = 0x52535244;
    private static final byte FORMAT = 1;

    ShardRecord {
        Objects.requireNonNull(claim, "claim");
        chain = List.copyOf(chain);
        condemned = List.copyOf(condemned);
    }

    static ShardRecord first(Claim claim) {
        return new ShardRecord(claim, List.of(), List.of(), null, 0, null);
    }

    static String path(ShardId shard) {
        return "/shards/" + shard.value();
    }

    ShardRecord claimedBy(Claim other) {
        return new ShardRecord(other, chain, condemned, manifest, flushedLsn, start);
    }

    /** Whether somebody other than {@code mine} holds the shard and {@code mine} must give way. */
    boolean outranks(Claim mine) {
        return claim.epoch() > mine.epoch()
                || (claim.epoch() == mine.epoch() && !claim.incarnation().equals(mine.incarnation()));
    }

    /**
     * @param ledgerId of the ledger
     * @param firstLsn LSN of its first record, {@link #UNKNOWN_LSN} if nothing is known to be in it yet
     * @param state how it was closed, if it was
     */
    record Link(long ledgerId, long firstLsn, LinkState state) {}

    /** What is known for certain about a ledger of the chain. */
    enum LinkState {
        /** It may have a writer; a takeover must fence it. */
        OPEN(0),
        /** Its writer closed it. */
        CLOSED(1),
        /** It was closed by recovery; a former writer may still believe in it. */
        RECOVERED(2);

        private final byte code;

        LinkState(int code) {
            this.code = (byte) code;
        }

        private static LinkState of(byte code) {
            for (LinkState state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            throw damaged("names the unknown ledger state " + code);
        }
    }

    /**
     * @param ledgerId of the ledger
     * @param notBeforeMillis wall clock before which it must not be deleted
     */
    record Condemned(long ledgerId, long notBeforeMillis) {}

    /** An entry. */
    record Position(long ledgerId, long entryId) {}

    /**
     * @param ledgerId first ledger of the chain to be replayed
     * @param entryId first entry in it
     * @param lsn at which that entry starts
     */
    record Start(long ledgerId, long entryId, long lsn) {}

    byte[] encode() {
        byte[] incarnation = claim.incarnation().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(64 + incarnation.length + chain.size() * 17 + condemned.size() * 16 + 48);
        out.putInt(MAGIC).put(FORMAT).putLong(claim.epoch());
        out.putShort((short) incarnation.length).put(incarnation);
        out.putLong(flushedLsn);
        out.putInt(chain.size());
        for (Link link : chain) {
            out.putLong(link.ledgerId).putLong(link.firstLsn).put(link.state.code);
        }
        out.putInt(condemned.size());
        for (Condemned ledger : condemned) {
            out.putLong(ledger.ledgerId).putLong(ledger.notBeforeMillis);
        }
        out.put((byte) ((manifest != null ? 1 : 0) | (start != null ? 2 : 0)));
        if (manifest != null) {
            out.putLong(manifest.ledgerId).putLong(manifest.entryId);
        }
        if (start != null) {
            out.putLong(start.ledgerId).putLong(start.entryId).putLong(start.lsn);
        }
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        out.putInt((int) crc.getValue());
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** Fails with {@link StorageFault.Damaged}. */
    static ShardRecord decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < 32 || in.getInt() != MAGIC) {
            throw damaged("is not a shard record");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        if ((int) crc.getValue() != in.getInt(bytes.length - 4)) {
            throw damaged("has a wrong checksum");
        }
        byte format = in.get();
        if (format != FORMAT) {
            throw damaged("has format " + format + ", this version reads " + FORMAT);
        }
        long epoch = in.getLong();
        byte[] incarnation = new byte[in.getShort() & 0xffff];
        in.get(incarnation);
        long flushedLsn = in.getLong();
        int links = in.getInt();
        List<Link> chain = new ArrayList<>(links);
        for (int i = 0; i < links; i++) {
            chain.add(new Link(in.getLong(), in.getLong(), LinkState.of(in.get())));
        }
        int condemnedCount = in.getInt();
        List<Condemned> condemned = new ArrayList<>(condemnedCount);
        for (int i = 0; i < condemnedCount; i++) {
            condemned.add(new Condemned(in.getLong(), in.getLong()));
        }
        int present = in.get();
        Position manifest = (present & 1) != 0 ? new Position(in.getLong(), in.getLong()) : null;
        Start start = (present & 2) != 0 ? new Start(in.getLong(), in.getLong(), in.getLong()) : null;
        return new ShardRecord(
                new Claim(epoch, new String(incarnation, StandardCharsets.UTF_8)),
                chain,
                condemned,
                manifest,
                flushedLsn,
                start);
    }

    private static StorageException damaged(String what) {
        return new StorageException(new StorageFault.Damaged("the record of a shard " + what));
    }
}
