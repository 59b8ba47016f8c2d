package io.robustmq.leaks;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Collects garbage after each test class and fails the class when Netty finds buffers that nobody released.
 *
 * <p>A buffer that leaks while the class is still reachable (a static field, a running event loop) is reported with a
 * later class; the recorded accesses say where it came from.
 */
public final class LeakCheck implements AfterAllCallback {
    private static final long COLLECTION_TIMEOUT_MILLIS = 5_000;

    static {
        RecordingLeakDetector.install();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        boolean nested = context.getRequiredTestClass().getEnclosingClass() != null;
        if (nested || ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            return;
        }
        List<String> leaks = find();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers leaked:\n" + String.join("\n", leaks));
        }
    }

    /** Runs the collector and returns what Netty then reports. */
    static List<String> find() throws InterruptedException {
        // References are handed over in no fixed order; when those of the second collection arrive, the first are
        // there.
        collectGarbage();
        collectGarbage();
        // Taking a buffer makes the detector look at what was collected.
        PooledByteBufAllocator.DEFAULT.buffer(1).release();
        return RecordingLeakDetector.takeReports();
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        Reference<Object> canary = new PhantomReference<>(new Object(), collected);
        try {
            System.gc();
            if (collected.remove(COLLECTION_TIMEOUT_MILLIS) == null) {
                throw new IllegalStateException("the collector did not run");
            }
        } finally {
            Reference.reachabilityFence(canary);
        }
    }
}
