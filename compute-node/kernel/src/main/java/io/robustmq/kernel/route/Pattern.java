package io.robustmq.kernel.route;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A parsed pattern. A level that merely contains {@code +} or {@code #} next to other characters is an ordinary level.
 * Immutable; two patterns are equal if their texts are.
 */
public final class Pattern {
    /** Most levels of a pattern with tokens; bounds the depth of the index and so the stack that a match needs. */
    public static final int LEVELS_MAX = 1024;

    /** The level that stands for exactly one level. */
    public static final String ONE = "+";

    /** The level that stands for any number of levels, none included. */
    public static final String REST = "#";

    private final String text;
    private final List<String> levels;
    private final boolean exact;

    private Pattern(String text, String[] levels, boolean exact) {
        this.text = text;
        this.levels = Collections.unmodifiableList(Arrays.asList(levels));
        this.exact = exact;
    }

    /**
     * Parses {@code text}; the empty text is one empty level.
     *
     * @throws IllegalArgumentException if it has tokens and more than {@link #LEVELS_MAX} levels
     */
    public static Pattern of(String text) {
        String[] levels = text.split("/", -1);
        boolean exact = true;
        for (String level : levels) {
            if (isToken(level)) {
                exact = false;
                break;
            }
        }
        if (!exact && levels.length > LEVELS_MAX) {
            throw new IllegalArgumentException(
                    "a pattern with tokens has at most " + LEVELS_MAX + " levels, not " + levels.length);
        }
        return new Pattern(text, levels, exact);
    }

    private static boolean isToken(String level) {
        return level.equals(ONE) || level.equals(REST);
    }

    public String text() {
        return text;
    }

    /** The levels in order, at least one. Unmodifiable. */
    public List<String> levels() {
        return levels;
    }

    /** Whether there is no token in it, so that it matches exactly the name with the same text. */
    public boolean isExact() {
        return exact;
    }

    /** Whether {@code name} is matched. */
    public boolean matches(String name) {
        if (exact) {
            return text.equals(name);
        }
        if (name.startsWith("$") && isToken(levels.getFirst())) {
            return false;
        }
        int behind = name.length() + 1;
        int level = 0;
        int at = 0;
        int afterRest = -1;
        int guess = 0;
        while (true) {
            if (level < levels.size()) {
                String wanted = levels.get(level);
                if (wanted.equals(REST)) {
                    level++;
                    if (level == levels.size()) {
                        return true;
                    }
                    afterRest = level;
                    guess = at;
                    continue;
                }
                if (at < behind) {
                    int end = levelEnd(name, at);
                    if (wanted.equals(ONE) || (wanted.length() == end - at && name.startsWith(wanted, at))) {
                        level++;
                        at = end + 1;
                        continue;
                    }
                }
            } else if (at == behind) {
                return true;
            }
            if (afterRest < 0 || guess == behind) {
                return false;
            }
            guess = levelEnd(name, guess) + 1;
            at = guess;
            level = afterRest;
        }
    }

    private static int levelEnd(String name, int from) {
        int end = name.indexOf('/', from);
        return end < 0 ? name.length() : end;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
