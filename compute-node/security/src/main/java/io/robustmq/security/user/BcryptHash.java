package io.robustmq.security.user;

import io.robustmq.security.Password;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * A password after bcrypt, as other brokers and {@code htpasswd -B} write it. Read only: new ones are Argon2id, because
 * bcrypt looks at 72 bytes of a password at most.
 */
final class BcryptHash implements StoredHash {
    private static final int BYTES_MAX = 72;

    /** More doublings would keep a core busy for a minute at each login. */
    private static final int COST_MAX = 16;

    private final String text;

    private BcryptHash(String text) {
        this.text = text;
    }

    static BcryptHash parse(String text) {
        if (!text.matches("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}")) {
            throw new IllegalArgumentException("the password is not in the form $2y$cost$salt-and-key");
        }
        int cost = Integer.parseInt(text.substring(4, 6));
        if (cost < 4 || cost > COST_MAX) {
            throw new IllegalArgumentException("the cost must be 4.." + COST_MAX + ": " + cost);
        }
        return new BcryptHash(text);
    }

    @Override
    public boolean matches(Password password) {
        byte[] bytes = password.toBytes();
        try {
            // What is longer is cut by some and refused by others; a wrong guess must not pass by being cut.
            return bytes.length != 0 && bytes.length <= BYTES_MAX && OpenBSDBCrypt.checkPassword(text, bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String format() {
        return text;
    }

    @Override
    public String toString() {
        return "BcryptHash";
    }
}
