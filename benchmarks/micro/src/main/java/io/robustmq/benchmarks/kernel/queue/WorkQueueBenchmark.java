package io.robustmq.benchmarks.kernel.queue;

import io.robustmq.kernel.queue.Checkout;
import io.robustmq.kernel.queue.CheckoutMark;
import io.robustmq.kernel.queue.Consumer;
import io.robustmq.kernel.queue.Outcome;
import io.robustmq.kernel.queue.QueueOptions;
import io.robustmq.kernel.queue.Verdict;
import io.robustmq.kernel.queue.WorkQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One message through a queue of three consumers: enqueued, given out, accepted; {@code backlog} others stay behind it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1)
public class WorkQueueBenchmark {

    /** Messages that wait. */
    @Param({"0", "1000000"})
    public int backlog;

    private final WorkQueue queue = new WorkQueue(QueueOptions.DEFAULTS);
    private long lsn;

    /** Adds consumers and the backlog. */
    @Setup
    public void fill() {
        for (int i = 0; i < backlog; i++) {
            lsn += 3;
            queue.applyEnqueued(lsn);
        }
        for (int i = 0; i < 3; i++) {
            queue.addConsumer("consumer" + i, 1000);
        }
    }

    /** The whole way of a message. */
    @Benchmark
    public Outcome throughTheQueue() {
        lsn += 3;
        queue.applyEnqueued(lsn);
        CheckoutMark mark = queue.markToLog();
        if (mark != null) {
            queue.applyMark(mark);
        }
        Checkout next = queue.nextCheckout();
        if (next == null) {
            throw new IllegalStateException("nothing to give out");
        }
        Consumer consumer = next.consumer();
        Outcome outcome = queue.settle(consumer, next.lsn(), Verdict.ACCEPT);
        queue.applySettled(next.lsn());
        queue.credit(consumer, 1);
        return outcome;
    }
}
