package io.robustmq.kernel.retained;

import java.util.Comparator;

/**
 * Names in the order of a walk through the tree of levels: a name comes directly before all names below it, and these before
 * its next sibling. That is the order of UTF-16 code units with {@code /} as the lowest.
 */
enum NameOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String name, String other) {
        int common = Math.min(name.length(), other.length());
        for (int i = 0; i < common; i++) {
            char a = name.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                return a == '/' ? -1 : b == '/' ? 1 : a - b;
            }
        }
        return name.length() - other.length();
    }

    /** The lowest name that is higher than {@code name}. */
    static String after(String name) {
        return name + '/';
    }
}
