package io.robustmq.kernel.route;

import java.util.Arrays;

/**
 * Levels of names and patterns in UTF-8. A position is the index of the first byte of a level; the position behind the last
 * level is {@code length + 1}, because an empty last level has a position of its own.
 */
final class Levels {
    static final byte SEPARATOR = '/';
    static final byte ONE = '+';
    static final byte REST = '#';
    static final byte RESERVED = '$';

    private Levels() {}

    /** End (exclusive) of the level that starts at {@code from}. */
    static int end(byte[] path, int from) {
        int at = from;
        while (at < path.length && path[at] != SEPARATOR) {
            at++;
        }
        return at;
    }

    /** Whether the level {@code from..end} is the token {@code token} and nothing else. */
    static boolean isToken(byte[] path, int from, int end, byte token) {
        return end - from == 1 && path[from] == token;
    }

    static boolean hasToken(byte[] pattern) {
        for (int from = 0; from <= pattern.length; ) {
            int end = end(pattern, from);
            if (isToken(pattern, from, end, ONE) || isToken(pattern, from, end, REST)) {
                return true;
            }
            from = end + 1;
        }
        return false;
    }

    static int count(byte[] path) {
        int count = 1;
        for (byte b : path) {
            if (b == SEPARATOR) {
                count++;
            }
        }
        return count;
    }

    /**
     * Whether the levels of {@code pattern} from {@code patternFrom} match the levels of {@code name} from {@code nameFrom}.
     * Takes at most (levels of the name) x (levels of the pattern) steps: after a failure only the last {@code #} guesses anew.
     */
    static boolean match(byte[] pattern, int patternFrom, byte[] name, int nameFrom) {
        int patternAt = patternFrom;
        int nameAt = nameFrom;
        int afterRest = -1;
        int guess = 0;
        while (true) {
            if (patternAt <= pattern.length) {
                int patternEnd = end(pattern, patternAt);
                if (isToken(pattern, patternAt, patternEnd, REST)) {
                    if (patternEnd == pattern.length) {
                        return true;
                    }
                    patternAt = patternEnd + 1;
                    afterRest = patternAt;
                    guess = nameAt;
                    continue;
                }
                if (nameAt <= name.length) {
                    int nameEnd = end(name, nameAt);
                    if (isToken(pattern, patternAt, patternEnd, ONE)
                            || Arrays.equals(pattern, patternAt, patternEnd, name, nameAt, nameEnd)) {
                        patternAt = patternEnd + 1;
                        nameAt = nameEnd + 1;
                        continue;
                    }
                }
            } else if (nameAt > name.length) {
                return true;
            }
            if (afterRest < 0 || guess > name.length) {
                return false;
            }
            guess = end(name, guess) + 1;
            nameAt = guess;
            patternAt = afterRest;
        }
    }
}
