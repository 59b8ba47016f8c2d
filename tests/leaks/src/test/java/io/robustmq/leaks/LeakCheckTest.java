package io.robustmq.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
    @Test
    void forgottenBufferIsReportedOnce() throws InterruptedException {
        forgetOneBuffer();

        assertThat(LeakCheck.find()).hasSize(1).first().asString().contains("forgetOneBuffer");
        assertThat(LeakCheck.find()).isEmpty();
    }

    @Test
    void releasedBufferIsNotReported() throws InterruptedException {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        buffer.writeLong(1);
        buffer.release();

        assertThat(LeakCheck.find()).isEmpty();
    }

    private static void forgetOneBuffer() {
        PooledByteBufAllocator.DEFAULT.directBuffer(64).writeLong(1);
    }
}
