package io.robustmq.kernel.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The consumers that have credit, and the choice among them. */
abstract sealed class Selection {

    /** @param random needed for {@link SelectionStrategy#RANDOM} only */
    static Selection of(SelectionStrategy strategy, @Nullable RandomGenerator random) {
        return switch (strategy) {
            case ROUND_ROBIN -> new InTurn(true);
            case STICKY -> new InTurn(false);
            case LEAST_LOADED -> new LeastLoaded();
            case RANDOM -> {
                if (random == null) {
                    throw new IllegalArgumentException("random selection without a source of randomness");
                }
                yield new AtRandom(random);
            }
        };
    }

    abstract boolean isEmpty();

    /** Adds a consumer that has got credit. */
    abstract void add(Consumer consumer);

    /** Takes out a consumer whose credit is used up or who leaves. */
    abstract void remove(Consumer consumer);

    /** Who is next; null if nobody has credit. */
    abstract @Nullable Consumer choose();

    /** A queue of consumers: who waits longest is first. */
    private abstract static sealed class Waiting extends Selection {
        @Nullable Consumer first;

        @Nullable Consumer last;

        @Override
        final boolean isEmpty() {
            return first == null;
        }

        @Override
        final void add(Consumer consumer) {
            consumer.before = last;
            consumer.after = null;
            if (last == null) {
                first = consumer;
            } else {
                last.after = consumer;
            }
            last = consumer;
        }

        @Override
        final void remove(Consumer consumer) {
            Consumer before = consumer.before;
            Consumer after = consumer.after;
            if (before == null) {
                first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.before = before;
            }
            consumer.before = null;
            consumer.after = null;
        }

        final void moveToEnd(Consumer consumer) {
            if (consumer != last) {
                remove(consumer);
                add(consumer);
            }
        }
    }

    private static final class InTurn extends Waiting {
        private final boolean rotate;

        InTurn(boolean rotate) {
            this.rotate = rotate;
        }

        @Override
        @Nullable Consumer choose() {
            Consumer chosen = first;
            if (chosen != null && rotate) {
                moveToEnd(chosen);
            }
            return chosen;
        }
    }

    private static final class LeastLoaded extends Waiting {
        @Override
        @Nullable Consumer choose() {
            Consumer chosen = null;
            for (Consumer each = first; each != null; each = each.after) {
                if (chosen == null || each.unsettled() < chosen.unsettled()) {
                    chosen = each;
                }
            }
            if (chosen != null) {
                moveToEnd(chosen);
            }
            return chosen;
        }
    }

    private static final class AtRandom extends Selection {
        private final RandomGenerator random;
        private final List<Consumer> consumers = new ArrayList<>();

        AtRandom(RandomGenerator random) {
            this.random = random;
        }

        @Override
        boolean isEmpty() {
            return consumers.isEmpty();
        }

        @Override
        void add(Consumer consumer) {
            consumer.place = consumers.size();
            consumers.add(consumer);
        }

        @Override
        void remove(Consumer consumer) {
            Consumer moved = consumers.removeLast();
            if (moved != consumer) {
                consumers.set(consumer.place, moved);
                moved.place = consumer.place;
            }
        }

        @Override
        @Nullable Consumer choose() {
            return consumers.isEmpty() ? null : consumers.get(random.nextInt(consumers.size()));
        }
    }
}
