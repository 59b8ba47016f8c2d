package io.robustmq.kernel.local;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The attached subscribers of one pattern on one loop. Removal while iterating from the end is safe. */
final class LocalSubscriptions {
    private @Nullable LocalSubscription[] all = new @Nullable LocalSubscription[1];
    private int size;

    int size() {
        return size;
    }

    LocalSubscription at(int index) {
        LocalSubscription found = all[index];
        if (found == null) {
            throw new IllegalStateException("no subscription at " + index);
        }
        return found;
    }

    void add(LocalSubscription subscription) {
        if (size == all.length) {
            all = Arrays.copyOf(all, size * 2);
        }
        subscription.position = size;
        all[size++] = subscription;
    }

    void remove(LocalSubscription subscription) {
        int at = subscription.position;
        if (at < 0 || at >= size || all[at] != subscription) {
            return;
        }
        LocalSubscription last = at(--size);
        all[size] = null;
        if (last != subscription) {
            all[at] = last;
            last.position = at;
        }
        subscription.position = -1;
    }
}
