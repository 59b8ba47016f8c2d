package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescingWriterTest {

    private static final WriteLimits LIMITS = new WriteLimits(4096, 1024, 512, 64, 1024, 1_000_000_000L);

    private final HandLoop loop = new HandLoop();
    private final LoopFigures figures = new LoopFigures();
    private final List<String> events = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void flush(ChannelHandlerContext context) {
            events.add("flush");
            context.flush();
        }
    });
    private final CoalescingWriter writer =
            new CoalescingWriter(channel, loop, figures, LIMITS, () -> events.add("writable"));

    @AfterEach
    void giveEverythingBack() {
        writer.release();
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private String written() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.append(next.toString(StandardCharsets.US_ASCII));
            next.release();
        }
        return all.toString();
    }

    @Test
    void allPacketsOfATickLeaveInOneFlush() {
        writer.reserve(3).writeBytes(new byte[] {'a', 'b', 'c'});
        writer.append(bytes("def"));
        writer.reserve(1).writeByte('g');
        assertThat(writer.pendingBytes()).isEqualTo(7);
        assertThat(events).isEmpty();

        loop.tick();

        assertThat(events).containsExactly("flush");
        assertThat(written()).isEqualTo("abcdefg");
        assertThat(figures.flushes().get()).isEqualTo(1);
        assertThat(figures.writtenBytes().get()).isEqualTo(7);
        assertThat(writer.pendingBytes()).isZero();
    }

    @Test
    void aTickWithoutOutputDoesNotTouchTheSocket() {
        loop.tick();
        writer.reserve(10);
        loop.tick();
        assertThat(events).isEmpty();
    }

    @Test
    void orderIsKeptAcrossBuffersAndSharedPayloads() {
        Random random = new Random(7);
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String text = String.valueOf((char) ('a' + i % 26)).repeat(1 + random.nextInt(1500));
            ByteBuf payload = bytes(text);
            writer.append(payload);
            payload.release();
            expected.append(text);
            if (random.nextInt(8) == 0) {
                loop.tick();
                actual.append(written());
            }
        }
        loop.tick();
        actual.append(written());
        assertThat(actual.toString()).isEqualTo(expected.toString());
    }

    @Test
    void smallPayloadsAreCopiedAndLargeOnesShared() {
        ByteBuf small = bytes("s".repeat(511));
        ByteBuf large = bytes("l".repeat(512));
        writer.append(small);
        writer.append(large);
        assertThat(small.refCnt()).isEqualTo(1);
        assertThat(large.refCnt()).isEqualTo(2);
        assertThat(large.readerIndex()).isZero();
        loop.tick();
        assertThat(written()).hasSize(1023);
        assertThat(large.refCnt()).isEqualTo(1);
        small.release();
        large.release();
    }

    @Test
    void overTheHighMarkItIsNotWritableUntilDrained() {
        writer.append(bytes("x".repeat(500)));
        assertThat(writer.writable()).isTrue();
        for (int i = 0; i < 9; i++) {
            writer.append(bytes("x".repeat(500)));
        }
        assertThat(writer.writable()).isFalse();
        loop.tick();
        assertThat(events).containsExactly("flush", "writable");
        assertThat(writer.writable()).isTrue();
        assertThat(written()).hasSize(5000);
    }

    @Test
    void whatIsWrittenAfterClosingGoesNowhere() {
        writer.append(bytes("last"));
        writer.closeWhenWritten();
        writer.append(bytes("late"));
        writer.closeWhenWritten();
        loop.tick();
        channel.runPendingTasks();
        assertThat(written()).isEqualTo("last");
        assertThat(channel.isOpen()).isFalse();
        writer.append(bytes("later"));
        loop.tick();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }

    @Test
    void releaseReturnsTheBufferAndTheSharedPayloads() {
        ByteBuf large = bytes("l".repeat(2000));
        writer.append(bytes("s"));
        ByteBuf buffer = writer.reserve(1);
        assertThat(buffer.refCnt()).isEqualTo(1);
        writer.release();
        assertThat(buffer.refCnt()).isZero();
        writer.append(large);
        loop.tick();
        assertThat(large.refCnt()).isEqualTo(1);
        large.release();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }

    @Test
    void aQuietConnectionGoesBackToSmallBuffers() {
        byte[] packet = ByteBufUtil.getBytes(bytes("p".repeat(60)));
        for (int i = 0; i < 100; i++) {
            writer.reserve(packet.length).writeBytes(packet);
        }
        int busyCapacity = writer.reserve(1).capacity();
        loop.tick();
        for (int i = 0; i < 10; i++) {
            writer.reserve(2).writeShort(0xD000);
            loop.tick();
        }
        assertThat(busyCapacity).isEqualTo(LIMITS.bufferBytesMax());
        assertThat(writer.reserve(1).capacity()).isEqualTo(LIMITS.bufferBytesMin());
        assertThat(written()).hasSize(6000 + 20);
    }
}
