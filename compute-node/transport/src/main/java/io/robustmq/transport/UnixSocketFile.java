package io.robustmq.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a Unix domain socket: what a listener that is gone left behind is removed before binding, and our own after the end. Used by one thread at a time.
 */
final class UnixSocketFile {

    private static final Logger log = LoggerFactory.getLogger(UnixSocketFile.class);

    private final String listener;
    private final ListenerAddress.Unix address;
    private @Nullable Object identity;

    private UnixSocketFile(String listener, ListenerAddress.Unix address) {
        this.listener = listener;
        this.address = address;
    }

    /** Makes sure that the path is free. */
    static UnixSocketFile claim(String listener, ListenerAddress.Unix address) throws ListenException {
        Path path = address.path();
        try {
            BasicFileAttributes present =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!present.isOther()) {
                throw new ListenException(
                        "Listener " + listener + " cannot use " + path + ": there is a file that is no socket.");
            }
            if (isAnswered(path)) {
                throw new ListenException(
                        "Listener " + listener + " cannot use " + path + ": another process listens there.");
            }
            Files.delete(path);
            log.info("A socket that nobody listens on was removed listener={} path={}", listener, path);
        } catch (NoSuchFileException free) {
            log.debug("The path of a socket is free listener={} path={}", listener, path, free);
        } catch (IOException unusable) {
            throw new ListenException("Listener " + listener + " cannot use " + path + ": " + unusable, unusable);
        }
        return new UnixSocketFile(listener, address);
    }

    /** The socket is bound and nobody was let in yet. */
    void bound() throws ListenException {
        try {
            Files.setPosixFilePermissions(address.path(), address.permissions());
            identity = Files.readAttributes(address.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException | UnsupportedOperationException unusable) {
            throw new ListenException(
                    "Listener " + listener + " cannot set the permissions of " + address.path() + ": " + unusable,
                    unusable);
        }
    }

    /** Removes the file if it is still ours. */
    void delete() {
        Object ours = identity;
        if (ours == null) {
            return;
        }
        identity = null;
        try {
            BasicFileAttributes present =
                    Files.readAttributes(address.path(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (ours.equals(present.fileKey())) {
                Files.delete(address.path());
            }
        } catch (NoSuchFileException gone) {
            log.debug("The socket is gone already listener={}", listener, gone);
        } catch (IOException stays) {
            log.warn(
                    "A socket could not be removed listener={} path={} reason={}",
                    listener,
                    address.path(),
                    stays.toString());
        }
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            log.debug("Nobody answers at a socket path={}", path, refused);
            return false;
        }
    }
}
