package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboundAliasesTest {
    /** What is left of the topics after the client resolved them, checked against what was meant. */
    private final Map<Integer, String> client = new HashMap<>();

    private final RepeatedTopics topics = new RepeatedTopics();

    private int choose(OutboundAliases aliases, String topic) {
        ByteBuf bytes = Unpooled.copiedBuffer("xyz" + topic, StandardCharsets.UTF_8);
        int alias = aliases.choose(topics.numberOf(bytes, 3, bytes.readableBytes() - 3));
        if (aliases.isKnownToClient()) {
            assertThat(client.get(alias)).isEqualTo(topic);
        } else if (alias != 0) {
            client.put(alias, topic);
        }
        return alias;
    }

    @Test
    void topicThatRepeatsIsToldOnceAndThenKnown() {
        OutboundAliases aliases = new OutboundAliases(4);

        assertThat(choose(aliases, "some/topic/of/it")).isZero();
        assertThat(choose(aliases, "some/topic/of/it")).isPositive();
        assertThat(aliases.isKnownToClient()).isFalse();
        assertThat(choose(aliases, "some/topic/of/it")).isPositive();
        assertThat(aliases.isKnownToClient()).isTrue();
    }

    @Test
    void topicsThatComeOnceGetNone() {
        OutboundAliases aliases = new OutboundAliases(8);

        for (int i = 0; i < 1_000; i++) {
            assertThat(choose(aliases, "topic/number/" + i)).isZero();
        }
    }

    @Test
    void topicsTooShortOrTooLongGetNone() {
        OutboundAliases aliases = new OutboundAliases(8);

        for (int i = 0; i < 10; i++) {
            assertThat(choose(aliases, "a/b")).isZero();
            assertThat(choose(aliases, "x".repeat(RepeatedTopics.TOPIC_BYTES_MAX + 1)))
                    .isZero();
        }
    }

    @Test
    void onlyAliasIsUsedWhenTopicsTakeTurns() {
        OutboundAliases aliases = new OutboundAliases(1);
        int known = 0;

        for (int i = 0; i < 100; i++) {
            choose(aliases, "topic/number/" + i % 2);
            known += aliases.isKnownToClient() ? 1 : 0;
        }

        assertThat(known).isGreaterThan(20);
    }

    @Test
    void aliasMovesToTheTopicThatIsPublishedNow() {
        OutboundAliases aliases = new OutboundAliases(1);
        for (int i = 0; i < 1_000; i++) {
            choose(aliases, "topic/of/yesterday");
        }

        for (int i = 0; i < 40; i++) {
            choose(aliases, "topic/of/today");
        }

        assertThat(aliases.isKnownToClient()).isTrue();
        assertThat(client).containsValue("topic/of/today");
    }

    @Test
    void topicThatWasNotSentIsToldAgain() {
        OutboundAliases aliases = new OutboundAliases(1);
        choose(aliases, "some/topic");
        aliases.forget(choose(aliases, "some/topic"));
        client.clear();

        choose(aliases, "some/topic");
        choose(aliases, "some/topic");

        assertThat(client).containsValue("some/topic");
    }

    @Test
    void lookingForAliasesRestsWhileItDoesNotPay() {
        OutboundAliases aliases = new OutboundAliases(2);
        int awake = 0;
        for (int i = 0; i < 100_000; i++) {
            if (aliases.isAwake()) {
                awake++;
                choose(aliases, "topic/number/" + i % 500);
            }
        }
        assertThat(awake).isBetween(1_000, 10_000);

        int known = 0;
        for (int i = 0; i < 20_000; i++) {
            if (aliases.isAwake()) {
                choose(aliases, "topic/of/today");
                known += aliases.isKnownToClient() ? 1 : 0;
            }
        }
        assertThat(known).isGreaterThan(10_000);
    }

    @Test
    void topicsThatComeOftenKeepTheirNumbersAmongOthersThatComeOnce() {
        long before = numberOf("some/topic/that/comes/often");
        for (int i = 0; i < 100_000; i++) {
            numberOf("once/" + i);
            if (i % 50 == 0) {
                assertThat(numberOf("some/topic/that/comes/often")).isEqualTo(before);
            }
        }
    }

    private long numberOf(String topic) {
        ByteBuf bytes = Unpooled.copiedBuffer(topic, StandardCharsets.UTF_8);
        return topics.numberOf(bytes, 0, bytes.readableBytes());
    }

    @Test
    void clientResolvesEveryAliasToWhatWasMeant() {
        Random random = new Random(7);
        for (int maximum : new int[] {1, 2, 3, 16, 65_535}) {
            client.clear();
            OutboundAliases aliases = new OutboundAliases(maximum);
            int known = 0;
            for (int i = 0; i < 20_000; i++) {
                int hot = random.nextInt(4);
                int alias = choose(
                        aliases, hot == 0 ? "cold/" + random.nextInt(100_000) : "hot/topic/" + random.nextInt(8));
                assertThat(alias).isBetween(0, maximum);
                known += aliases.isKnownToClient() ? 1 : 0;
            }
            assertThat(known).as("with %d aliases", maximum).isGreaterThan(maximum < 16 ? 500 : 8_000);
        }
    }
}
