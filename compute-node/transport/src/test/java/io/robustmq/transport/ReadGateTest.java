package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadGateTest {

    private final HandLoop loop = new HandLoop();
    private final LoopFigures figures = new LoopFigures();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Runnable> onResume = new ArrayList<>();
    private int resumed;
    private final ReadGate gate = new ReadGate(channel, loop, figures, () -> {
        resumed++;
        onResume.forEach(Runnable::run);
    });

    @Test
    void readingRestsUntilTheLastReasonIsGone() {
        gate.shut(PauseReason.KERNEL_PRESSED);
        gate.shut(PauseReason.OUTBOUND_FULL);
        gate.shut(PauseReason.OUTBOUND_FULL);
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(figures.paused(PauseReason.OUTBOUND_FULL).get()).isEqualTo(1);

        gate.open(PauseReason.OUTBOUND_FULL);
        loop.tick();
        assertThat(gate.isOpen()).isFalse();
        assertThat(resumed).isZero();

        gate.open(PauseReason.KERNEL_PRESSED);
        assertThat(resumed).as("never from within open").isZero();
        loop.tick();
        assertThat(resumed).isEqualTo(1);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(figures.paused(PauseReason.KERNEL_PRESSED).get()).isZero();
    }

    @Test
    void anOwnerThatShutsTheGateWhileGoingOnKeepsTheSocketPaused() {
        onResume.add(() -> gate.shut(PauseReason.LIMIT));
        gate.shut(PauseReason.LIMIT);
        gate.open(PauseReason.LIMIT);
        loop.tick();
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(gate.isShutFor(PauseReason.LIMIT)).isTrue();
    }

    @Test
    void aGateThatShutsAgainBeforeTheTickDoesNotResume() {
        gate.shut(PauseReason.LIMIT);
        gate.open(PauseReason.LIMIT);
        gate.shut(PauseReason.KERNEL_PRESSED);
        loop.tick();
        assertThat(resumed).isZero();
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void aGoneConnectionIsNotCountedAsPaused() {
        gate.shut(PauseReason.KERNEL_PRESSED);
        gate.shut(PauseReason.LIMIT);
        gate.release();
        for (PauseReason reason : PauseReason.values()) {
            assertThat(figures.paused(reason).get()).isZero();
        }
    }
}
