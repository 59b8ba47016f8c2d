package io.robustmq.security.ban;

import io.robustmq.security.access.Cidr;
import java.util.Objects;

/**
 * Somebody who is kept out.
 *
 * @param target who
 * @param by who said so
 * @param reason why
 * @param sinceMillis since the epoch
 * @param untilMillis since the epoch, when it ends; {@link #FOREVER} if it does not
 */
public record Ban(Target target, String by, String reason, long sinceMillis, long untilMillis) {
    /** Of a ban that does not end. */
    public static final long FOREVER = Long.MAX_VALUE;

    public Ban {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        if (untilMillis <= sinceMillis) {
            throw new IllegalArgumentException("a ban must end after it begins: " + sinceMillis + ", " + untilMillis);
        }
    }

    /** Whether it holds at that time. */
    public boolean holdsAt(long nowMillis) {
        return nowMillis < untilMillis;
    }

    /** Who is kept out. */
    public sealed interface Target {
        /** A client identifier. */
        record Client(String id) implements Target {
            public Client {
                requireText(id);
            }
        }

        /** A user name. */
        record User(String name) implements Target {
            public User {
                requireText(name);
            }
        }

        /** An address or a block of them. */
        record Addresses(Cidr block) implements Target {
            public Addresses {
                Objects.requireNonNull(block, "block");
            }
        }
    }

    private static void requireText(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("whom to ban is empty");
        }
    }
}
