package io.robustmq.security.user;

import io.robustmq.security.Password;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A password after Argon2id (RFC 9106), in the usual text form {@code $argon2id$v=19$m=KIB,t=PASSES,p=LANES$salt$key} with
 * salt and key in Base64 without padding. {@link #matches} takes the memory and the time that the parameters say.
 */
final class Argon2Hash implements StoredHash {
    static final String PREFIX = "$argon2id$";

    /** Parameters of hashes made here: the smallest memory that OWASP names, since a node checks many at once. */
    static final int DEFAULT_MEMORY_KIB = 19_456;

    static final int DEFAULT_PASSES = 2;
    static final int DEFAULT_LANES = 1;

    /** More would let one line of a file take the memory of the node. */
    static final int MEMORY_KIB_MAX = 131_072;

    private static final int PASSES_MAX = 16;
    private static final int LANES_MAX = 16;
    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;

    private final int memoryKib;
    private final int passes;
    private final int lanes;
    private final byte[] salt;
    private final byte[] key;

    private Argon2Hash(int memoryKib, int passes, int lanes, byte[] salt, byte[] key) {
        this.memoryKib = memoryKib;
        this.passes = passes;
        this.lanes = lanes;
        this.salt = salt;
        this.key = key;
    }

    /**
     * Derives a new hash; slow on purpose.
     *
     * @throws IllegalArgumentException when the password is empty
     */
    static Argon2Hash derive(Password password, RandomGenerator random) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("the password is empty");
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new Argon2Hash(
                DEFAULT_MEMORY_KIB,
                DEFAULT_PASSES,
                DEFAULT_LANES,
                salt,
                key(password, DEFAULT_MEMORY_KIB, DEFAULT_PASSES, DEFAULT_LANES, salt, KEY_BYTES));
    }

    static Argon2Hash parse(String text) {
        String[] parts = text.substring(PREFIX.length()).split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals("v=19")) {
            throw new IllegalArgumentException(
                    "the password is not in the form $argon2id$v=19$m=..,t=..,p=..$salt$key");
        }
        int memoryKib = 0;
        int passes = 0;
        int lanes = 0;
        byte[] salt;
        byte[] key;
        try {
            for (String parameter : parts[1].split(",", -1)) {
                int value = Integer.parseInt(parameter.substring(Math.min(2, parameter.length())));
                switch (parameter.substring(0, Math.min(2, parameter.length()))) {
                    case "m=" -> memoryKib = value;
                    case "t=" -> passes = value;
                    case "p=" -> lanes = value;
                    default -> throw new IllegalArgumentException("a parameter is unknown");
                }
            }
            salt = Base64.getDecoder().decode(parts[2]);
            key = Base64.getDecoder().decode(parts[3]);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("parameters, salt or key cannot be read", unreadable);
        }
        if (memoryKib < 8
                || memoryKib > MEMORY_KIB_MAX
                || passes < 1
                || passes > PASSES_MAX
                || lanes < 1
                || lanes > LANES_MAX) {
            throw new IllegalArgumentException(
                    "m must be 8.." + MEMORY_KIB_MAX + ", t 1.." + PASSES_MAX + " and p 1.." + LANES_MAX);
        }
        if (salt.length < 8 || salt.length > 64 || key.length < 16 || key.length > 64) {
            throw new IllegalArgumentException("the salt must have 8..64 bytes and the key 16..64");
        }
        return new Argon2Hash(memoryKib, passes, lanes, salt, key);
    }

    @Override
    public boolean matches(Password password) {
        return !password.isEmpty()
                && MessageDigest.isEqual(key, key(password, memoryKib, passes, lanes, salt, key.length));
    }

    @Override
    public String format() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return PREFIX + "v=19$m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(key);
    }

    private static byte[] key(Password password, int memoryKib, int passes, int lanes, byte[] salt, int keyBytes) {
        byte[] bytes = password.toBytes();
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(memoryKib)
                    .withIterations(passes)
                    .withParallelism(lanes)
                    .withSalt(salt)
                    .build());
            byte[] key = new byte[keyBytes];
            generator.generateBytes(bytes, key);
            return key;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "Argon2Hash[m=" + memoryKib + ", t=" + passes + ", p=" + lanes + "]";
    }
}
