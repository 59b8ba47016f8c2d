package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"#", "+", "/", "a", "a/b", "a/#", "/#", "+/#", "+/+/+", "a/+/b", "/+", "+/", "//", "$SYS/#", " "
            })
    void filterThatKeepsTheRulesIsAccepted(String text) {
        assertThat(TopicFilter.parse(text)).contains(new TopicFilter(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a#", "#a", "a/#/b", "##", "#/", "a/b#", "#/#"})
    @Tag("MQTT-4.7.1-2")
    @Tag("MQTT5-4.7.1-1")
    void multiLevelWildcardIsTheWholeLastLevel(String text) {
        assertThat(TopicFilter.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "+a", "a/b+/c", "++", "a/+b", "+#", "a/+#"})
    @Tag("MQTT-4.7.1-3")
    @Tag("MQTT5-4.7.1-2")
    void singleLevelWildcardIsAWholeLevel(String text) {
        assertThat(TopicFilter.parse(text)).isEmpty();
    }

    @Test
    @Tag("MQTT-4.7.3-1")
    @Tag("MQTT-4.7.3-2")
    @Tag("MQTT-4.7.3-3")
    @Tag("MQTT5-4.7.3-1")
    @Tag("MQTT5-4.7.3-2")
    @Tag("MQTT5-4.7.3-3")
    void namesAndFiltersHaveAtLeastOneCharacterAndNoNullAndAtMost65535Bytes() {
        String longest = "a".repeat(65_535);

        assertThat(TopicFilter.isValid("")).isFalse();
        assertThat(TopicFilter.isValid("a\u0000")).isFalse();
        assertThat(TopicFilter.isValid(longest)).isTrue();
        assertThat(TopicFilter.isValid(longest + "a")).isFalse();
        assertThat(TopicName.isValid("")).isFalse();
        assertThat(TopicName.isValid("a\u0000")).isFalse();
        assertThat(TopicName.isValid(longest)).isTrue();
        assertThat(TopicName.isValid(longest + "a")).isFalse();
        assertThatThrownBy(() -> new TopicFilter("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("MQTT-4.7.1-1")
    @Tag("MQTT5-4.7.0-1")
    void topicNameHasNoWildcard() {
        assertThat(TopicName.isValid("a/b")).isTrue();
        assertThat(TopicName.isValid("/")).isTrue();
        assertThat(TopicName.isValid("a/#")).isFalse();
        assertThat(TopicName.isValid("a/+/b")).isFalse();
        assertThat(TopicName.isValid("a+")).isFalse();
    }

    @Test
    void wildcardsInAFilterAreKnown() {
        assertThat(new TopicFilter("a/b").hasWildcards()).isFalse();
        assertThat(new TopicFilter("a/+").hasWildcards()).isTrue();
        assertThat(new TopicFilter("#").hasWildcards()).isTrue();
    }

    @Test
    @Tag("MQTT5-4.8.2-1")
    @Tag("MQTT5-4.8.2-2")
    void sharedSubscriptionNamesItsGroupAndItsFilter() {
        assertThat(SharedSubscription.parse("$share/g/a/+/#"))
                .contains(new SharedSubscription("g", new TopicFilter("a/+/#")));
        assertThat(SharedSubscription.parse("$share/g//a"))
                .contains(new SharedSubscription("g", new TopicFilter("/a")));
        assertThat(SharedSubscription.parse("$share/gruppe ü/$SYS/x")
                        .orElseThrow()
                        .text())
                .isEqualTo("$share/gruppe ü/$SYS/x");
        assertThatThrownBy(() -> new SharedSubscription("a/b", new TopicFilter("t")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$share/",
                "$share/g",
                "$share/g/",
                "$share//t",
                "$share/+/t",
                "$share/g#/t",
                "$share/g/a#",
                "$share/g/#/a"
            })
    @Tag("MQTT5-4.8.2-1")
    @Tag("MQTT5-4.8.2-2")
    void sharedSubscriptionThatBreaksARuleIsStillMeantAsOne(String text) {
        assertThat(SharedSubscription.isShared(text)).isTrue();
        assertThat(SharedSubscription.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share", "$shared/g/t", "share/g/t", "/$share/g/t", "$SHARE/g/t"})
    void otherFiltersAreNotShared(String text) {
        assertThat(SharedSubscription.isShared(text)).isFalse();
        assertThat(SharedSubscription.parse(text)).isEmpty();
        assertThat(TopicFilter.isValid(text)).isTrue();
    }
}
