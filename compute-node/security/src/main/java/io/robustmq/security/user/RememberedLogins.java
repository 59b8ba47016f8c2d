package io.robustmq.security.user;

import io.robustmq.security.Password;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Pairs of user name and password that were found right, as SHA-256 digests under a key that only this process has, so
 * that neither a heap dump nor a coincidence of hashes gives one away. Holds a bounded number; when full, some older one
 * makes room. Any thread.
 */
final class RememberedLogins {
    private final int capacity;
    private final byte[] key = new byte[32];
    private final Set<String> digests = ConcurrentHashMap.newKeySet();

    RememberedLogins(int capacity, RandomGenerator random) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity must not be negative: " + capacity);
        }
        this.capacity = capacity;
        random.nextBytes(key);
    }

    boolean contains(String userName, Password password) {
        return capacity > 0 && digests.contains(digest(userName, password));
    }

    void add(String userName, Password password) {
        if (capacity == 0) {
            return;
        }
        if (digests.size() >= capacity) {
            Iterator<String> some = digests.iterator();
            if (some.hasNext()) {
                some.next();
                some.remove();
            }
        }
        digests.add(digest(userName, password));
    }

    /** Forgets all of them. */
    void clear() {
        digests.clear();
    }

    private String digest(String userName, Password password) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
        byte[] name = userName.getBytes(StandardCharsets.UTF_8);
        digest.update(key);
        digest.update((byte) (name.length >>> 8));
        digest.update((byte) name.length);
        digest.update(name);
        password.update(digest);
        return Base64.getEncoder().encodeToString(digest.digest());
    }
}
