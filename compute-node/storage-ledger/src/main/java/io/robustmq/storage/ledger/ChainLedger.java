package io.robustmq.storage.ledger;

import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import org.jspecify.annotations.Nullable;

/** What the owner knows of one ledger of its chain. Owned by the home loop of the shard. */
final class ChainLedger {
    final long ledgerId;
    long firstLsn;
    long lastEntryId = -1;
    ShardRecord.LinkState state;
    /** Present from takeover to the end of replay. */
    @Nullable LedgerReader reader;

    ChainLedger(long ledgerId, long firstLsn, ShardRecord.LinkState state) {
        this.ledgerId = ledgerId;
        this.firstLsn = firstLsn;
        this.state = state;
    }

    ShardRecord.Link link() {
        return new ShardRecord.Link(ledgerId, firstLsn, state);
    }

    void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
