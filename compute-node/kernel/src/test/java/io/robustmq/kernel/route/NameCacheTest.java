package io.robustmq.kernel.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Name;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NameCacheTest {

    private static final class CountedName extends Name {
        CountedName(byte[] utf8, int hash) {
            super(utf8, hash);
        }
    }

    private final NameCache<CountedName> cache = new NameCache<>(CountedName::new);

    @Test
    void findsWhatWasInterned() {
        ByteBuf buffer = Unpooled.copiedBuffer("..plant/7/temperature..", UTF_8);
        try {
            assertThat(cache.find(buffer, 2, 19)).isNull();
            CountedName name = cache.intern(buffer, 2, 19);
            assertThat(name.text()).isEqualTo("plant/7/temperature");
            assertThat(name.nameHash()).isEqualTo(NameCache.hash("plant/7/temperature".getBytes(UTF_8)));
            assertThat(cache.find(buffer, 2, 19)).isSameAs(name);
            assertThat(cache.intern(buffer, 2, 19)).isSameAs(name);
            assertThat(cache.intern("plant/7/temperature".getBytes(UTF_8))).isSameAs(name);
            assertThat(cache.find(buffer, 2, 18)).isNull();
            assertThat(cache.find(buffer, 1, 19)).isNull();
            assertThat(cache.size()).isEqualTo(1);
            assertThat(cache.bytes()).isEqualTo(19);
        } finally {
            buffer.release();
        }
    }

    @Test
    void namesDoNotChangeWithTheBytesTheyWereMadeFrom() {
        byte[] utf8 = "a/b".getBytes(UTF_8);
        CountedName name = cache.intern(utf8);
        utf8[0] = 'x';
        assertThat(name.utf8()).isEqualTo("a/b".getBytes(UTF_8));
        assertThat(cache.intern("a/b".getBytes(UTF_8))).isSameAs(name);
    }

    /** The values are part of what nodes agree on: if this fails, put the old function back. */
    @Test
    void hashIsTheSameForEver() {
        assertThat(NameCache.hash(new byte[0])).isEqualTo(0xF16EB0EC);
        assertThat(NameCache.hash("a".getBytes(UTF_8))).isEqualTo(0xB7C6ECFC);
        assertThat(NameCache.hash("a/b/c".getBytes(UTF_8))).isEqualTo(0x27205874);
        assertThat(NameCache.hash("12345678".getBytes(UTF_8))).isEqualTo(0x505FE108);
        assertThat(NameCache.hash("plant/7/temperature".getBytes(UTF_8))).isEqualTo(0x5A2543E2);
    }

    @Test
    void everyKindOfBufferGivesTheSameHashAndFindsTheSameName() {
        SplittableRandom random = new SplittableRandom(3);
        for (int length = 0; length < 70; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            CountedName name = cache.intern(bytes);
            ByteBuf heap = Unpooled.buffer(length + 7).writeZero(7).writeBytes(bytes);
            ByteBuf direct = Unpooled.directBuffer(length + 3).writeZero(3).writeBytes(bytes);
            ByteBuf slice = heap.retainedSlice(5, length + 2);
            ByteBuf composite = Unpooled.wrappedBuffer(
                    heap.retainedSlice(7, length / 2), heap.retainedSlice(7 + length / 2, length - length / 2));
            try {
                assertThat(NameCache.hash(heap, 7, length)).isEqualTo(name.nameHash());
                assertThat(NameCache.hash(direct, 3, length)).isEqualTo(name.nameHash());
                assertThat(NameCache.hash(slice, 2, length)).isEqualTo(name.nameHash());
                assertThat(NameCache.hash(composite, 0, length)).isEqualTo(name.nameHash());
                assertThat(cache.find(heap, 7, length)).isSameAs(name);
                assertThat(cache.find(direct, 3, length)).isSameAs(name);
                assertThat(cache.find(slice, 2, length)).isSameAs(name);
                assertThat(cache.find(composite, 0, length)).isSameAs(name);
                if (length > 0) {
                    int changed = random.nextInt(length);
                    direct.setByte(3 + changed, direct.getByte(3 + changed) ^ 1);
                    assertThat(cache.find(direct, 3, length)).isNull();
                }
            } finally {
                composite.release();
                slice.release();
                direct.release();
                heap.release();
            }
        }
    }

    @Test
    void refusesToReadOutsideTheBuffer() {
        ByteBuf buffer = Unpooled.buffer(16, 16);
        try {
            assertThatThrownBy(() -> cache.find(buffer, 10, 7)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> cache.find(buffer, -1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        } finally {
            buffer.release();
        }
    }

    @Test
    void hashesOfSimilarNamesSpread() {
        Set<Integer> hashes = new HashSet<>();
        int[] perSet = new int[1024];
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            int hash = NameCache.hash(("device/" + i + "/state").getBytes(UTF_8));
            hashes.add(hash);
            perSet[(hash & (NameCache.NAMES_MAX - 4)) >>> 6]++;
        }
        assertThat(hashes).hasSizeGreaterThan(count - 12);
        for (int inSet : perSet) {
            assertThat(inSet).isBetween(45, 170);
        }
    }

    @Test
    void keepsNearlyAllNamesThatFit() {
        NameCache<CountedName> small = new NameCache<>(CountedName::new, 1024, 1 << 20);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 768; i++) {
                small.intern(("n/" + i).getBytes(UTF_8));
            }
        }
        assertThat(small.size()).isGreaterThan(764);
    }

    @Test
    void findsBytesThatEndWithTheBuffer() {
        ByteBuf buffer = Unpooled.directBuffer(21, 21).writeBytes("x12345678901234567890".getBytes(UTF_8));
        try {
            CountedName name = cache.intern(buffer, 1, 20);
            assertThat(cache.find(buffer, 1, 20)).isSameAs(name);
            assertThat(buffer.readerIndex()).isZero();
            assertThat(buffer.readableBytes()).isEqualTo(21);
            assertThatThrownBy(() -> cache.find(buffer, 2, 20)).isInstanceOf(IndexOutOfBoundsException.class);
        } finally {
            buffer.release();
        }
    }

    @Test
    void staysWithinItsNames() {
        NameCache<CountedName> small = new NameCache<>(CountedName::new, 256, 1 << 20);
        long bytes = 0;
        for (int i = 0; i < 10_000; i++) {
            CountedName name = small.intern(("n/" + i).getBytes(UTF_8));
            assertThat(small.intern(("n/" + i).getBytes(UTF_8))).isSameAs(name);
            bytes = Math.max(bytes, small.bytes());
        }
        assertThat(small.size()).isBetween(200, 256);
        assertThat(bytes).isLessThanOrEqualTo(256 * 6);
    }

    @Test
    void staysWithinItsBytes() {
        NameCache<CountedName> small = new NameCache<>(CountedName::new, 1024, 10_000);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 5_000; i++) {
            small.intern(("n/" + i + "x".repeat(random.nextInt(900))).getBytes(UTF_8));
            assertThat(small.bytes()).isLessThanOrEqualTo(10_000);
        }
        assertThat(small.size()).isGreaterThan(5);
    }

    @Test
    void aNameLongerThanTheCacheIsMadeButNotKept() {
        NameCache<CountedName> small = new NameCache<>(CountedName::new, 64, 10);
        assertThat(small.intern("n/12345678901".getBytes(UTF_8)).text()).isEqualTo("n/12345678901");
        assertThat(small.size()).isZero();
        assertThat(small.bytes()).isZero();
    }

    @Test
    void checksItsCapacity() {
        assertThatThrownBy(() -> new NameCache<>(CountedName::new, 100, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NameCache<>(CountedName::new, 64, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
