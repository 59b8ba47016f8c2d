package io.robustmq.kernel.retained;

import io.robustmq.kernel.route.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in {@link NameOrder} the names of a pattern lie. */
final class PatternRange {
    /** The lowest name above all names whose first level begins with {@code $}. */
    private static final String AFTER_RESERVED = "%";

    private final Pattern pattern;
    private final List<String> levels;

    /** Whether no level follows a {@code #}, so that a name with candidate levels up to there is matched. */
    private final boolean restIsLast;

    PatternRange(Pattern pattern) {
        this.pattern = pattern;
        this.levels = pattern.levels();
        int rest = levels.indexOf(Pattern.REST);
        this.restIsLast = rest < 0 || rest == levels.size() - 1;
    }

    /** Whether {@code name}, for which {@link #atOrAfter} gave itself, is matched. */
    boolean matchesCandidate(String name) {
        return restIsLast || pattern.matches(name);
    }

    /** The lowest name from {@code name} on that can be matched, {@code name} itself if it can; null if none can. */
    @Nullable String atOrAfter(String name) {
        int at = 0;
        int lastOne = -1;
        int lastOneEnd = 0;
        for (int i = 0; i < levels.size(); i++) {
            String wanted = levels.get(i);
            boolean token = wanted.equals(Pattern.ONE) || wanted.equals(Pattern.REST);
            if (i == 0 && token && name.startsWith("$")) {
                return lowestBelow(AFTER_RESERVED, wanted.equals(Pattern.REST) ? 0 : 1);
            }
            if (wanted.equals(Pattern.REST)) {
                return name;
            }
            if (at > name.length()) {
                return lowestBelow(name, i);
            }
            int slash = name.indexOf('/', at);
            int end = slash < 0 ? name.length() : slash;
            if (token) {
                lastOne = i;
                lastOneEnd = end;
            } else {
                int order = name.substring(at, end).compareTo(wanted);
                if (order < 0) {
                    return lowestBelow(name.substring(0, at) + wanted, i + 1);
                }
                if (order > 0) {
                    return afterLevel(name, lastOne, lastOneEnd);
                }
            }
            at = end + 1;
        }
        return at > name.length() ? name : afterLevel(name, lastOne, lastOneEnd);
    }

    /** The lowest candidate whose level at the last {@code +} is a later one. */
    private @Nullable String afterLevel(String name, int one, int end) {
        return one < 0 ? null : lowestBelow(name.substring(0, end) + '\0', one + 1);
    }

    /** The lowest candidate that begins with {@code prefix} for the levels before {@code level}. */
    private String lowestBelow(String prefix, int level) {
        StringBuilder lowest = new StringBuilder(prefix);
        for (int i = level; i < levels.size(); i++) {
            String wanted = levels.get(i);
            if (wanted.equals(Pattern.REST)) {
                break;
            }
            lowest.append('/');
            if (!wanted.equals(Pattern.ONE)) {
                lowest.append(wanted);
            }
        }
        return lowest.toString();
    }
}
