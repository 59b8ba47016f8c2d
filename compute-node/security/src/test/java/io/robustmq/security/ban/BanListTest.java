package io.robustmq.security.ban;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.security.access.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BanListTest {
    private final AtomicLong millis = new AtomicLong(1_000);

    @TempDir
    private Path directory;

    private BanList open() throws IOException {
        return BanList.open(directory.resolve("bans"), millis::get);
    }

    private static Ban ban(Ban.Target target, long untilMillis) {
        return new Ban(target, "ops team", "spam & \"noise\"\nmore", 1_000, untilMillis);
    }

    private static boolean keepsOut(BanList bans, String clientId, @Nullable String user, String address) {
        return bans.find(clientId, user, InetAddress.ofLiteral(address)).isPresent();
    }

    @Test
    void everyTargetIsFoundAndNobodyElse() throws IOException {
        BanList bans = open();
        bans.add(ban(new Ban.Target.Client("c"), Ban.FOREVER));
        bans.add(ban(new Ban.Target.User("u"), Ban.FOREVER));
        bans.add(ban(new Ban.Target.Addresses(Cidr.parse("192.0.2.1")), Ban.FOREVER));
        bans.add(ban(new Ban.Target.Addresses(Cidr.parse("198.51.100.0/24")), Ban.FOREVER));
        bans.add(ban(new Ban.Target.Addresses(Cidr.parse("2001:db8::/32")), Ban.FOREVER));

        assertThat(keepsOut(bans, "c", null, "203.0.113.1")).isTrue();
        assertThat(keepsOut(bans, "x", "u", "203.0.113.1")).isTrue();
        assertThat(keepsOut(bans, "x", "c", "192.0.2.1")).isTrue();
        assertThat(keepsOut(bans, "x", null, "198.51.100.255")).isTrue();
        assertThat(keepsOut(bans, "x", null, "2001:db8:1::1")).isTrue();
        assertThat(keepsOut(bans, "u", "c", "192.0.2.2")).isFalse();
        assertThat(keepsOut(bans, "x", null, "198.51.101.1")).isFalse();
        assertThat(keepsOut(bans, "x", null, "2001:db9::1")).isFalse();
    }

    @Test
    void bansOutliveTheProcessAndEnd() throws IOException {
        Ban ban = ban(new Ban.Target.Client("c d%\u00e9"), 5_000);
        open().add(ban);

        BanList again = open();
        assertThat(again.all()).containsExactly(ban);
        assertThat(keepsOut(again, "c d%\u00e9", null, "192.0.2.1")).isTrue();
        millis.set(5_000);
        assertThat(keepsOut(again, "c d%\u00e9", null, "192.0.2.1")).isFalse();
        assertThat(again.all()).isEmpty();
        again.add(ban(new Ban.Target.User("u"), 9_000));
        assertThat(again.size())
                .as("those that ended went with the next change")
                .isEqualTo(1);
        assertThat(again.remove(new Ban.Target.User("u"))).isTrue();
        assertThat(again.remove(new Ban.Target.User("u"))).isFalse();
        assertThat(directory.resolve("bans")).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client c 0 1 a",
                "thing c 0 1 a b",
                "address 1.2.3 0 1 a b",
                "client c x 1 a b",
                "client c 1 1 a b",
                "client %zz 0 1 a b"
            })
    void lineThatIsNoBanIsNamedByNumber(String line) throws IOException {
        Files.writeString(directory.resolve("bans"), "\n" + line + "\n");

        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("line 2");
    }

    @Test
    void occurrencesAreCountedWithinTheirWindowAndForSoManyKeys() {
        AtomicLong nanos = new AtomicLong();
        Occurrences<String> occurrences = new Occurrences<>(100, 2, nanos::get);

        assertThat(occurrences.add("a")).isEqualTo(1);
        nanos.set(60);
        assertThat(occurrences.add("a")).isEqualTo(2);
        assertThat(occurrences.add("b")).isEqualTo(1);
        assertThat(occurrences.add("c")).as("no room").isZero();
        nanos.set(101);
        assertThat(occurrences.count("a")).as("its window is over").isZero();
        assertThat(occurrences.add("c")).as("and made room").isEqualTo(1);
        assertThat(occurrences.count("b")).isEqualTo(1);
        occurrences.forget("b");
        assertThat(occurrences.count("b")).isZero();
    }
}
