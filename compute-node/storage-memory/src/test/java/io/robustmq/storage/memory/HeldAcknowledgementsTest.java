package io.robustmq.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import io.robustmq.storage.testkit.FaultyLedgerStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests hold acknowledgements back; what they release has to come as a ledger would tell it. */
final class HeldAcknowledgementsTest {
    private final List<String> told = new ArrayList<>();

    /** On the caller's thread, so that an append is acknowledged as early as it can be. */
    private final FaultyLedgerStore ledgers = new FaultyLedgerStore(new MemoryLedgerStore(Runnable::run));

    private final LedgerWriter writer =
            ledgers.create(LedgerUse.LOG, Map.of()).toCompletableFuture().join();

    private void append(Runnable then) {
        writer.append(Unpooled.buffer().writeByte(1), (entryId, acknowledged) -> {
            told.add(entryId + (acknowledged ? " committed" : " unknown"));
            then.run();
        });
    }

    @Test
    void whatIsAcknowledgedDuringTheReleaseIsToldAfterWhatWasHeld() {
        ledgers.hold();
        append(() -> append(() -> {}));
        append(() -> {});
        assertThat(ledgers.heldCount()).isEqualTo(2);
        ledgers.releaseHeld();
        assertThat(told).containsExactly("0 committed", "1 committed", "2 committed");
        assertThat(ledgers.heldCount()).isZero();
    }

    @Test
    void whatIsAcknowledgedWhileHeldOnesAreLostIsToldAfterThem() {
        ledgers.hold();
        append(() -> append(() -> {}));
        append(() -> {});
        ledgers.loseHeld();
        assertThat(told).containsExactly("0 unknown", "1 unknown", "2 committed");
    }

    @Test
    void holdingFromWithinTheReleaseHoldsTheRest() {
        ledgers.hold();
        append(ledgers::hold);
        append(() -> {});
        ledgers.releaseHeld();
        assertThat(told).containsExactly("0 committed");
        assertThat(ledgers.heldCount()).isEqualTo(1);
    }
}
