package io.robustmq.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilterStreamTest {
    @Test
    void positionsStayWhatTheyAreWhileTheHeadIsTrimmed() {
        Random random = new Random(5);
        FilterStream stream = new FilterStream("t");
        LsnMap<MessageRow> rows = new LsnMap<>();
        List<Long> all = new ArrayList<>();
        long lsn = 0;
        for (int i = 0; i < 5_000; i++) {
            lsn += 1 + random.nextInt(3);
            all.add(lsn);
            rows.put(lsn, new MessageRow(lsn, 0, 1, 10));
            stream.append(lsn);
            if (random.nextInt(3) == 0) {
                rows.remove(all.get(random.nextInt(all.size())));
            }
            if (random.nextInt(500) == 0) {
                rows.clear();
            }
            stream.trim(rows);
            assertThat(stream.endPosition()).isEqualTo(all.size());
            for (long at = stream.firstPosition();
                    at < Math.min(stream.endPosition(), stream.firstPosition() + 5);
                    at++) {
                assertThat(stream.lsnAt(at)).isEqualTo(all.get((int) at));
            }
            for (int first = (int) stream.firstPosition() - 1;
                    first >= 0 && first >= stream.firstPosition() - 5;
                    first--) {
                assertThat(rows.containsKey(all.get(first))).isFalse();
            }
            long some = all.get(random.nextInt(all.size()));
            assertThat(stream.contains(some)).isEqualTo(all.indexOf(some) >= stream.firstPosition());
            assertThat(stream.positionAfter(some)).isEqualTo(Math.max(stream.firstPosition(), all.indexOf(some) + 1));
        }
    }
}
