package io.robustmq.transport.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Addresses whose word is taken for that of their clients. Immutable.
 *
 * @param networks in the order given
 */
public record TrustedNetworks(List<Network> networks) {

    /** Nobody. */
    public static final TrustedNetworks NONE = new TrustedNetworks(List.of());

    public TrustedNetworks {
        networks = List.copyOf(networks);
    }

    /** From texts such as {@code 10.0.0.0/8}, {@code fd00::/8} or {@code 192.0.2.7}; host names are not taken. */
    public static TrustedNetworks parse(List<String> texts) {
        return new TrustedNetworks(texts.stream().map(Network::parse).toList());
    }

    /** Whether nobody is trusted. */
    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /** Whether the address belongs to one of the networks; never for anything but an IP address. */
    public boolean contain(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && contain(internet.getAddress());
    }

    /** Whether the address belongs to one of the networks. */
    public boolean contain(InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Addresses that begin with the same bits.
     *
     * @param address any of them
     * @param prefixBits how many bits they share, 0..32 or 0..128
     */
    public record Network(InetAddress address, int prefixBits) {

        public Network {
            int bits = address.getAddress().length * 8;
            if (prefixBits < 0 || prefixBits > bits) {
                throw new IllegalArgumentException(
                        "the prefix of " + address.getHostAddress() + " must be 0.." + bits + ", not " + prefixBits);
            }
        }

        static Network parse(String text) {
            int slash = text.indexOf('/');
            try {
                InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
                int bits = address.getAddress().length * 8;
                return new Network(address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("\"" + text + "\" is no network such as 10.0.0.0/8", notANumber);
            } catch (IllegalArgumentException notAnAddress) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is no network such as 10.0.0.0/8: " + notAnAddress.getMessage(),
                        notAnAddress);
            }
        }

        boolean contains(InetAddress other) {
            byte[] ours = address.getAddress();
            byte[] theirs = other.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            int whole = prefixBits / 8;
            for (int i = 0; i < whole; i++) {
                if (ours[i] != theirs[i]) {
                    return false;
                }
            }
            int mask = 0xFF00 >> prefixBits % 8 & 0xFF;
            return mask == 0 || (ours[whole] & mask) == (theirs[whole] & mask);
        }
    }
}
