package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.shard.ShardAudit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random commands, crashes and lost answers: what the log decides is the same before and after, and every message is counted as often as it is needed. */
class RandomNodeTest {
    private static final String[] NAMES = {"a/b", "a/c", "b/c", "d"};
    private static final String[] PATTERNS = {"a/+", "a/b", "#", "+/c", "d"};

    private final List<TestClient> clients = new ArrayList<>();
    private Random random = new Random(0);

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String one(String[] of) {
        return of[random.nextInt(of.length)];
    }

    private Guarantee guarantee() {
        return Guarantee.of(random.nextInt(3));
    }

    private static KernelOptions options(int flushRecords) {
        KernelOptions d = KernelOptions.DEFAULTS;
        return new KernelOptions(
                d.nameCacheEntries(),
                8,
                200,
                d.backlogMessagesMax(),
                d.backlogBytesMax(),
                20,
                d.subscriptionsMax(),
                d.retainedMax(),
                d.delayedMax(),
                d.entryTargetBytes(),
                d.pressedBytes(),
                d.flushBytes(),
                flushRecords,
                d.flushAgeMillis(),
                d.tailFactor(),
                15,
                3,
                2000,
                KernelRule.ALL);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 6, 7})
    void stateAfterACrashIsTheStateBefore(long seed) {
        random = new Random(seed);
        try (KernelRig rig = new KernelRig(options(5 + random.nextInt(60)))) {
            for (int round = 0; round < 8; round++) {
                for (int step = 0; step < 60; step++) {
                    step(rig);
                    if (random.nextInt(3) == 0) {
                        rig.settle();
                        ShardAudit.check(rig.kernel);
                    }
                }
                rig.settle();
                assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
                if (random.nextInt(3) == 0) {
                    rig.loseAnswersOf(() -> step(rig));
                } else if (random.nextBoolean()) {
                    rig.crash();
                    clients.clear();
                } else {
                    clients.forEach(client -> client.session().detach(Detach.BROKEN));
                    clients.clear();
                    rig.pass(1);
                    ShardAudit.check(rig.kernel);
                    List<String> before = ShardAudit.dump(rig.kernel);
                    rig.crash();
                    assertThat(ShardAudit.dump(rig.kernel))
                            .as("seed %d round %d", seed, round)
                            .isEqualTo(before);
                }
                rig.pass(1);
                clients.removeIf(client -> client.closed != null || !client.attached);
                ShardAudit.check(rig.kernel);
            }
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }

    private void step(KernelRig rig) {
        clients.removeIf(client -> client.closed != null || !client.attached);
        if (clients.isEmpty() || random.nextInt(20) == 0) {
            attach(rig);
            return;
        }
        TestClient client = one(clients);
        switch (random.nextInt(24)) {
            case 0, 1 ->
                client.subscribe(new SubscribeRequest(
                        one(PATTERNS),
                        guarantee(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        one(List.of(LastValues.values())),
                        random.nextInt(3),
                        null));
            case 2 -> client.join("g" + random.nextInt(2), one(PATTERNS));
            case 3 ->
                client.session()
                        .unsubscribe(
                                9,
                                List.of(new GroupPattern(
                                        one(PATTERNS), random.nextBoolean() ? "" : "g" + random.nextInt(2))));
            case 4, 5, 6, 7, 8, 9, 10, 11 ->
                client.publish(
                        one(NAMES),
                        random.nextInt(8) == 0 ? "" : "m" + random.nextInt(1000),
                        guarantee(),
                        random.nextInt(4) == 0);
            case 12, 13, 14 ->
                client.session()
                        .publishOnce(
                                1 + random.nextInt(10),
                                client.draft(one(NAMES), "once", Guarantee.EXACTLY_ONCE)
                                        .lastValue(random.nextInt(4) == 0)
                                        .expiresAtMillis(
                                                random.nextInt(3) == 0
                                                        ? rig.loop.wallMillis() + random.nextInt(500)
                                                        : Long.MAX_VALUE));
            case 15 -> client.session().releaseOnce(1 + random.nextInt(10));
            case 16, 17, 18, 19, 20 -> settle(client);
            case 21 -> client.settlesAtOnce = !client.settlesAtOnce;
            case 22 -> rig.pass(random.nextInt(300));
            default -> {
                client.session().detach(random.nextBoolean() ? Detach.BROKEN : new Detach(true, Detach.KEEP_EXPIRY));
                clients.remove(client);
            }
        }
    }

    private void settle(TestClient client) {
        if (client.ids.isEmpty()) {
            return;
        }
        long id = one(client.ids);
        if (id != 0) {
            client.session().settle(id, one(List.of(Settlement.values())));
        }
    }

    private void attach(KernelRig rig) {
        long[] expiries = {0, 500, AttachRequest.NEVER_EXPIRES};
        String name = "c" + random.nextInt(5);
        AttachRequest parting =
                rig.withParting(name, 0, random.nextInt(3) == 0 ? one(NAMES) : null, random.nextInt(400));
        TestClient client = rig.attach(
                random.nextInt(2),
                new AttachRequest(
                        new SessionKey(0, name),
                        random.nextInt(4) == 0,
                        expiries[random.nextInt(3)],
                        1 + random.nextInt(12),
                        1 << 20,
                        parting.parting()));
        client.settlesAtOnce = random.nextBoolean();
        clients.add(client);
    }
}
