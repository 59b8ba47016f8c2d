package io.robustmq.security.access;

import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in force now: rules, perhaps an external authoriser, and what holds when nobody says anything. Any thread; a
 * change is seen by every later decision, remembered ones included.
 *
 * <p>The order: a superuser may everything; then the rules that came with the proof of identity; then the rules of the
 * node, first match; then topics of the server itself ({@code $SYS}), which are closed but for {@link #OPEN_SYSTEM_TOPICS};
 * then the external authoriser; then the default.
 */
public final class AccessPolicy {
    private static final Logger log = LoggerFactory.getLogger(AccessPolicy.class);

    /** What everybody may subscribe below {@code $SYS} unless a rule denies it. */
    public static final List<String> OPEN_SYSTEM_TOPICS = List.of(
            "$SYS/brokers",
            "$SYS/brokers/+/version",
            "$SYS/brokers/+/uptime",
            "$SYS/brokers/+/datetime",
            "$SYS/brokers/+/sysdescr");

    /** What holds when nobody says anything. */
    public enum Default {
        /** Denied once there is a rule or an external authoriser, else allowed. */
        AUTO,
        ALLOW,
        DENY
    }

    /**
     * One state of the policy; immutable.
     *
     * @param ruled whether anything restricts clients at all
     * @param rules those of the node
     * @param authorizer asked when no rule speaks; null for nobody
     * @param otherwise what holds when nobody says anything
     */
    record Snapshot(
            boolean ruled, List<Rule> rules, @Nullable Authorizer authorizer, Effect otherwise) {}

    private final SecurityCounters counters;
    private final Default otherwise;
    private final @Nullable Authorizer authorizer;
    private volatile Snapshot snapshot;

    /** Without rules at first; {@code ruled} whether that denies, because there is a source of rules that is empty now. */
    public AccessPolicy(SecurityCounters counters, Default otherwise, @Nullable Authorizer authorizer) {
        this.counters = counters;
        this.otherwise = otherwise;
        this.authorizer = authorizer;
        this.snapshot = make(List.of(), false);
    }

    /**
     * Puts rules in force instead of those before.
     *
     * @param configured whether somebody set rules; then even none of them denies by default
     */
    public void replaceRules(List<Rule> rules, boolean configured) {
        snapshot = make(rules, configured);
    }

    /** The rules of the node in force. */
    public List<Rule> rules() {
        return snapshot.rules();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    private Snapshot make(List<Rule> rules, boolean configured) {
        boolean ruled = configured || authorizer != null || otherwise == Default.DENY;
        Effect effect = switch (otherwise) {
            case AUTO -> ruled ? Effect.DENY : Effect.ALLOW;
            case ALLOW -> Effect.ALLOW;
            case DENY -> Effect.DENY;
        };
        return new Snapshot(ruled, List.copyOf(rules), authorizer, effect);
    }

    /** Decides by what is known here. */
    Decision decide(Snapshot state, Subject subject, AccessRequest request) {
        if (subject.superuser()) {
            return Decision.ALLOWED;
        }
        counters.count(SecurityEvent.ACCESS_DECIDED);
        for (Rule rule : subject.ownRules()) {
            if (rule.means(subject, request)) {
                return decision(rule.effect());
            }
        }
        for (Rule rule : state.rules()) {
            if (rule.means(subject, request)) {
                return decision(rule.effect());
            }
        }
        if (request.topic().startsWith("$SYS")) {
            return systemTopic(state, subject, request);
        }
        return state.authorizer() == null ? decision(state.otherwise()) : Decision.UNDECIDED;
    }

    /** Whoever sits at the machine of a node without rules is its operator. */
    private static Decision systemTopic(Snapshot state, Subject subject, AccessRequest request) {
        boolean open = (!state.ruled() && subject.address().isLoopbackAddress())
                || (request.action() == Action.SUBSCRIBE
                        && OPEN_SYSTEM_TOPICS.stream()
                                .anyMatch(filter -> TopicPattern.covers(filter, request.topic())));
        return open ? Decision.ALLOWED : Decision.DENIED;
    }

    /** Decides, asking whoever has to be asked. Never {@link Decision#UNDECIDED}; never exceptional. */
    public CompletionStage<Decision> ask(Subject subject, AccessRequest request) {
        Snapshot state = snapshot();
        Decision here = decide(state, subject, request);
        Authorizer outside = state.authorizer();
        if (here != Decision.UNDECIDED || outside == null) {
            return CompletableFuture.completedStage(here);
        }
        counters.count(SecurityEvent.ACCESS_ASKED);
        CompletionStage<Optional<Effect>> answer;
        try {
            answer = outside.authorize(subject, request);
        } catch (RuntimeException broken) {
            answer = CompletableFuture.failedStage(broken);
        }
        return answer.handle((effect, failure) -> {
            if (failure != null || effect == null) {
                counters.count(SecurityEvent.ACCESS_UNAVAILABLE);
                log.debug("An operation could not be authorised and is denied", failure);
                return Decision.DENIED;
            }
            return decision(effect.orElse(state.otherwise()));
        });
    }

    private static Decision decision(Effect effect) {
        return effect == Effect.ALLOW ? Decision.ALLOWED : Decision.DENIED;
    }
}
