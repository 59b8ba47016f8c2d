package io.robustmq.transport;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Where to listen. */
public sealed interface ListenerAddress {

    /**
     * An address of the network.
     *
     * @param host address or host name to bind
     * @param port 0..65535; 0 lets the system choose
     */
    record Internet(String host, int port) implements ListenerAddress {
        public Internet {
            if (host.isBlank()) {
                throw new IllegalArgumentException("host must not be blank");
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0..65535: " + port);
            }
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * A socket in the file system. What is left of a listener that is gone is replaced; anything else at that path is refused.
     *
     * @param path of the socket, at most 100 bytes, which every system allows
     * @param permissions that the file gets; who may write may connect
     */
    record Unix(Path path, Set<PosixFilePermission> permissions) implements ListenerAddress {

        private static final int PATH_BYTES_MAX = 100;

        public Unix {
            permissions = Set.copyOf(permissions);
            if (path.toString().getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
                throw new IllegalArgumentException("path must have at most " + PATH_BYTES_MAX + " bytes: " + path);
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
