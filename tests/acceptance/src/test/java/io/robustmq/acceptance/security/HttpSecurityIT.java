package io.robustmq.acceptance.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A platform that asks an HTTP service, and limits what clients send and how often they guess. */
class HttpSecurityIT {
    private static final int MESSAGES_PER_SECOND = 50;
    private static final int GUESSES_MAX = 20;

    private static AccessService service;
    private static Broker broker;

    @BeforeAll
    static void start() throws IOException {
        service = new AccessService();
        broker = Brokers.create(
                "http-security",
                "robustmq.security.authentication.chain=http",
                "robustmq.security.http-authentication.url=" + service.url("/who"),
                "robustmq.security.http-authorization.url=" + service.url("/what"),
                "robustmq.security.http-authorization.failures-max=1000",
                "robustmq.security.http-authentication.failures-max=1000",
                "robustmq.security.rates.messages-per-second=" + MESSAGES_PER_SECOND,
                "robustmq.security.guessing.failures-max=" + GUESSES_MAX,
                "robustmq.security.guessing.window=5s");
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        service.close();
    }

    private static Connect ann(Version version, String clientId) {
        return Connect.transientSession(version, clientId).user("ann", "p\"q");
    }

    private static int answer(Connect connect) {
        try (WireClient client = WireClient.attempt(broker.mqttPort(), connect)) {
            return client.connAck().reason();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void serviceDecidesWhoMayConnectAndItsFailureIsARefusal(Version version) {
        Connect connect = Connect.transientSession(version, "who-" + version.word());

        assertThat(answer(ann(version, "who-" + version.word()))).isZero();
        assertThat(answer(connect.user("ann", "other"))).isEqualTo(version.hasProperties() ? 0x86 : 4);
        assertThat(answer(connect.user("nobody", "x"))).isEqualTo(version.hasProperties() ? 0x86 : 4);
        assertThat(answer(connect.user("broken", "x"))).isEqualTo(version.hasProperties() ? 0x88 : 3);
    }

    @Test
    void answersOfTheServiceKeepTheOrderOfPublishesAndAreRemembered() {
        try (WireClient client = WireClient.connect(broker.mqttPort(), ann(Version.V5, "what"))) {
            assertThat(client.subscribe(
                                    Subscription.of("ok/#", 1),
                                    Subscription.of("no/#", 1),
                                    Subscription.of("broken/#", 1))
                            .reasons())
                    .containsExactly(1, 0x87, 0x87);
            int before = service.accessQuestions();
            List<Integer> packetIds = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                String topic = i % 3 == 2 ? "no/" + i % 2 : "ok/" + i % 5;
                packetIds.add(client.publish(Publish.of(topic, "" + i).qos(1)));
            }

            for (int i = 0; i < 30; i++) {
                Ack ack = client.await(Ack.class);
                assertThat(ack.packetId()).isEqualTo(packetIds.get(i));
                assertThat(ack.reason()).isEqualTo(i % 3 == 2 ? 0x87 : 0);
            }
            for (int i = 0; i < 30; i++) {
                if (i % 3 != 2) {
                    assertThat(client.awaitPublish().payload()).isEqualTo("" + i);
                }
            }
            assertThat(service.accessQuestions() - before)
                    .as("one question per topic")
                    .isEqualTo(7);
        }
    }

    @Test
    void willRulesOfTheLoginAndSuperusers() {
        assertThat(answer(ann(Version.V5, "will").will(Will.of("no/will", "x"))))
                .isEqualTo(0x87);
        assertThat(answer(ann(Version.V5, "will").will(Will.of("ok/will", "x"))))
                .isZero();
        try (WireClient listed = WireClient.connect(
                        broker.mqttPort(),
                        Connect.transientSession(Version.V5, "listed").user("listed", "x"));
                WireClient root = WireClient.connect(
                        broker.mqttPort(),
                        Connect.transientSession(Version.V5, "root").user("root", "x"))) {
            assertThat(listed.publishAndAwait(Publish.of("mine/a", "x").qos(1)).reason())
                    .isEqualTo(0x10);
            assertThat(root.publishAndAwait(Publish.of("no/a", "x").qos(2)).reason())
                    .isLessThan(0x80);
        }
    }

    @Test
    void clientIsReadNoFasterThanItMaySend() {
        try (WireClient client = WireClient.connect(
                broker.mqttPort(), Connect.transientSession(Version.V5, "fast").user("root", "x"))) {
            int messages = MESSAGES_PER_SECOND * 3;
            Instant before = Instant.now();
            for (int i = 0; i < messages; i++) {
                client.publish(Publish.of("a", "x"));
            }
            client.ping();

            // A second's worth comes at once, the rest at the rate.
            assertThat(Duration.between(before, Instant.now()))
                    .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(15));
        }
    }

    @Test
    void addressThatGuessesIsNotListenedToForAWhile() {
        Connect wrong = Connect.transientSession(Version.V5, "guess").user("eve", "x");
        Instant deadline = Instant.now().plus(WireClient.PATIENCE);
        int answered = answer(wrong);
        while (answered == 0x86) {
            answered = answer(wrong);
            assertThat(Instant.now()).isBefore(deadline);
        }

        assertThat(answered).isEqualTo(0x9F);
        assertThat(answer(ann(Version.V3_1_1, "right")))
                .as("the right one as well")
                .isEqualTo(3);
        while (answered == 0x9F) {
            answered = answer(ann(Version.V5, "right"));
            assertThat(Instant.now()).as("time for it to end").isBefore(deadline);
        }
        assertThat(answered).isZero();
    }
}
