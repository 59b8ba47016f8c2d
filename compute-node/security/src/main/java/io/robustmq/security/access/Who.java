package io.robustmq.security.access;

import java.util.List;
import java.util.Objects;

/** Whom a rule speaks of. */
public sealed interface Who {

    /** Whether it speaks of this client. */
    boolean includes(Subject subject);

    /** Everybody. */
    record Everybody() implements Who {
        @Override
        public boolean includes(Subject subject) {
            return true;
        }
    }

    /** Clients with a proven user name that fits. */
    record User(Text name) implements Who {
        public User {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public boolean includes(Subject subject) {
            String userName = subject.userName();
            return userName != null && name.fits(userName);
        }
    }

    /** Clients whose identifier fits. */
    record Client(Text id) implements Who {
        public Client {
            Objects.requireNonNull(id, "id");
        }

        @Override
        public boolean includes(Subject subject) {
            return id.fits(subject.clientId());
        }
    }

    /** Clients that come from a block of addresses. */
    record Address(Cidr block) implements Who {
        public Address {
            Objects.requireNonNull(block, "block");
        }

        @Override
        public boolean includes(Subject subject) {
            return block.contains(subject.address());
        }
    }

    /** Clients that all of these speak of. */
    record AllOf(List<Who> parts) implements Who {
        public AllOf {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean includes(Subject subject) {
            for (Who part : parts) {
                if (!part.includes(subject)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A text to be compared with.
     *
     * @param like whether {@code *} in it stands for any characters, none included
     */
    record Text(String text, boolean like) {
        public Text {
            Objects.requireNonNull(text, "text");
        }

        boolean fits(String other) {
            return like ? fitsLike(other) : text.equals(other);
        }

        /** Greedy with one point to return to, so that no text takes longer than the product of the lengths. */
        private boolean fitsLike(String other) {
            int at = 0;
            int otherAt = 0;
            int star = -1;
            int starOther = 0;
            while (otherAt < other.length()) {
                if (at < text.length() && text.charAt(at) == '*') {
                    star = at++;
                    starOther = otherAt;
                } else if (at < text.length() && text.charAt(at) == other.charAt(otherAt)) {
                    at++;
                    otherAt++;
                } else if (star >= 0) {
                    at = star + 1;
                    otherAt = ++starOther;
                } else {
                    return false;
                }
            }
            while (at < text.length() && text.charAt(at) == '*') {
                at++;
            }
            return at == text.length();
        }
    }
}
