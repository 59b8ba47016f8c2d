package io.robustmq.acceptance.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pair of ordinary clients that exchange QoS 1 messages, one after the other, all the time. It dies of a lost
 * connection, a lost message or one that took too long.
 */
final class Canary implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int FURTHER = 5;

    private final WireClient publisher;
    private final WireClient subscriber;
    private final Thread thread;
    private final AtomicReference<@Nullable Throwable> death = new AtomicReference<>();
    private final List<Duration> latencies = new ArrayList<>();
    private volatile boolean closing;

    Canary(int port, String name) {
        subscriber = WireClient.connect(port, Connect.transientSession(Version.V5, name + "-listens"));
        subscriber.subscribe(Subscription.of(name, 1));
        publisher = WireClient.connect(port, Connect.transientSession(Version.V3_1_1, name + "-sings"));
        thread = Thread.ofPlatform().daemon().name(name).start(this::sing);
    }

    private void sing() {
        try {
            for (int i = 0; !closing; i++) {
                long begin = System.nanoTime();
                publisher.publishAndAwait(
                        Publish.of(subscriberTopic(), Integer.toString(i)).qos(1));
                assertThat(subscriber.awaitPublish().payload()).isEqualTo(Integer.toString(i));
                synchronized (latencies) {
                    latencies.add(Duration.ofNanos(System.nanoTime() - begin));
                    latencies.notifyAll();
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (RuntimeException | AssertionError e) {
            death.set(e);
        } finally {
            synchronized (latencies) {
                latencies.notifyAll();
            }
        }
    }

    private String subscriberTopic() {
        return Thread.currentThread().getName();
    }

    /** Lets it sing on for a few exchanges, then fails unless all succeeded and none took longer than the limit. */
    void assertAlive(Duration limit) {
        try {
            synchronized (latencies) {
                int enough = latencies.size() + FURTHER;
                while (latencies.size() < enough && thread.isAlive()) {
                    latencies.wait(WireClient.PATIENCE.toMillis());
                }
            }
            closing = true;
            assertThat(thread.join(WireClient.PATIENCE)).as("canary ended").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        Throwable cause = death.get();
        if (cause != null) {
            throw new AssertionError("the canary died", cause);
        }
        synchronized (latencies) {
            assertThat(latencies).as("exchanges").hasSizeGreaterThanOrEqualTo(FURTHER);
            assertThat(latencies).as("round trips").allMatch(latency -> latency.compareTo(limit) <= 0);
        }
    }

    @Override
    public void close() {
        closing = true;
        publisher.close();
        subscriber.close();
    }
}
