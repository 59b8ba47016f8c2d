package io.robustmq.security.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A block of addresses (RFC 4632, RFC 4291 §2.3), or a single one. IPv4 addresses written as IPv6 (RFC 4291 §2.5.5.2) are
 * IPv4 here, as the JDK has it.
 *
 * @param network lowest address of the block
 * @param prefixBits leading bits that all its addresses have in common
 */
public record Cidr(InetAddress network, int prefixBits) {

    /** Clears what is behind the prefix, so that equal blocks are equal. */
    public Cidr {
        Objects.requireNonNull(network, "network");
        byte[] bytes = network.getAddress();
        if (prefixBits < 0 || prefixBits > bytes.length * Byte.SIZE) {
            throw new IllegalArgumentException(
                    "the prefix of an address block must be 0.." + bytes.length * Byte.SIZE + ": " + prefixBits);
        }
        network = masked(bytes, prefixBits);
    }

    /**
     * Reads {@code address} or {@code address/prefix}; never asks a name service.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        // The JDK reads 10.1 as 10.0.0.1, which nobody means who writes it into a rule.
        if (literal.indexOf(':') < 0
                && literal.chars().filter(character -> character == '.').count() != 3) {
            throw new IllegalArgumentException(text + " is neither an address nor a block of addresses");
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException noLiteral) {
            throw new IllegalArgumentException(text + " is neither an address nor a block of addresses", noLiteral);
        }
        if (slash < 0) {
            return of(address);
        }
        try {
            return new Cidr(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException(text + " is neither an address nor a block of addresses", noNumber);
        }
    }

    /** The block of a single address. */
    public static Cidr of(InetAddress address) {
        return new Cidr(address, address.getAddress().length * Byte.SIZE);
    }

    /** Whether the address is in the block; one of the other family never is. */
    public boolean contains(InetAddress address) {
        byte[] own = network.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (own[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixBits % Byte.SIZE;
        return rest == 0 || ((own[whole] ^ other[whole]) & (0xFF << (Byte.SIZE - rest)) & 0xFF) == 0;
    }

    private static InetAddress masked(byte[] bytes, int prefixBits) {
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixBits - i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] &= (byte) (0xFF << (Byte.SIZE - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        int all = network.getAddress().length * Byte.SIZE;
        return prefixBits == all ? network.getHostAddress() : network.getHostAddress() + "/" + prefixBits;
    }
}
