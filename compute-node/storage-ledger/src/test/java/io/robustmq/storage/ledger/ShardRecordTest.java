package io.robustmq.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.storage.Claim;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.ShardRecord.Condemned;
import io.robustmq.storage.ledger.ShardRecord.Link;
import io.robustmq.storage.ledger.ShardRecord.LinkState;
import io.robustmq.storage.ledger.ShardRecord.Position;
import io.robustmq.storage.ledger.ShardRecord.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShardRecordTest {
    private static final ShardRecord FULL = new ShardRecord(
            new Claim(1L << 40, "pod-1/ä"),
            List.of(
                    new Link(7, 1, LinkState.RECOVERED),
                    new Link(9, 100, LinkState.CLOSED),
                    new Link(12, ShardRecord.UNKNOWN_LSN, LinkState.OPEN)),
            List.of(new Condemned(3, 0), new Condemned(4, 1_700_000_000_000L)),
            new Position(9, 5),
            90,
            new Start(7, 2, 80));

    @Test
    void aRecordIsReadAsItWasWritten() {
        assertThat(ShardRecord.decode(FULL.encode())).isEqualTo(FULL);
        ShardRecord first = ShardRecord.first(new Claim(1, ""));
        assertThat(ShardRecord.decode(first.encode())).isEqualTo(first);
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] bytes = FULL.encode();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertDamaged(damaged);
        }
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] bytes = FULL.encode();
        for (int length = 0; length < bytes.length; length++) {
            assertDamaged(java.util.Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void higherEpochsAndEqualEpochsOfOthersOutrank() {
        ShardRecord record = ShardRecord.first(new Claim(5, "a"));
        assertThat(record.outranks(new Claim(4, "b"))).isTrue();
        assertThat(record.outranks(new Claim(5, "b"))).isTrue();
        assertThat(record.outranks(new Claim(5, "a"))).isFalse();
        assertThat(record.outranks(new Claim(6, "b"))).isFalse();
    }

    private static void assertDamaged(byte[] bytes) {
        assertThatThrownBy(() -> ShardRecord.decode(bytes))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.fault()).isInstanceOf(StorageFault.Damaged.class));
    }
}
