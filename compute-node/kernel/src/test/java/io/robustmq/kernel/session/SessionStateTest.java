package io.robustmq.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionStateTest {
    private final LsnMap<MessageRow> rows = new LsnMap<>();
    private final SessionState session = new SessionState(1, new SessionKey(0, "s"));
    private final List<FilterStream> streams = new ArrayList<>();
    private long lsn = 1;

    private void subscribe(int count) {
        for (int i = 0; i < count; i++) {
            FilterStream stream = new FilterStream("t/" + streams.size());
            Subscription one = new Subscription(
                    session,
                    new SubscribeRequest(
                            stream.pattern(), Guarantee.AT_LEAST_ONCE, false, false, LastValues.DO_NOT_SEND, 0, null),
                    lsn);
            stream.join(one);
            session.streamed().add(one);
            streams.add(stream);
        }
    }

    private void publish(List<FilterStream> matched) {
        MessageRow row = new MessageRow(++lsn, 0, 1, 10);
        rows.put(lsn, row);
        for (FilterStream stream : matched) {
            stream.subscribers().forEach(one -> session.appending(one, stream, row.lsn));
            stream.append(row.lsn);
        }
    }

    @Test
    void aMessageCostsTheStreamsItIsInHoweverManyTheSessionHas() {
        subscribe(10_000);
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            publish(List.of(streams.get(random.nextInt(streams.size())), streams.get(0)));
        }
        long assigned = 0;
        MessageRow row;
        while ((row = session.peek(rows, Long.MAX_VALUE)) != null) {
            assertThat(session.assign(row)).isEqualTo(++assigned);
        }
        assertThat(assigned).isEqualTo(1000);
        assertThat(session.mergeSteps()).as("steps for 1000 messages").isBetween(1000L, 30_000L);
    }

    @Test
    void messagesComeInLogOrderWithAllTheirSubscriptionsWhateverIsDeadOrLookedAtBetween() {
        Random random = new Random(2);
        subscribe(20);
        List<Long> expected = new ArrayList<>();
        List<Integer> expectedMatches = new ArrayList<>();
        List<Long> got = new ArrayList<>();
        List<Integer> matches = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            List<FilterStream> matched = new ArrayList<>();
            for (FilterStream stream : streams) {
                if (random.nextInt(12) == 0) {
                    matched.add(stream);
                }
            }
            if (!matched.isEmpty()) {
                publish(matched);
                if (random.nextInt(10) == 0) {
                    rows.remove(lsn);
                    streams.forEach(stream -> stream.trim(rows));
                } else {
                    expected.add(lsn);
                    expectedMatches.add(matched.size());
                }
            }
            while (random.nextInt(3) == 0) {
                MessageRow row = session.peek(rows, lsn - random.nextInt(5));
                if (row != null && random.nextBoolean()) {
                    got.add(row.lsn);
                    matches.add(session.matched().size());
                    session.assign(row);
                }
            }
        }
        MessageRow row;
        while ((row = session.peek(rows, Long.MAX_VALUE)) != null) {
            got.add(row.lsn);
            matches.add(session.matched().size());
            session.assign(row);
        }
        assertThat(got).isEqualTo(expected);
        assertThat(matches).isEqualTo(expectedMatches);
    }
}
