package io.robustmq.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternIndexTest {

    @ParameterizedTest
    @CsvSource(textBlock = PatternTest.CASES)
    void matchesAsThePatternAlone(String pattern, String name, boolean matched) {
        PatternIndex<String> index = new PatternIndex<>();
        index.put(pattern, "value");
        assertThat(matches(index, name)).isEqualTo(matched ? List.of("value") : List.of());
    }

    @ParameterizedTest
    @CsvSource(textBlock = PatternTest.CASES)
    void matchesAmongManyOthers(String pattern, String name, boolean matched) {
        PatternIndex<String> index = new PatternIndex<>(99);
        PatternTest.CASES.lines().map(line -> line.split(",")[0].strip()).forEach(other -> index.put(other, other));
        assertThat(matches(index, name).contains(pattern)).isEqualTo(matched);
        assertThat(matches(index, name)).doesNotHaveDuplicates();
    }

    @Test
    void findsOverlappingPatternsOnceEach() {
        PatternIndex<String> index = new PatternIndex<>();
        List<String> patterns =
                List.of("a/b/c", "a/+/c", "+/b/c", "+/+/+", "a/#", "#", "a/b/#", "a/b/c/#", "#/c", "#/b/#", "#/#");
        patterns.forEach(pattern -> index.put(pattern, pattern));
        index.put("a/b", "a/b");
        index.put("a/b/+/d", "a/b/+/d");
        assertThat(matches(index, "a/b/c")).containsExactlyInAnyOrderElementsOf(patterns);
    }

    @Test
    void aPatternCanEndWhereAnotherGoesOn() {
        PatternIndex<String> index = new PatternIndex<>();
        for (String pattern : List.of("+/a/b", "+/a", "+", "+/a/b/c", "+/a/x")) {
            index.put(pattern, pattern);
        }
        assertThat(matches(index, "z")).containsExactly("+");
        assertThat(matches(index, "z/a")).containsExactly("+/a");
        assertThat(matches(index, "z/a/b")).containsExactly("+/a/b");
        assertThat(matches(index, "z/a/b/c")).containsExactly("+/a/b/c");
        index.remove("+/a/b");
        assertThat(matches(index, "z/a/b")).isEmpty();
        assertThat(matches(index, "z/a/b/c")).containsExactly("+/a/b/c");
        assertThat(index.get("+/a")).isEqualTo("+/a");
    }

    @Test
    void putAgainReplacesTheValue() {
        PatternIndex<String> index = new PatternIndex<>();
        for (String pattern : List.of("a/b", "a/+", "a/+/c", "#")) {
            index.put(pattern, "old");
            index.put(pattern, "new");
        }
        assertThat(index.size()).isEqualTo(4);
        assertThat(matches(index, "a/b")).containsExactly("new", "new", "new");
    }

    @Test
    void everyChangeRaisesTheVersion() {
        PatternIndex<String> index = new PatternIndex<>();
        long start = index.version();
        index.put("a/+", "x");
        assertThat(index.version()).isGreaterThan(start);
        long added = index.version();
        index.put("a/+", "y");
        assertThat(index.version()).isGreaterThan(added);
        long replaced = index.version();
        index.remove("a/+");
        assertThat(index.version()).isGreaterThan(replaced);
        long removed = index.version();
        index.remove("a/+");
        assertThat(index.version()).isEqualTo(removed);
    }

    @Test
    void refusesPatternsThatAreTooDeep() {
        PatternIndex<String> index = new PatternIndex<>();
        assertThatThrownBy(() -> index.put("/".repeat(Pattern.LEVELS_MAX) + "+", "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(index.size()).isZero();
        String deepest = "+/".repeat(Pattern.LEVELS_MAX - 1);
        index.put(deepest + "a", "a");
        index.put(deepest + "b", "b");
        assertThat(matches(index, "x/".repeat(Pattern.LEVELS_MAX - 1) + "b")).containsExactly("b");
        index.remove(deepest + "a");
        index.remove(deepest + "b");
        assertThat(index.size()).isZero();
    }

    @Test
    void restTokensInARowDoNotExplode() {
        PatternIndex<String> index = new PatternIndex<>();
        for (int i = 1; i < 30; i++) {
            index.put("#/a/".repeat(i) + "b", "b");
            index.put("#/a/".repeat(i) + "c", "c");
        }
        assertThat(matches(index, "a/".repeat(200) + "c")).hasSize(29).containsOnly("c");
    }

    @Test
    void agreesWithTheDefinitionUnderRandomChanges() {
        for (long seed = 1; seed <= 24; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<String> words = new ArrayList<>(List.of("a", "b", "", "$x", "+", "#"));
            if (seed % 2 == 0) {
                IntStream.range(0, 40).forEach(i -> words.add("w" + i));
            }
            if (seed % 3 == 0) {
                words.remove("#");
            }
            List<String> plain = words.stream()
                    .filter(word -> !word.equals("+") && !word.equals("#"))
                    .toList();
            PatternIndex<String> index = new PatternIndex<>(seed);
            Map<String, String> model = new HashMap<>();
            for (int step = 0; step < 1200; step++) {
                String pattern = Reference.randomPath(random, words);
                if (random.nextInt(100) < (step / 400 == 1 ? 70 : 35)) {
                    index.remove(pattern);
                    model.remove(pattern);
                    if (!model.isEmpty() && random.nextBoolean()) {
                        String present = model.keySet().iterator().next();
                        index.remove(present);
                        model.remove(present);
                    }
                } else {
                    index.put(pattern, pattern);
                    model.put(pattern, pattern);
                }
                assertThat(index.size()).isEqualTo(model.size());
                assertThat(index.get(pattern)).as("seed %s, %s", seed, pattern).isEqualTo(model.get(pattern));
                if (step % 5 == 0) {
                    String name = Reference.randomPath(random, plain);
                    List<String> expected = model.keySet().stream()
                            .filter(each -> Reference.matches(each, name))
                            .toList();
                    assertThat(matches(index, name))
                            .as("seed %s, name %s", seed, name)
                            .containsExactlyInAnyOrderElementsOf(expected);
                }
            }
            Map<String, String> visited = new HashMap<>();
            index.forEach(
                    (pattern, value) -> assertThat(visited.put(pattern, value)).isNull());
            assertThat(visited).isEqualTo(model);
            model.keySet().forEach(index::remove);
            assertThat(index.size()).isZero();
            index.forEach(
                    (pattern, value) -> assertThat(pattern).as("left over").isNull());
        }
    }

    @Test
    void readersAlwaysFindWhatIsThereAllTheTime() throws Exception {
        PatternIndex<String> index = new PatternIndex<>();
        List<String> names =
                IntStream.range(0, 16).mapToObj(i -> "fleet/car" + i + "/speed").toList();
        Map<String, List<String>> constant = names.stream().collect(Collectors.toMap(name -> name, name -> {
            String car = name.split("/", -1)[1];
            return List.of("fleet/" + car + "/+", "+/" + car + "/#", name, "fleet/#", "#/" + car + "/speed", "#/speed");
        }));
        constant.values().forEach(patterns -> patterns.forEach(pattern -> index.put(pattern, pattern)));
        AtomicBoolean writing = new AtomicBoolean(true);
        CountDownLatch started = new CountDownLatch(2);
        try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> checks = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                SplittableRandom random = new SplittableRandom(reader);
                checks.add(readers.submit(() -> {
                    int rounds = 0;
                    started.countDown();
                    List<String> found = new ArrayList<>();
                    while (writing.get() || rounds == 0) {
                        String name = names.get(random.nextInt(names.size()));
                        found.clear();
                        index.match(name, found);
                        assertThat(found).containsAll(constant.get(name));
                        // A '#' before the last level may be met twice while its surroundings change.
                        assertThat(found.stream().filter(pattern -> !pattern.contains("#/")))
                                .doesNotHaveDuplicates();
                        for (String pattern : found) {
                            assertThat(Pattern.of(pattern).matches(name)).isTrue();
                        }
                        rounds++;
                    }
                    return rounds;
                }));
            }
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            SplittableRandom random = new SplittableRandom(7);
            List<String> words = new ArrayList<>(List.of("fleet", "speed", "+", "#"));
            IntStream.range(0, 30).forEach(i -> words.add("car" + i));
            List<String> keep = constant.values().stream().flatMap(List::stream).toList();
            List<String> added = new ArrayList<>();
            for (int step = 0; step < 120_000; step++) {
                if (step / 20_000 % 2 == 1 && !added.isEmpty()) {
                    index.remove(added.removeLast());
                } else {
                    String pattern = Reference.randomPath(random, words);
                    if (!keep.contains(pattern) && index.get(pattern) == null) {
                        index.put(pattern, pattern);
                        added.add(pattern);
                    }
                }
            }
            writing.set(false);
            for (Future<Integer> check : checks) {
                assertThat(check.get(30, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    @Test
    void readersFindAPatternWhileItsBranchSplitsAndJoins() throws Exception {
        PatternIndex<String> index = new PatternIndex<>();
        index.put("a/+/x/y", "kept");
        AtomicBoolean writing = new AtomicBoolean(true);
        CountDownLatch started = new CountDownLatch(1);
        try (ExecutorService readers = Executors.newFixedThreadPool(1)) {
            Future<Integer> check = readers.submit(() -> {
                int missed = 0;
                List<String> found = new ArrayList<>();
                while (writing.get()) {
                    found.clear();
                    index.match("a/b/x/y", found);
                    started.countDown();
                    missed += found.contains("kept") ? 0 : 1;
                }
                return missed;
            });
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            for (int step = 0; step < 100_000; step++) {
                index.put("a/+/x/z", "comes and goes");
                index.remove("a/+/x/z");
            }
            writing.set(false);
            assertThat(check.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Prints what a filter costs; the bound is that of the design, with room for references of 8 bytes. */
    @Test
    void manyWildcardPatternsFitInMemory() {
        PatternIndex<String> index = new PatternIndex<>();
        int count = 250_000;
        long before = usedBytes();
        for (int i = 0; i < count; i++) {
            index.put("plant" + i % 10 + "/s/" + i + "/+/x", "value");
        }
        long bytesEach = (usedBytes() - before) / count;
        System.out.println("PatternIndex: " + bytesEach + " bytes per pattern at " + index.size());
        assertThat(index.size()).isEqualTo(count);
        assertThat(matches(index, "plant7/s/77777/temperature/x")).containsExactly("value");
        assertThat(bytesEach).isBetween(1L, 150L);
    }

    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static List<String> matches(PatternIndex<String> index, String name) {
        List<String> found = new ArrayList<>();
        index.match(name, found);
        return found;
    }
}
