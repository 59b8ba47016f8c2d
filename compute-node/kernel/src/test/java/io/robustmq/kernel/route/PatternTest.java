package io.robustmq.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTest {

    /** MQTT 5.0 §4.7.1, §4.7.2 and §4.7.3: the examples of the text and their neighbours; then {@code #} in the middle. */
    static final String CASES = """
            sport/tennis/player1/#, sport/tennis/player1,                 true
            sport/tennis/player1/#, sport/tennis/player1/ranking,         true
            sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true
            sport/tennis/player1/#, sport/tennis/player12,                false
            sport/#,                sport,                                true
            sport/#,                sport/,                               true
            sport/#,                sports,                               false
            #,                      a,                                    true
            #,                      /,                                    true
            #,                      a/b/c,                                true
            sport/tennis/#,         sport/tennis,                         true
            sport/tennis/+,         sport/tennis/player1,                 true
            sport/tennis/+,         sport/tennis/player2,                 true
            sport/tennis/+,         sport/tennis/player1/ranking,         false
            sport/tennis/+,         sport/tennis,                         false
            sport/+,                sport,                                false
            sport/+,                sport/,                               true
            +,                      a,                                    true
            +,                      /a,                                   false
            +/+,                    /finance,                             true
            /+,                     /finance,                             true
            +/tennis/#,             sport/tennis/x/y,                     true
            +/tennis/#,             /tennis,                              true
            sport/+/player1,        sport/tennis/player1,                 true
            sport/+/player1,        sport//player1,                       true
            sport/+/player1,        sport/player1,                        false
            +/monitor/Clients,      $SYS/monitor/Clients,                 false
            #,                      $SYS,                                 false
            #,                      $SYS/monitor,                         false
            +,                      $SYS,                                 false
            +/#,                    $SYS/a,                               false
            $SYS/#,                 $SYS/monitor/Clients,                 true
            $SYS/#,                 $SYS,                                 true
            $SYS/monitor/+,         $SYS/monitor/Clients,                 true
            a/#,                    a/$b,                                 true
            a/+,                    a/$b,                                 true
            ACCOUNTS,               Accounts,                             false
            /finance,               finance,                              false
            a/b,                    a/b,                                  true
            a/b,                    a/b/,                                 false
            a/b/,                   a/b,                                  false
            a//b,                   a//b,                                 true
            a/+b,                   a/+b,                                 true
            a/+b,                   a/xb,                                 false
            a/b#,                   a/b#,                                 true
            a/b#,                   a/b,                                  false
            #/b,                    b,                                    true
            #/b,                    a/a/b,                                true
            #/b,                    a/b/a,                                false
            #/b,                    $a/b,                                 false
            a/#/b,                  a/b,                                  true
            a/#/b,                  a/x/y/b,                              true
            a/#/b,                  a/x/y/b/c,                            false
            a/#/b/#,                a/b/b/b,                              true
            a/#/#,                  a,                                    true
            #/+,                    a,                                    true
            a/#/+,                  a,                                    false
            a/#/b/+/c,              a/b/b/b/c,                            true
            é/+/日本,                é/x/日本,                              true
            """;

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void matchesAsTheNameSpaceSays(String pattern, String name, boolean matched) {
        assertThat(Pattern.of(pattern).matches(name)).isEqualTo(matched);
        assertThat(Reference.matches(pattern, name)).isEqualTo(matched);
    }

    @Test
    void keepsEmptyLevels() {
        assertThat(Pattern.of("/a//").levels()).containsExactly("", "a", "", "");
        assertThat(Pattern.of("").levels()).containsExactly("");
    }

    @Test
    void isExactWithoutTokens() {
        assertThat(Pattern.of("a/b+/#c").isExact()).isTrue();
        assertThat(Pattern.of("a/+").isExact()).isFalse();
        assertThat(Pattern.of("a/#/b").isExact()).isFalse();
    }

    @Test
    void equalsByText() {
        assertThat(Pattern.of("a/+")).isEqualTo(Pattern.of("a/+")).hasSameHashCodeAs(Pattern.of("a/+"));
        assertThat(Pattern.of("a/+")).isNotEqualTo(Pattern.of("a/#")).hasToString("a/+");
    }

    @Test
    void boundsTheLevelsOfPatternsWithTokens() {
        assertThat(Pattern.of("/".repeat(5000)).levels()).hasSize(5001);
        assertThat(Pattern.of("/".repeat(Pattern.LEVELS_MAX - 2) + "/+").levels())
                .hasSize(Pattern.LEVELS_MAX);
        assertThatThrownBy(() -> Pattern.of("/".repeat(Pattern.LEVELS_MAX) + "+"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyRestTokensDoNotExplode() {
        assertThat(Pattern.of("#/a/".repeat(200) + "b").matches("a/".repeat(900) + "c"))
                .isFalse();
    }

    @Test
    void agreesWithTheDefinitionOnRandomPatterns() {
        SplittableRandom random = new SplittableRandom(20260101);
        int matched = 0;
        for (int i = 0; i < 200_000; i++) {
            String pattern = Reference.randomPath(random, List.of("a", "b", "", "$x", "+", "#"));
            String name = Reference.randomPath(random, List.of("a", "b", "", "$x"));
            boolean expected = Reference.matches(pattern, name);
            assertThat(Pattern.of(pattern).matches(name))
                    .as("%s on %s", pattern, name)
                    .isEqualTo(expected);
            matched += expected ? 1 : 0;
        }
        assertThat(matched).isGreaterThan(5_000);
    }
}
