package io.robustmq.security.rate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void burstPassesAndTheRestWaitsForItsTime() {
        TokenBucket bucket = new TokenBucket(10, 20, 0);

        assertThat(bucket.take(20, 0)).isZero();
        assertThat(bucket.take(1, 0)).isEqualTo(SECOND / 10);
        assertThat(bucket.take(4, 0)).isEqualTo(SECOND / 2);
        assertThat(bucket.take(1, SECOND)).as("ten came, five were owed").isZero();
    }

    @Test
    void silenceSavesUpNoMoreThanTheBurst() {
        TokenBucket bucket = new TokenBucket(10, 20, 0);

        assertThat(bucket.take(20, 3_600 * SECOND)).isZero();
        assertThat(bucket.take(1, 3_600 * SECOND)).isPositive();
    }

    @Test
    void averageIsKeptByWhoWaitsAsTold() {
        TokenBucket bucket = new TokenBucket(1_000, 1_000, 0);
        long now = 0;
        for (int i = 0; i < 11_000; i++) {
            now += bucket.take(1, now);
        }

        assertThat(now).isBetween(10 * SECOND - SECOND / 100, 10 * SECOND + SECOND / 100);
    }
}
