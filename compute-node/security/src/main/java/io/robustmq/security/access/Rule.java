package io.robustmq.security.access;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One line of what is allowed and denied.
 *
 * @param effect what it says
 * @param who whom it speaks of
 * @param actions what they do
 * @param qualities with which qualities of service, 0..2
 * @param retain with which retain flag; empty for both; a subscription has none and is meant by both
 * @param topics on which topics
 */
public record Rule(
        Effect effect,
        Who who,
        Set<Action> actions,
        Set<Integer> qualities,
        Optional<Boolean> retain,
        List<TopicPattern> topics) {
    /** All qualities of service. */
    public static final Set<Integer> ANY_QUALITY = Set.of(0, 1, 2);

    public Rule {
        Objects.requireNonNull(effect, "effect");
        Objects.requireNonNull(who, "who");
        Objects.requireNonNull(retain, "retain");
        actions = Set.copyOf(actions);
        qualities = Set.copyOf(qualities);
        topics = List.copyOf(topics);
        if (actions.isEmpty() || qualities.isEmpty() || topics.isEmpty()) {
            throw new IllegalArgumentException("a rule needs an action, a quality of service and a topic");
        }
        if (!ANY_QUALITY.containsAll(qualities)) {
            throw new IllegalArgumentException("a quality of service must be 0, 1 or 2: " + qualities);
        }
    }

    /** Whether it speaks of this. */
    boolean means(Subject subject, AccessRequest request) {
        return actions.contains(request.action())
                && qualities.contains(request.qos())
                && (retain.isEmpty() || request.action() == Action.SUBSCRIBE || retain.get() == request.retain())
                && who.includes(subject)
                && meansTopic(subject, request);
    }

    private boolean meansTopic(Subject subject, AccessRequest request) {
        for (TopicPattern topic : topics) {
            boolean means = switch (request.action()) {
                case PUBLISH -> topic.meansTopic(request.topic(), subject, effect);
                case SUBSCRIBE -> topic.meansFilter(request.topic(), subject, effect);
            };
            if (means) {
                return true;
            }
        }
        return false;
    }
}
