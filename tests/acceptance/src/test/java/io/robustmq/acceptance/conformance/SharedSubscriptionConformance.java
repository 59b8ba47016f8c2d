package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code $share/group/filter}, for clients of every version. */
@ExtendWith(SharedBroker.class)
final class SharedSubscriptionConformance {
    private final Scene scene;

    SharedSubscriptionConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private Subscription shared(String group, String rest, int qos) {
        return Subscription.of("$share/" + group + "/" + scene.topic(rest), qos);
    }

    @ParameterizedTest
    @CsvSource({"V3_1_1, 0", "V3_1_1, 1", "V5, 0", "V5, 1"})
    void everyMessageGoesToOneMemberAndEveryMemberGetsSome(Version version, int qos) {
        List<WireClient> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(scene.subscriber(version, shared("g", "t/#", qos)));
        }
        WireClient ordinary = scene.subscriber(version, Subscription.of(scene.topic("t/#"), 1));
        WireClient publisher = scene.publisher(version);

        for (int i = 0; i < 60; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t/" + i % 7), Integer.toString(i)).qos(1));
        }

        List<String> all = IntStream.range(0, 60).mapToObj(Integer::toString).toList();
        assertThat(ordinary.awaitPublishes(60)).extracting(Publish::payload).containsExactlyInAnyOrderElementsOf(all);
        List<String> received = new ArrayList<>();
        while (received.size() < 60) {
            for (WireClient member : members) {
                Publish publish = member.poll(Publish.class, _ -> true, Duration.ofMillis(50));
                if (publish != null) {
                    received.add(publish.payload());
                    assertThat(publish.qos()).isEqualTo(qos);
                }
            }
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(all);
        members.forEach(WireClient::ping);
        assertThat(members).allSatisfy(member -> {
            assertThat(member.unread()).isEmpty();
            assertThat(member.publishesReceived()).as("a fair share").isBetween(5L, 40L);
        });
    }

    @Test
    void groupsGetTheirOwnCopies() {
        WireClient first = scene.subscriber(Version.V5, shared("g1", "t", 1));
        WireClient second = scene.subscriber(Version.V3_1_1, shared("g2", "t", 1));

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(first.awaitPublish(scene.topic("t")).payload()).isEqualTo("x");
        assertThat(second.awaitPublish(scene.topic("t")).payload()).isEqualTo("x");
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1_1", "V5"})
    void unacknowledgedMessagesOfALostMemberGoToAnother(Version version) {
        WireClient holder = scene.connectWithoutAcknowledging(Connect.transientSession(version, scene.id("holder")));
        holder.subscribe(shared("g", "t", 1));
        WireClient publisher = scene.publisher(version);
        for (String payload : List.of("a", "b", "c")) {
            publisher.publishAndAwait(Publish.of(scene.topic("t"), payload).qos(1));
        }
        List<Publish> held = holder.awaitPublishes(3);
        holder.send(Ack.of(Ack.Kind.PUBACK, held.getFirst().packetId()).toBytes());
        holder.ping();
        WireClient heir = scene.subscriber(version, shared("g", "t", 1));

        holder.abort();

        assertThat(heir.awaitPublishes(2)).extracting(Publish::payload).containsExactlyInAnyOrder("b", "c");
        scene.assertNothingBeforeMarker(heir, publisher, scene.topic("t"));
    }

    @Test
    void memberThatUnsubscribesGetsNothingMore() {
        WireClient leaver = scene.subscriber(Version.V5, shared("g", "t", 1), Subscription.of(scene.topic("m"), 1));
        WireClient stayer = scene.subscriber(Version.V5, shared("g", "t", 1));
        WireClient publisher = scene.publisher(Version.V5);

        assertThat(leaver.unsubscribe("$share/g/" + scene.topic("t")).reasons()).containsExactly(0);
        for (int i = 0; i < 10; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(1));
        }

        assertThat(stayer.awaitPublishes(10)).hasSize(10);
        scene.assertNothingBeforeMarker(leaver, publisher, scene.topic("m"));
    }

    @Test
    @Tag("MQTT5-4.8.2-3")
    void membersMayBeAnyMixOfVersionsAndQualities() {
        WireClient newer = scene.subscriber(Version.V5, shared("g", "t", 1));
        WireClient older = scene.subscriber(Version.V3_1_1, shared("g", "t", 0));
        WireClient publisher = scene.publisher(Version.V5);

        for (int i = 0; i < 20; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(1));
        }

        Set<String> received = new HashSet<>();
        while (received.size() < 20) {
            for (WireClient member : List.of(newer, older)) {
                Publish publish = member.poll(Publish.class, _ -> true, Duration.ofMillis(50));
                if (publish != null) {
                    assertThat(publish.qos())
                            .as("MQTT5-4.8.2-3: the member's own granted QoS")
                            .isEqualTo(member == newer ? 1 : 0);
                    received.add(publish.payload());
                }
            }
        }
        assertThat(received).hasSize(20);
    }

    @Test
    void qos2MessagesReachTheGroup() {
        WireClient member = scene.client(Version.V5, "m");
        SubAck answer = member.subscribe(shared("g", "t", 2));
        int granted = answer.reasons().getFirst();
        assertThat(granted).isBetween(0, 2);

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(2));

        assertThat(member.awaitPublish().qos()).isEqualTo(granted);
    }

    @Test
    void retainedMessagesAreNotSentToANewMember() {
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "kept").qos(1).retained());

        WireClient member = scene.subscriber(Version.V5, shared("g", "t", 1));

        scene.assertNothingBeforeMarker(member, publisher, scene.topic("t"));
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "").qos(1).retained());
    }

    @Test
    void subscriptionIdentifierComesWithSharedMessages() {
        WireClient member = scene.client(Version.V5, "m");
        member.subscribe(Properties.of(Property.of(Property.SUBSCRIPTION_IDENTIFIER, 77)), shared("g", "t", 1));

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(member.awaitPublish().properties().numbers(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactly(77L);
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1_1", "V5"})
    void membershipOfAPersistentSessionSurvivesItsConnection(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("m"));
        WireClient before = scene.connect(connect);
        before.subscribe(shared("g", "t", 1));
        before.disconnect();
        WireClient publisher = scene.publisher(version);

        WireClient after = scene.connect(connect);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(after.awaitPublish().payload()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share//t", "$share/a+b/t", "$share/a#/t", "$share/g", "$share/g/"})
    @Tag("MQTT5-4.8.2-1")
    @Tag("MQTT5-4.8.2-2")
    void malformedShareNamesAreRefused(String filter) {
        WireClient client = scene.client(Version.V5, "a");

        client.send(client.subscribeBytes(1, Properties.NONE, Subscription.of(filter, 1)));

        SubAck answer = client.poll(SubAck.class, _ -> true, WireClient.PATIENCE);
        if (answer == null) {
            client.awaitClosed();
        } else {
            assertThat(answer.reasons().getFirst()).isGreaterThanOrEqualTo(0x80);
        }
    }
}
