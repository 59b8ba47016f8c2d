package io.robustmq.storage.ledger;

import io.robustmq.storage.Loop;
import io.robustmq.storage.ledger.ShardRecord.Condemned;
import io.robustmq.storage.ledger.ShardRecord.LinkState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ledgers that left the chain and wait for their deletion. They stay in the shard's record until they are gone, so a crash forgets none and shortens no
 * wait. A ledger that its own writer closed goes at once; one closed by recovery stays as long as a former writer could still be believed, because
 * bookies forget a fence together with the ledger and would then accept that writer's entries again.
 *
 * <p>Owned by the home loop of the shard.
 */
final class CondemnedLedgers {
    private static final Logger LOG = LoggerFactory.getLogger(CondemnedLedgers.class);

    private final LedgerStore ledgers;
    private final Loop loop;
    private final LedgerLogOptions options;
    private final List<Condemned> waiting;
    private final Map<Long, Loop.Timer> timers = new HashMap<>();
    private boolean stopped;

    CondemnedLedgers(LedgerStore ledgers, Loop loop, LedgerLogOptions options, List<Condemned> waiting) {
        this.ledgers = ledgers;
        this.loop = loop;
        this.options = options;
        this.waiting = new ArrayList<>(waiting);
    }

    /** What is to be written about ledgers that leave the chain. */
    List<Condemned> sentence(List<ChainLedger> leaving) {
        List<Condemned> sentenced = new ArrayList<>();
        for (ChainLedger ledger : leaving) {
            boolean wait = ledger.state == LinkState.RECOVERED && options.obeys(ChainRule.KEEP_FENCED_LEDGERS);
            sentenced.add(new Condemned(
                    ledger.ledgerId, wait ? loop.wallMillis() + options.recoveredLedgerRetentionMillis() : 0));
        }
        return sentenced;
    }

    /** All that wait, and {@code more}. */
    List<Condemned> with(List<Condemned> more) {
        List<Condemned> all = new ArrayList<>(waiting);
        all.addAll(more);
        return all;
    }

    /** Begins to delete, once the record without these ledgers is confirmed. */
    void carryOut(List<Condemned> confirmed) {
        waiting.addAll(confirmed);
        for (Condemned ledger : waiting) {
            if (!timers.containsKey(ledger.ledgerId())) {
                long millis = Math.clamp(
                        ledger.notBeforeMillis() - loop.wallMillis(), 0, options.recoveredLedgerRetentionMillis());
                later(ledger, millis * 1_000_000L, 0);
            }
        }
    }

    void stop() {
        stopped = true;
        timers.values().forEach(Loop.Timer::cancel);
        timers.clear();
    }

    private void later(Condemned ledger, long nanos, int attempt) {
        timers.put(ledger.ledgerId(), loop.after(nanos, () -> delete(ledger, attempt)));
    }

    private void delete(Condemned ledger, int attempt) {
        if (stopped) {
            return;
        }
        Result.on(loop, ledgers.delete(ledger.ledgerId()), result -> {
            if (stopped) {
                return;
            }
            switch (result) {
                case Result.Done<Void> _ -> {
                    waiting.remove(ledger);
                    timers.remove(ledger.ledgerId());
                }
                case Result.Failed<Void>(var fault) -> {
                    LOG.debug("ledger={} reason=\"{}\" not deleted yet", ledger.ledgerId(), fault.reason());
                    later(ledger, options.retryNanos(attempt), attempt + 1);
                }
            }
        });
    }
}
