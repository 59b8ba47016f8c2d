package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketIdSetTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesAsASetOfTheJdk(long seed) {
        Random random = new Random(seed);
        PacketIdSet set = new PacketIdSet();
        Set<Integer> model = new HashSet<>();
        int range = seed % 2 == 0 ? 40 : 65_535;

        for (int step = 0; step < 20_000; step++) {
            int packetId = 1 + random.nextInt(range);
            assertThat(set.contains(packetId)).isEqualTo(model.contains(packetId));
            if (random.nextBoolean()) {
                assertThat(set.add(packetId)).isEqualTo(model.add(packetId));
            } else {
                assertThat(set.remove(packetId)).isEqualTo(model.remove(packetId));
            }
            assertThat(set.size()).isEqualTo(model.size());
        }
        assertThat(model).allMatch(set::contains);
    }
}
