package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.inspect.RetainedMessage;
import io.robustmq.kernel.inspect.RetainedPortion;
import io.robustmq.kernel.inspect.RouteInfo;
import io.robustmq.kernel.inspect.SessionInfo;
import io.robustmq.kernel.inspect.SessionPortion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class NodeInspectionTest {
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
    private static final long FOREVER = AttachRequest.NEVER_EXPIRES;

    private static <R> R answer(KernelRig rig, CompletionStage<R> asked) {
        rig.settle();
        return asked.toCompletableFuture().join();
    }

    private static Map<String, SessionInfo> sessions(KernelRig rig) {
        Map<String, SessionInfo> all = new TreeMap<>();
        for (int shard = 0; shard < rig.kernel.inspection().shards(); shard++) {
            long from = 0;
            while (from != SessionPortion.END) {
                SessionPortion portion = answer(rig, rig.kernel.inspection().sessions(shard, from, _ -> true));
                portion.sessions().forEach(one -> all.put(one.key().name(), one));
                from = portion.next();
            }
        }
        return all;
    }

    private static SessionInfo required(Map<String, SessionInfo> all, String name) {
        SessionInfo found = all.get(name);
        if (found == null) {
            throw new AssertionError("no session " + name);
        }
        return found;
    }

    private static List<RetainedMessage> retained(KernelRig rig, String pattern, int max) {
        List<RetainedMessage> all = new ArrayList<>();
        for (int shard = 0; shard < rig.kernel.inspection().shards(); shard++) {
            Optional<String> after = Optional.of("");
            while (after.isPresent()) {
                RetainedPortion portion =
                        answer(rig, rig.kernel.inspection().retained(shard, pattern, after.orElseThrow(), max));
                assertThat(portion.messages()).hasSizeLessThanOrEqualTo(max);
                all.addAll(portion.messages());
                after = portion.next();
            }
        }
        return all;
    }

    @Test
    void aWalkTellsEveryDurableSessionWithWhatItHolds() {
        try (KernelRig rig = new KernelRig()) {
            for (int i = 0; i < 3000; i++) {
                rig.attach(i % 2, "s" + i, false, FOREVER).session();
                if (i % 100 == 0) {
                    rig.settle();
                }
            }
            TestClient away = rig.attach(0, "away", false, 60_000);
            away.subscribe("t/#", Q1);
            away.join("g", "t/+");
            rig.settle();
            away.session().detach(Detach.BROKEN);
            rig.attach(1, "pub", true, 0).publish("t/1", "one", Q1);
            rig.settle();

            Map<String, SessionInfo> all = sessions(rig);
            assertThat(all).hasSize(3001).doesNotContainKey("pub");
            assertThat(required(all, "s17").attached()).isTrue();
            SessionInfo told = required(all, "away");
            assertThat(told.attached()).isFalse();
            assertThat(told.expiryMillis()).isEqualTo(60_000);
            assertThat(told.pendingMessages()).isEqualTo(1);
            assertThat(told.subscriptions())
                    .extracting(SubscribeRequest::pattern, SubscribeRequest::group)
                    .containsExactlyInAnyOrder(tuple("t/#", null), tuple("t/+", "g"));
            assertThat(answer(rig, rig.kernel.inspection().session(new SessionKey(0, "away"))))
                    .contains(told);
            assertThat(answer(rig, rig.kernel.inspection().session(new SessionKey(0, "nobody"))))
                    .isEmpty();
        }
    }

    @Test
    void lastValuesComeInPortionsAlsoFromRuns() {
        KernelOptions d = KernelOptions.DEFAULTS;
        try (KernelRig rig = new KernelRig(d)) {
            TestClient publisher = rig.attach(0, "pub", true, 0);
            for (int i = 0; i < 300; i++) {
                publisher.publish("keep/" + i + "/x", "v" + i, Q1, true);
                publisher.publish("other/" + i, "o", Q1, true);
            }
            rig.settle();
            rig.crash();
            List<RetainedMessage> all = retained(rig, "keep/+/x", 50);
            assertThat(all).hasSize(300).extracting(RetainedMessage::name).doesNotHaveDuplicates();
            assertThat(all).allSatisfy(one -> {
                assertThat(one.message().view().name()).isEqualTo(one.name());
                assertThat(one.message().view().payloadLength()).isPositive();
            });
            assertThat(answer(rig, rig.kernel.inspection().retained("keep/7/x")))
                    .map(RetainedMessage::name)
                    .contains("keep/7/x");
            assertThat(answer(rig, rig.kernel.inspection().retained("keep/none")))
                    .isEmpty();
        }
    }

    @Test
    void aPatternThatIsNoneIsRefusedToWhoAsked() {
        try (KernelRig rig = new KernelRig()) {
            CompletionStage<RetainedPortion> asked =
                    rig.kernel.inspection().retained(0, "a/" + "+/".repeat(2000), "", 1);
            rig.settle();
            assertThatThrownBy(() -> asked.toCompletableFuture().join())
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            rig.attach(0, "alive", false, FOREVER);
            rig.settle();
            assertThat(sessions(rig)).containsKey("alive");
        }
    }

    @Test
    void routesAndAttachmentsTellWhoWantsWhat() {
        try (KernelRig rig = new KernelRig()) {
            TestClient one = rig.attach(1, "one", true, 0);
            one.subscribe("a/+", Q1);
            one.join("g", "b/#");
            rig.settle();
            List<RouteInfo> routes = new ArrayList<>();
            rig.kernel.inspection().routes(routes::add);
            assertThat(routes).extracting(RouteInfo::pattern).containsExactlyInAnyOrder("a/+", "b/#");
            assertThat(routes.stream()
                            .filter(route -> route.pattern().equals("a/+"))
                            .findFirst()
                            .orElseThrow()
                            .loops())
                    .containsExactly(1);
            assertThat(rig.kernel.inspection().isWanted("a/x")).isTrue();
            assertThat(rig.kernel.inspection().isWanted("x")).isFalse();
            assertThat(one.session().describe().subscriptions())
                    .extracting(SubscribeRequest::pattern)
                    .containsExactly("a/+", "b/#");
            one.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(one.session().describe().subscriptions()).isEmpty();
        }
    }
}
