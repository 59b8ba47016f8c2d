package io.robustmq.kernel.retained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.kernel.route.Pattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class LastValuesTest {

    private final LastValues<String> values = new LastValues<>();

    @Test
    void keepsTheLastValueOfAName() {
        assertThat(values.put("a/b", "1")).isNull();
        assertThat(values.put("a/b", "2")).isEqualTo("1");
        assertThat(values.get("a/b")).isEqualTo("2");
        assertThat(values.get("a")).isNull();
        assertThat(values.size()).isEqualTo(1);
        assertThat(values.remove("a/b")).isEqualTo("2");
        assertThat(values.remove("a/b")).isNull();
        assertThat(values.size()).isZero();
    }

    @Test
    void visitsInTheOrderOfTheTree() {
        keep("b", "a/b/c", "a!", "a", "a/b", "a0", "a/", "a/b!/c", "/a");
        assertThat(scan("#")).containsExactly("/a", "a", "a/", "a/b", "a/b/c", "a/b!/c", "a!", "a0", "b");
    }

    @Test
    void oneLevelIsExactlyOneLevel() {
        keep("a", "a/", "a/b", "a/b/c", "a/c", "b/c", "a/b!", "a/b!/c", "a//c");
        assertThat(scan("a/+")).containsExactly("a/", "a/b", "a/b!", "a/c");
        assertThat(scan("a/+/c")).containsExactly("a//c", "a/b/c", "a/b!/c");
        assertThat(scan("+/c")).containsExactly("a/c", "b/c");
        assertThat(scan("+")).containsExactly("a");
    }

    @Test
    void restIncludesTheParent() {
        keep("a", "a/b", "a/b/c", "ab", "a!");
        assertThat(scan("a/#")).containsExactly("a", "a/b", "a/b/c");
        assertThat(scan("a/b/#")).containsExactly("a/b", "a/b/c");
        assertThat(scan("x/#")).isEmpty();
    }

    @Test
    void restInTheMiddleIsFound() {
        keep("a", "a/x", "a/b/x", "a/b/c/x", "a/b/x/c", "b/x");
        assertThat(scan("a/#/x")).containsExactly("a/b/c/x", "a/b/x", "a/x");
        assertThat(scan("#/x")).hasSize(4);
    }

    @Test
    void reservedNamesAreOnlyShownToPatternsThatNameThem() {
        keep("$SYS", "$SYS/a", "$a/b", "$", "%", "#x", "a/$b", "zz");
        assertThat(scan("#")).containsExactly("#x", "%", "a/$b", "zz");
        assertThat(scan("+")).containsExactly("#x", "%", "zz");
        assertThat(scan("+/#")).containsExactly("#x", "%", "a/$b", "zz");
        assertThat(scan("+/a")).isEmpty();
        assertThat(scan("$SYS/#")).containsExactly("$SYS", "$SYS/a");
        assertThat(scan("a/+")).containsExactly("a/$b");
    }

    @Test
    void anExactPatternIsOneName() {
        keep("a/b", "a/b/c", "a");
        assertThat(scan("a/b")).containsExactly("a/b");
        assertThat(scan("a/x")).isEmpty();
    }

    @Test
    void aPortionHasAtMostAsManyNamesAsAskedFor() {
        for (int i = 0; i < 100; i++) {
            values.put("a/" + i, "x");
        }
        LastValues<String>.Cursor cursor = values.scan("a/#");
        List<String> found = new ArrayList<>();
        boolean more = true;
        while (more) {
            int before = found.size();
            more = cursor.next(7, (name, row) -> found.add(name));
            assertThat(found.size() - before).isBetween(0, 7);
        }
        assertThat(cursor.done()).isTrue();
        assertThat(cursor.next(7, (name, row) -> found.add(name))).isFalse();
        assertThat(found).hasSize(100).doesNotHaveDuplicates();
        assertThatThrownBy(() -> cursor.next(0, (name, row) -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void subtreesThatCannotMatchAreSteppedOver() {
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 400; j++) {
                values.put("a/" + i + "/" + j, "x");
                values.put("$SYS/" + i + "/" + j, "x");
            }
        }
        assertThat(portionsOfOne("a/+/7")).isLessThan(120);
        assertThat(portionsOfOne("+/+/7")).isLessThan(120);
        assertThat(portionsOfOne("a/7/+")).isBetween(400, 410);
        assertThat(portionsOfOne("b/#")).isLessThan(3);
    }

    private int portionsOfOne(String pattern) {
        LastValues<String>.Cursor cursor = values.scan(pattern);
        int portions = 1;
        while (cursor.next(1, (name, row) -> {})) {
            portions++;
        }
        return portions;
    }

    @Test
    void aPortionOfARareMatchIsBoundedToo() {
        for (int i = 0; i < 1000; i++) {
            values.put("a/" + i + "/y", "x");
        }
        assertThat(portionsOfOne("a/+/x")).isBetween(200, 600);
        assertThat(scan("a/+/x")).isEmpty();
    }

    @Test
    void findsWhatIsThereAllTheTimeExactlyOnceWhileOthersComeAndGo() {
        List<String> words = List.of("a", "b", "", "$x", "a!", "c", "é", "\u0001");
        List<String> tokens = List.of("a", "b", "", "$x", "a!", "c", "é", "+", "+", "#");
        long matched = 0;
        for (long seed = 1; seed <= 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LastValues<Integer> tested = new LastValues<>();
            Map<String, Integer> model = new HashMap<>();
            int names = random.nextInt(150);
            for (int i = 0; i < names; i++) {
                String name = path(random, words);
                assertThat(tested.put(name, i)).isEqualTo(model.put(name, i));
            }
            Pattern pattern = Pattern.of(path(random, tokens));
            Set<String> always = new HashSet<>(model.keySet());
            Set<String> sometimes = new HashSet<>(model.keySet());
            List<String> visited = new ArrayList<>();
            LastValues<Integer>.Cursor cursor = tested.scan(pattern.text());
            int max = 1 + random.nextInt(6);
            while (cursor.next(max, (name, row) -> {
                assertThat(row).isEqualTo(model.get(name));
                visited.add(name);
            })) {
                for (int change = random.nextInt(4); change > 0; change--) {
                    String name = path(random, words);
                    if (random.nextBoolean()) {
                        assertThat(tested.put(name, change)).isEqualTo(model.put(name, change));
                        sometimes.add(name);
                    } else {
                        assertThat(tested.remove(name)).isEqualTo(model.remove(name));
                        always.remove(name);
                    }
                }
            }
            assertThat(tested.size()).isEqualTo(model.size());
            assertThat(visited).isSortedAccordingTo(NameOrder.INSTANCE).doesNotHaveDuplicates();
            assertThat(sometimes).containsAll(visited);
            assertThat(visited).allMatch(pattern::matches);
            List<String> expected = always.stream().filter(pattern::matches).toList();
            assertThat(visited).as("seed %s, pattern %s", seed, pattern).containsAll(expected);
            matched += expected.size();
        }
        assertThat(matched).isGreaterThan(5_000);
    }

    private static String path(SplittableRandom random, List<String> words) {
        StringJoiner path = new StringJoiner("/");
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            path.add(words.get(random.nextInt(words.size())));
        }
        return path.toString();
    }

    private void keep(String... names) {
        for (String name : names) {
            values.put(name, "row of " + name);
        }
    }

    private List<String> scan(String pattern) {
        List<String> found = new ArrayList<>();
        LastValues<String>.Cursor cursor = values.scan(pattern);
        boolean more = true;
        while (more) {
            more = cursor.next(3, (name, row) -> {
                assertThat(row).isEqualTo("row of " + name);
                found.add(name);
            });
        }
        return found;
    }
}
