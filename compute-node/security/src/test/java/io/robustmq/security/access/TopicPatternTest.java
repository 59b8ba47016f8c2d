package io.robustmq.security.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/c, false",
        "a/+, a/b, true",
        "a/+, a/+, true",
        "a/+, a/#, false",
        "a/+, a, false",
        "a/+, a/, true",
        "a/#, a, true",
        "a/#, a/b/c, true",
        "a/#, a/+/#, true",
        "a/#, b, false",
        "a/#, +/b, false",
        "#, a/b, true",
        "#, #, true",
        "#, $SYS/a, false",
        "+/a, $SYS/a, false",
        "$SYS/#, $SYS/a, true",
        "+/+, #, false",
        "a/+/#, a/#, false",
        "a/b, a, false",
        "a, a/b, false",
        "a, a/#, false",
        "+, a/, false",
    })
    void outerCoversInner(String outer, String inner, boolean covers) {
        assertThat(TopicPattern.covers(outer, inner)).isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({
        "a/secret, a/+, true",
        "a/secret, #, true",
        "a/secret, +/+, true",
        "a/secret, a/public, false",
        "a/+/x, a/y/+, true",
        "a/#, a, true",
        "a, a/#, true",
        "a/b, a, false",
        "a/+, a, false",
        "a/+/#, a, false",
        "$SYS/#, #, false",
        "$SYS/#, +/a, false",
        "$SYS/#, $SYS/+, true",
        "#, $SYS/a, false",
    })
    void filtersThatHaveATopicInCommonOverlap(String one, String other, boolean overlaps) {
        assertThat(TopicPattern.overlaps(one, other)).isEqualTo(overlaps);
        assertThat(TopicPattern.overlaps(other, one)).isEqualTo(overlaps);
    }

    /** Compared with looking at every topic of three levels over a small alphabet. */
    @Test
    void coversAndOverlapsAgreeWithTheTopicsThatMatch() {
        Random random = new Random(20_261_125);
        for (int i = 0; i < 5_000; i++) {
            String one = randomFilter(random);
            String other = randomFilter(random);
            boolean common = false;
            boolean missing = false;
            for (String topic : TOPICS) {
                boolean inOne = TopicPattern.covers(one, topic);
                boolean inOther = TopicPattern.covers(other, topic);
                common |= inOne && inOther;
                missing |= inOther && !inOne;
            }
            assertThat(TopicPattern.overlaps(one, other))
                    .as("%s overlaps %s", one, other)
                    .isEqualTo(common);
            if (TopicPattern.covers(one, other)) {
                assertThat(missing).as("%s covers %s", one, other).isFalse();
            }
        }
    }

    private static final String[] TOPICS = topics();

    private static String[] topics() {
        String[] levels = {"a", "b", "c", ""};
        java.util.List<String> topics = new java.util.ArrayList<>();
        for (String first : new String[] {"a", "b", "c", "", "$S"}) {
            topics.add(first);
            for (String second : levels) {
                topics.add(first + "/" + second);
                for (String third : levels) {
                    topics.add(first + "/" + second + "/" + third);
                    for (String fourth : levels) {
                        topics.add(first + "/" + second + "/" + third + "/" + fourth);
                    }
                }
            }
        }
        topics.remove("");
        return topics.toArray(String[]::new);
    }

    private static String randomFilter(Random random) {
        String[] levels = {"a", "b", "+", ""};
        StringBuilder filter = new StringBuilder(random.nextInt(8) == 0 ? "$S" : levels[random.nextInt(3)]);
        int more = random.nextInt(3);
        for (int i = 0; i < more; i++) {
            filter.append('/').append(levels[random.nextInt(4)]);
        }
        return random.nextInt(3) == 0 ? filter + "/#" : filter.toString();
    }

    @Test
    void placeholdersStandForWhatIsKnownOfTheClient() {
        TopicPattern pattern = new TopicPattern("d/${clientid}-${username}/#", false);
        Subject subject = Subjects.of("c1", "ann");

        assertThat(pattern.meansTopic("d/c1-ann/x", subject, Effect.ALLOW)).isTrue();
        assertThat(pattern.meansTopic("d/c1-bob/x", subject, Effect.ALLOW)).isFalse();
        assertThat(pattern.meansTopic("d/c1-/x", Subjects.of("c1", null), Effect.ALLOW))
                .isFalse();
        assertThat(new TopicPattern("${cert_cn}", false).meansTopic("cn", Subjects.superuser(), Effect.ALLOW))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "a/b", "a/#", "", "x+", "a\0b"})
    void identifierThatIsMoreThanOneLevelOpensNothingAndStaysDenied(String clientId) {
        TopicPattern pattern = new TopicPattern("d/${clientid}/#", false);
        Subject subject = Subjects.of(clientId, null);

        assertThat(pattern.meansTopic("d/other/x", subject, Effect.ALLOW)).isFalse();
        assertThat(pattern.meansFilter("d/" + clientId + "/#", subject, Effect.ALLOW))
                .isFalse();
        assertThat(pattern.meansFilter("d/other/#", subject, Effect.DENY)).isTrue();
    }

    @Test
    void identifierDoesNotOpenTopicsOfTheServer() {
        TopicPattern pattern = new TopicPattern("${clientid}/#", false);

        assertThat(pattern.meansFilter("$SYS/#", Subjects.of("$SYS", null), Effect.ALLOW))
                .isFalse();
        assertThat(pattern.meansFilter("c/#", Subjects.of("c", null), Effect.ALLOW))
                .isTrue();
    }

    @Test
    void literalFilterMeansItselfOnly() {
        TopicPattern pattern = new TopicPattern("a/+", true);

        assertThat(pattern.meansFilter("a/+", Subjects.of("c", null), Effect.ALLOW))
                .isTrue();
        assertThat(pattern.meansFilter("a/b", Subjects.of("c", null), Effect.ALLOW))
                .isFalse();
        assertThat(pattern.meansTopic("a/b", Subjects.of("c", null), Effect.ALLOW))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/#/b", "a#", "a+/b", "a/${password}", "a/${clientid", "a\0"})
    void textThatIsNoFilterIsRefused(String text) {
        assertThatThrownBy(() -> new TopicPattern(text, false)).isInstanceOf(IllegalArgumentException.class);
    }
}
