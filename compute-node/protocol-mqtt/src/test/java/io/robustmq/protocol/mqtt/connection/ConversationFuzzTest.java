package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.security.node.NodeSecurity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes at any point of a connection: each conversation ends in a specified reaction, without an exception above
 * DEBUG, with every buffer released and the session detached once.
 *
 * <p>Conversations are sequences of packets, right ones and wrong ones, in pieces, between which the kernel answers late,
 * delivers, is pressed or ends. What once failed is kept in {@code /fuzz/conversations.txt}, a conversation per line in
 * hexadecimal digits. {@code -Dfuzz.seconds} says how long to look for more, {@code -Dfuzz.inputs} how many
 * conversations at most, {@code -Dfuzz.seed} where to begin.
 */
class ConversationFuzzTest {
    private static final long SECONDS = Long.getLong("fuzz.seconds", 20);
    private static final long INPUTS = Long.getLong("fuzz.inputs", Long.MAX_VALUE);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_125);
    private static final Logger PRODUCT = Logger.getLogger("io.robustmq");

    private final List<LogRecord> stackTraces = new ArrayList<>();
    private final Handler watcher = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            if (logged.getThrown() != null && logged.getLevel().intValue() > Level.FINE.intValue()) {
                stackTraces.add(logged);
            }
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    @BeforeEach
    void watch() {
        PRODUCT.addHandler(watcher);
    }

    @AfterEach
    void unwatch() {
        PRODUCT.removeHandler(watcher);
    }

    static List<String> corpus() {
        InputStream stream = ConversationFuzzTest.class.getResourceAsStream("/fuzz/conversations.txt");
        if (stream == null) {
            throw new IllegalStateException("no corpus");
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void conversationsThatFailedOnceEndWell(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int seed = 0; seed < 50; seed++) {
            converse(bytes, new Random(seed));
        }
    }

    @Test
    void anyConversationEndsInASpecifiedReaction() {
        long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
        long inputs = 0;
        while (inputs < INPUTS && ((inputs & 63) != 0 || System.nanoTime() < deadline)) {
            long seed = SEED + inputs++;
            Random random = new Random(seed);
            byte[] bytes = FuzzBytes.conversation(random);
            try {
                converse(bytes, random);
            } catch (RuntimeException | AssertionError mistake) {
                throw new AssertionError(
                        "seed " + seed + ", conversation " + HexFormat.of().formatHex(bytes), mistake);
            }
        }
        assertThat(inputs).isPositive();
        System.out.println("conversations: " + inputs);
    }

    /** Counts what is handed out, so that leaks are seen at once and not when memory is collected. */
    private static final class CountingAllocator {
        private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true, false);

        ByteBufAllocator allocator() {
            return allocator;
        }

        long usedBytes() {
            return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        }
    }

    private final CountingAllocator buffers = new CountingAllocator();

    private void converse(byte[] bytes, Random random) {
        FakeKernel kernel = new FakeKernel();
        FakeWire wire = new FakeWire(MqttLimits.DEFAULTS);
        MqttLoop loop = new MqttLoop(kernel, MqttSettings.DEFAULTS, NodeSecurity.open(), new Random(1));
        MqttConnection connection = new MqttConnection(loop, wire, buffers.allocator());
        connection.opened();
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        Kernel behaviour = new Kernel(kernel, wire, connection, random);
        while (in.isReadable() && !wire.closed) {
            connection.received(in.readSlice(Math.min(in.readableBytes(), 1 + random.nextInt(60))));
            kernel.loop.tick();
            behaviour.act();
        }
        boolean closed = wire.closed;
        connection.lost();
        connection.lost();
        kernel.loop.tick();

        assertThat(stackTraces).isEmpty();
        assertThat(buffers.usedBytes()).as("bytes of buffers that are left").isZero();
        assertThat(in.refCnt()).isEqualTo(1);
        assertThat(kernel.attachments.size()).isLessThanOrEqualTo(1);
        for (FakeKernel.Attachment attachment : kernel.attachments) {
            assertThat(attachment.detached.size()).isEqualTo(behaviour.ended ? 0 : 1);
        }
        requireLegal(wire.written, bytes, closed);
    }

    /** What the server wrote is MQTT, whole packets of it, in a version that the bytes may be taken for. */
    private static void requireLegal(ByteBuf written, byte[] bytes, boolean closed) {
        ProtocolVersion version = FuzzBytes.versionOf(bytes);
        if (!isLegal(written, version == null ? ProtocolVersion.MQTT_3_1_1 : version)
                && !isLegal(written, ProtocolVersion.MQTT_3_1_1)) {
            throw new AssertionError("written, closed " + closed + ", and not legal: " + ByteBufUtil.hexDump(written));
        }
    }

    private static boolean isLegal(ByteBuf written, ProtocolVersion version) {
        ByteBuf view = written.duplicate();
        try {
            PacketDecoder.ofServerPackets(version, MqttLimits.PACKET_BYTES_CEILING)
                    .decodeRecords(view);
            return !view.isReadable();
        } catch (DecodeFailure _) {
            return false;
        }
    }

    /** A kernel in all its moods: late, quick, delivering, pressed, ending. */
    private static final class Kernel {
        private final FakeKernel kernel;
        private final FakeWire wire;
        private final MqttConnection connection;
        private final Random random;
        private int published;
        private int publishedOnce;
        private int released;
        private int subscribed;
        private int unsubscribed;
        private long deliveries;
        private boolean attached;
        boolean ended;

        Kernel(FakeKernel kernel, FakeWire wire, MqttConnection connection, Random random) {
            this.kernel = kernel;
            this.wire = wire;
            this.connection = connection;
            this.random = random;
        }

        void act() {
            if (kernel.attachments.isEmpty() || wire.closed || ended) {
                return;
            }
            FakeKernel.Attachment session = kernel.last();
            if (!session.detached.isEmpty()) {
                return;
            }
            if (!attached) {
                if (random.nextInt(8) != 0) {
                    attached = true;
                    session.attached(random.nextBoolean());
                }
            } else {
                answer(session);
                // After a detach the kernel calls nothing any more.
                if (session.detached.isEmpty()) {
                    happen(session);
                }
            }
            if (wire.isOpen() && !wire.closed) {
                connection.readingResumed();
                kernel.loop.tick();
            }
        }

        private void answer(FakeKernel.Attachment session) {
            PublishOutcome[] outcomes = PublishOutcome.values();
            while (published < session.published.size() && session.detached.isEmpty() && random.nextInt(4) != 0) {
                FakeKernel.Published next = session.published.get(published++);
                if (next.guarantee() != Guarantee.AT_MOST_ONCE) {
                    session.sink.published(next.token(), outcomes[random.nextInt(64) == 0 ? 3 : random.nextInt(3)]);
                }
            }
            while (publishedOnce < session.publishedOnce.size()
                    && session.detached.isEmpty()
                    && random.nextInt(4) != 0) {
                session.sink.publishedOnce(
                        (int) session.publishedOnce.get(publishedOnce++).token(), outcomes[random.nextInt(3)]);
            }
            while (released < session.released.size() && random.nextInt(4) != 0) {
                session.sink.releasedOnce(session.released.get(released++), random.nextBoolean());
            }
            while (subscribed < session.subscribes.size() && random.nextInt(4) != 0) {
                var asked = session.subscribes.get(subscribed++);
                session.sink.subscribed(
                        asked.token(),
                        asked.what().stream()
                                .map(request -> (SubscribeResult) new SubscribeResult.Granted(request.guarantee()))
                                .toList());
            }
            while (unsubscribed < session.unsubscribes.size() && random.nextInt(4) != 0) {
                var asked = session.unsubscribes.get(unsubscribed++);
                session.sink.unsubscribed(
                        asked.token(),
                        asked.what().stream().map(_ -> random.nextBoolean()).toList());
            }
        }

        private void happen(FakeKernel.Attachment session) {
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> {
                    Guarantee guarantee = Guarantee.of(random.nextInt(3));
                    ByteBuf payload = Unpooled.wrappedBuffer(new byte[random.nextInt(40)]);
                    PublishDraft draft = new PublishDraft()
                            .begin(kernel.intern("topic/number/" + random.nextInt(4)), Guarantee.EXACTLY_ONCE)
                            .payload(payload, 0, payload.readableBytes());
                    session.deliver(
                            guarantee == Guarantee.AT_MOST_ONCE ? 0 : ++deliveries,
                            guarantee,
                            draft,
                            random.nextBoolean(),
                            random.nextInt(3));
                }
                case 3 -> wire.writable = !wire.writable;
                case 4 -> session.pressed = !session.pressed;
                case 5 -> {
                    session.pressed = false;
                    session.sink.relieved();
                }
                case 6 -> {
                    if (random.nextInt(16) == 0) {
                        ended = true;
                        session.sink.closed(io.robustmq.kernel.CloseReason.TAKEN_OVER);
                    }
                }
                case 7 -> connection.writableAgain();
                default -> {
                    // Mostly it is quiet.
                }
            }
        }
    }

    @Test
    void generatorMakesConversationsOfEveryVersionAndLength() {
        boolean[] seen = new boolean[4];
        int live = 0;
        for (int seed = 0; seed < 500; seed++) {
            byte[] bytes = FuzzBytes.conversation(new Random(seed));
            @Nullable ProtocolVersion version = FuzzBytes.versionOf(bytes);
            seen[
                    version == null
                            ? 0
                            : 1 + Arrays.asList(ProtocolVersion.values()).indexOf(version)] = true;
            live += version == null ? 0 : 1;
        }
        assertThat(seen).containsOnly(true);
        assertThat(live).isGreaterThan(300);
    }
}
