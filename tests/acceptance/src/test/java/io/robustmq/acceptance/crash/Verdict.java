package io.robustmq.acceptance.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What went wrong, and the counts of what happened. Any thread may write. */
final class Verdict {
    private static final int KEPT = 40;

    final LongAdder published = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder duplicatesQos1 = new LongAdder();
    final LongAdder duplicatesQos2 = new LongAdder();
    final LongAdder sessionsResumed = new LongAdder();
    final LongAdder retainedChecked = new LongAdder();
    final LongAdder willsFired = new LongAdder();
    final LongAdder refusals = new LongAdder();

    private final List<String> violations = new ArrayList<>();
    private long violationCount;

    synchronized void violation(String what) {
        violationCount++;
        if (violations.size() < KEPT) {
            violations.add(what);
        }
    }

    synchronized List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        if (violationCount > all.size()) {
            all.add("... and " + (violationCount - all.size()) + " more");
        }
        return all;
    }
}
