package io.robustmq.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Kills the process at random moments under load and restarts it on the same data.
 *
 * <p>{@code -Dcrash.rounds=200 -Dcrash.seed=7} runs more rounds, or those of another seed.
 */
final class CrashIT {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 20);
    private static final long SEED = Long.getLong("crash.seed", 1);
    /** Kill without warning, or (for trying out the test on a broker that loses everything then) stop politely. */
    private static final boolean POLITE = Boolean.getBoolean("crash.polite");
    /** Messages the slowest subscriber may be behind; the broker's offline limit must be above. */
    private static final long BACKLOG = Long.getLong("crash.backlog", 3000);

    private static final int RECEIVE_MAXIMUM = Integer.getInteger("crash.receive.maximum", 10);

    private static final Duration RESUME = Duration.ofSeconds(60);
    private static final Duration DRAIN = Duration.ofSeconds(90);

    private final Random random = new Random(SEED);
    private final Verdict verdict = new Verdict();
    private final Weather weather = new Weather();
    private final Broker broker = Brokers.create("crash");
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<InOrder> deliveries = new ArrayList<>();
    private final AtLeastOnce group = new AtLeastOnce();
    private final Wills wills = new Wills(verdict, broker.mqttPort());
    private final RetainedValues retained =
            new RetainedValues(broker.mqttPort(), weather, verdict, new Random(random.nextLong()));
    private int kills;
    private int killsWhileStarting;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws InterruptedException {
        try {
            broker.start();
            createClients();
            settleSubscriptions();
            for (int round = 1; round <= ROUNDS; round++) {
                round(round);
                assertThat(verdict.violations())
                        .as("violations until round %d of seed %d", round, SEED)
                        .isEmpty();
            }
            finish();
            assertThat(verdict.violations()).as("violations with seed %d", SEED).isEmpty();
        } catch (RuntimeException | AssertionError e) {
            broker.diagnose();
            throw e;
        } finally {
            report();
            weather.over();
            for (CrashClient client : everyone()) {
                client.join();
            }
            broker.close();
        }
    }

    private void createClients() {
        publisher(Version.V3_1_1, true, 1);
        publisher(Version.V5, true, 1);
        publisher(Version.V3_1_1, true, 2);
        publisher(Version.V5, true, 2);
        publisher(Version.V5, true, 1, 2);
        publisher(Version.V3_1_1, false, 1);
        for (int qos = 1; qos <= 2; qos++) {
            subscriber(Connect.persistentSession(Version.V3_1_1, "crash-s3-" + qos), "crash/#", qos);
            subscriber(
                    Connect.persistentSession(Version.V5, "crash-s5-" + qos)
                            .with(Property.of(Property.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM)),
                    "crash/+/+",
                    qos);
        }
        for (Version version : List.of(Version.V3_1_1, Version.V5)) {
            Connect connect = Connect.persistentSession(version, "crash-member-" + version.word());
            subscribers.add(new Subscriber(
                    connect,
                    broker.mqttPort(),
                    weather,
                    verdict,
                    new Random(random.nextLong()),
                    Subscription.of("$share/group/crash/#", 1),
                    group));
        }
        subscribers.add(new Subscriber(
                Connect.persistentSession(Version.V5, "crash-wills"),
                broker.mqttPort(),
                weather,
                verdict,
                new Random(random.nextLong()),
                Subscription.of("will/#", 2),
                wills));
    }

    private void publisher(Version version, boolean persistent, int... qualities) {
        String id = "crash-p" + publishers.size();
        List<Stream> streams = new ArrayList<>();
        for (int topic = 0; topic < 2; topic++) {
            for (int qos : qualities) {
                streams.add(new Stream(id, topic, qos));
            }
        }
        publishers.add(new Publisher(
                persistent ? Connect.persistentSession(version, id) : Connect.transientSession(version, id),
                broker.mqttPort(),
                weather,
                verdict,
                new Random(random.nextLong()),
                streams,
                this::backlogIsSmall));
    }

    private void subscriber(Connect connect, String filter, int qos) {
        InOrder application = new InOrder(connect.clientId(), qos, verdict);
        deliveries.add(application);
        subscribers.add(new Subscriber(
                connect,
                broker.mqttPort(),
                weather,
                verdict,
                new Random(random.nextLong()),
                Subscription.of(filter, qos),
                application));
    }

    private List<CrashClient> everyone() {
        List<CrashClient> all = new ArrayList<>(subscribers);
        all.addAll(publishers);
        all.add(retained);
        return all;
    }

    private boolean backlogIsSmall() {
        long slowest = LongStream.concat(deliveries.stream().mapToLong(InOrder::total), LongStream.of(group.total()))
                .min()
                .orElse(0);
        return verdict.published.sum() - slowest < BACKLOG;
    }

    /** Every subscription is answered before the first message is published. */
    private void settleSubscriptions() {
        weather.up();
        subscribers.forEach(CrashClient::start);
        await("subscribed", () -> subscribers.stream().allMatch(Subscriber::subscribed), RESUME);
        publishers.forEach(CrashClient::start);
        retained.start();
    }

    private void round(int round) {
        wills.connect(round);
        weather.up();
        await("every client connected", () -> everyone().stream().allMatch(CrashClient::isConnected), RESUME);
        long load = 100L + random.nextInt(1400);
        boolean over = weather.await(weather::isOver, Duration.ofMillis(load));
        assertThat(over).isFalse();
        wills.killing();
        end();
        weather.down();
        await("every client knows", () -> everyone().stream().noneMatch(CrashClient::isConnected), RESUME);
        if (random.nextInt(4) == 0) {
            killWhileStarting();
        }
        broker.start();
        wills.comeBack();
        retained.check(broker.mqttPort());
    }

    private void end() {
        if (POLITE) {
            broker.stop();
        } else {
            broker.kill();
            kills++;
        }
    }

    private void killWhileStarting() {
        broker.launch();
        boolean over = weather.await(weather::isOver, Duration.ofMillis(random.nextInt(3000)));
        assertThat(over).isFalse();
        end();
        killsWhileStarting++;
    }

    private void finish() {
        weather.up();
        weather.stopProducing();
        boolean acknowledged =
                weather.await(() -> publishers.stream().allMatch(Publisher::finished) && retained.finished(), DRAIN);
        if (!acknowledged) {
            verdict.violation("some publishes were not acknowledged in " + DRAIN);
        }
        BooleanSupplier delivered =
                () -> deliveries.stream().allMatch(delivery -> delivery.total() >= verdict.published.sum());
        boolean complete = weather.await(
                () -> delivered.getAsBoolean() && group.total() >= verdict.published.sum() && wills.complete(), DRAIN);
        if (!complete) {
            listWhatIsMissing();
        }
        retained.check(broker.mqttPort());
    }

    private void listWhatIsMissing() {
        for (Publisher publisher : publishers) {
            for (Stream stream : publisher.streams()) {
                for (int i = 0; i < deliveries.size(); i++) {
                    long missing = deliveries.get(i).missing(stream);
                    if (missing > 0) {
                        verdict.violation(subscribers.get(i).id() + ": " + missing + " of " + stream.published()
                                + " of " + stream.name() + " never came");
                    }
                }
                if (group.missing(stream) > 0) {
                    verdict.violation("group: " + group.missing(stream) + " of " + stream.name() + " never came");
                }
            }
        }
        for (String will : wills.missing()) {
            verdict.violation(will + ": never fired");
        }
    }

    private void await(String what, BooleanSupplier condition, Duration patience) {
        if (!weather.await(condition, patience)) {
            verdict.violation(what + ": not in " + patience);
        }
    }

    /** Lost in the sense of the report: published, acknowledged in the end, and missing at some subscriber. */
    private long lost() {
        long lost = 0;
        for (Publisher publisher : publishers) {
            for (Stream stream : publisher.streams()) {
                for (InOrder delivery : deliveries) {
                    lost += delivery.missing(stream);
                }
                lost += group.missing(stream);
            }
        }
        return lost;
    }

    private void report() {
        System.out.printf(
                "crash: rounds=%d kills=%d whileStarting=%d seed=%d published=%d acknowledged=%d delivered=%d "
                        + "duplicates(qos1)=%d lost=%d qos2Duplicates=%d sessionsResumed=%d wills=%d "
                        + "retainedChecked=%d refusals=%d violations=%d%n",
                ROUNDS,
                kills,
                killsWhileStarting,
                SEED,
                verdict.published.sum(),
                verdict.acknowledged.sum(),
                verdict.delivered.sum(),
                verdict.duplicatesQos1.sum(),
                lost(),
                verdict.duplicatesQos2.sum(),
                verdict.sessionsResumed.sum(),
                verdict.willsFired.sum(),
                verdict.retainedChecked.sum(),
                verdict.refusals.sum(),
                verdict.violations().size());
    }
}
