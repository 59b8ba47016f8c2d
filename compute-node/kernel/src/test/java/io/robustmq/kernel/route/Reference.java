package io.robustmq.kernel.route;

import java.util.List;
import java.util.SplittableRandom;
import java.util.StringJoiner;

/** The definition of a match, written down as directly as possible. */
final class Reference {
    private Reference() {}

    static boolean matches(String pattern, String name) {
        if (name.startsWith("$")
                && (pattern.startsWith("+/")
                        || pattern.startsWith("#/")
                        || pattern.equals("+")
                        || pattern.equals("#"))) {
            return false;
        }
        return matches(List.of(pattern.split("/", -1)), List.of(name.split("/", -1)));
    }

    private static boolean matches(List<String> pattern, List<String> name) {
        if (pattern.isEmpty()) {
            return name.isEmpty();
        }
        List<String> after = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("#")) {
            return matches(after, name) || (!name.isEmpty() && matches(pattern, name.subList(1, name.size())));
        }
        return !name.isEmpty()
                && (pattern.getFirst().equals("+") || pattern.getFirst().equals(name.getFirst()))
                && matches(after, name.subList(1, name.size()));
    }

    /** One to five of these levels. */
    static String randomPath(SplittableRandom random, List<String> levels) {
        StringJoiner path = new StringJoiner("/");
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            path.add(levels.get(random.nextInt(levels.size())));
        }
        return path.toString();
    }
}
