package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnansweredPublishesTest {
    private final UnansweredPublishes unanswered = new UnansweredPublishes();

    @Test
    void answersLeaveInTheOrderOfArrival() {
        long first = unanswered.add(11, false, 100);
        long second = unanswered.add(12, false, 50);

        unanswered.answer(second, ReasonCode.SUCCESS);
        assertThat(unanswered.hasNext()).isFalse();
        unanswered.answer(first, ReasonCode.NO_MATCHING_SUBSCRIBERS);

        assertThat(unanswered.packetId()).isEqualTo(11);
        assertThat(unanswered.reason()).isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
        unanswered.remove();
        assertThat(unanswered.packetId()).isEqualTo(12);
        assertThat(unanswered.bytes()).isEqualTo(50);
        unanswered.remove();
        assertThat(unanswered.size()).isZero();
        assertThat(unanswered.bytes()).isZero();
    }

    @Test
    void repeatedExactlyOnceIsAnsweredTwice() {
        unanswered.add(7, true, 1);
        unanswered.add(7, true, 1);

        assertThat(unanswered.answerOnce(7, ReasonCode.SUCCESS)).isTrue();
        assertThat(unanswered.answerOnce(7, ReasonCode.SUCCESS)).isTrue();
        assertThat(unanswered.answerOnce(7, ReasonCode.SUCCESS)).isFalse();
        assertThat(unanswered.once()).isTrue();
    }

    @Test
    void secondAnswerToTheSamePublishIsAMistake() {
        long token = unanswered.add(1, false, 1);
        unanswered.answer(token, ReasonCode.SUCCESS);

        assertThatThrownBy(() -> unanswered.answer(token, ReasonCode.SUCCESS))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> unanswered.answer(token + 1, ReasonCode.SUCCESS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsTheOrderWhateverTheOrderOfAnswers(long seed) {
        Random random = new Random(seed);
        List<Long> waiting = new ArrayList<>();
        int added = 0;
        int taken = 0;
        while (taken < 5_000) {
            int burst = random.nextInt(40);
            for (int i = 0; i < burst; i++) {
                waiting.add(unanswered.add(1 + added++ % 65_535, false, 3));
            }
            Collections.shuffle(waiting, random);
            int answers = random.nextInt(waiting.size() + 1);
            for (int i = 0; i < answers; i++) {
                unanswered.answer(waiting.removeLast(), ReasonCode.SUCCESS);
            }
            while (unanswered.hasNext()) {
                assertThat(unanswered.packetId()).isEqualTo(1 + taken++ % 65_535);
                unanswered.remove();
            }
            assertThat(unanswered.size()).isEqualTo(added - taken);
            assertThat(unanswered.bytes()).isEqualTo(3L * (added - taken));
        }
    }
}
