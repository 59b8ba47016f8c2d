package io.robustmq.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The disk of a standalone platform fills up under load. Skipped where no file system can be mounted. */
final class DiskFullIT {
    private static final int MEGABYTES = 512;
    private static final String TOPIC = "full/a";
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final Connect READER = Connect.persistentSession(Version.V5, "reader");

    private final Set<Integer> received = new TreeSet<>();

    @Test
    void publishesStopBeforeTheDiskIsFullAndGoOnWhenThereIsRoom() throws Exception {
        try (Broker broker = Brokers.create("disk-stop", "robustmq.disk.check-interval=50ms");
                SmallDisk disk = SmallDisk.mount(broker.dataDirectory(), MEGABYTES)) {
            try {
                broker.start();
                subscribe(broker);
                disk.fillTo(0.7);
                Filler filler = Filler.connect(broker.mqttPort(), TOPIC);
                fillUntilRefused(filler);
                filler.close();
                assertThat(disk.usedRatio()).isBetween(0.84, 0.95);
                publishAsVersion3("999999999 refused", broker.mqttPort());

                broker.kill();
                broker.launch();
                Filler again = filler.again(awaitListening(broker));
                assertThat(again.round(ANSWER)).as("still full after a crash").isEqualTo(Filler.Round.REFUSED);

                drain(broker, again.acknowledged());
                assertThat(received).as("refused, so never delivered").doesNotContain(999_999_999);
                try (WireClient reader = WireClient.connect(broker.mqttPort(), READER)) {
                    assertThat(reader.connAck().sessionPresent()).isTrue();
                    reader.ping();
                    assertThat(reader.publishesReceived())
                            .as("acknowledged by the reader while the disk was full")
                            .isZero();
                    reader.disconnect();
                }

                long pid = broker.pid();
                disk.makeRoom();
                awaitTaken(again);
                assertThat(broker.pid()).as("without a restart").isEqualTo(pid);
                drain(broker, again.acknowledged());
                again.close();
            } finally {
                broker.kill();
            }
        }
    }

    @Test
    void aDiskWithoutAByteLeftEndsTheProcessAndLosesNothingThatWasAcknowledged() throws Exception {
        try (Broker broker = Brokers.create(
                        "disk-full", "robustmq.disk.check-interval=50ms", "robustmq.disk.publish-stop-percent=100");
                SmallDisk disk = SmallDisk.mount(broker.dataDirectory(), MEGABYTES)) {
            try {
                broker.start();
                subscribe(broker);
                Filler filler = Filler.connect(broker.mqttPort(), TOPIC);
                for (int round = 0; round < 50; round++) {
                    assertThat(filler.round(ANSWER)).isEqualTo(Filler.Round.TAKEN);
                }
                long endNanos = System.nanoTime() + RECOVERY.toNanos();
                do {
                    disk.fillWhole();
                    assertThat(System.nanoTime()).as("publishes stop").isLessThan(endNanos);
                } while (filler.round(ANSWER) == Filler.Round.TAKEN);
                filler.close();

                while (broker.running()) {
                    assertThat(System.nanoTime()).as("the process ends").isLessThan(endNanos);
                    LockSupport.parkNanos(20_000_000);
                }
                assertThat(broker.output()).contains("has stopped because it could not write");

                disk.makeRoom();
                broker.launch();
                awaitListening(broker);
                drain(broker, filler.acknowledged());
            } finally {
                broker.kill();
            }
        }
    }

    private static void subscribe(Broker broker) {
        try (WireClient reader = WireClient.connect(broker.mqttPort(), READER)) {
            reader.subscribe(Subscription.of("full/#", 1));
            reader.disconnect();
        }
    }

    private static void fillUntilRefused(Filler filler) {
        Filler.Round round;
        do {
            round = filler.round(ANSWER);
            assertThat(round).isNotEqualTo(Filler.Round.SILENT);
            assertThat(filler.acknowledged()).as("far more than the disk holds").hasSizeLessThan(100_000);
        } while (round == Filler.Round.TAKEN);
        assertThat(filler.acknowledged()).hasSizeGreaterThan(1_000);
    }

    /** MQTT 3 has no negative answer, so the connection ends: an acknowledgement would be a lie. */
    private static void publishAsVersion3(String payload, int port) {
        try (WireClient publisher = WireClient.connect(port, Connect.transientSession(Version.V3_1_1, "old"))) {
            publisher.publish(Publish.of(TOPIC, payload).qos(1));
            publisher.awaitClosed();
            assertThat(publisher.unread()).as("acknowledgements").isEmpty();
        }
    }

    private static int awaitListening(Broker broker) {
        long endNanos = System.nanoTime() + RECOVERY.toNanos();
        while (true) {
            assertThat(broker.running())
                    .as("running; it printed: %s", broker.output())
                    .isTrue();
            assertThat(System.nanoTime())
                    .as("in time; it printed: %s", broker.output())
                    .isLessThan(endNanos);
            WireClient probe = WireClient.tryConnect(broker.mqttPort(), Connect.transientSession(Version.V5, "probe"));
            if (probe != null) {
                probe.close();
                return broker.mqttPort();
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void awaitTaken(Filler filler) {
        long endNanos = System.nanoTime() + RECOVERY.toNanos();
        while (filler.round(ANSWER) != Filler.Round.TAKEN) {
            assertThat(System.nanoTime()).as("publishes go on").isLessThan(endNanos);
        }
    }

    /** Connects the reader until everything that was acknowledged was received, now or before. */
    private void drain(Broker broker, Set<Integer> acknowledged) {
        try (WireClient reader = WireClient.connect(broker.mqttPort(), READER)) {
            assertThat(reader.connAck().sessionPresent())
                    .as("the session is there")
                    .isTrue();
            while (!received.containsAll(acknowledged)) {
                Publish publish = reader.poll(Publish.class, _ -> true, ANSWER);
                if (publish == null) {
                    Set<Integer> missing = new TreeSet<>(acknowledged);
                    missing.removeAll(received);
                    throw new AssertionError(
                            "acknowledged and not delivered: " + missing.size() + " of " + acknowledged.size()
                                    + ", from " + missing.iterator().next());
                }
                received.add(Filler.numberIn(publish.payload()));
            }
            // What was published without an answer may follow; it is no loss if it does not.
            reader.disconnect();
        }
    }
}
