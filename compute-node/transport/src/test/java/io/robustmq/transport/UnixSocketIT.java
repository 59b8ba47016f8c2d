package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.transport.proxy.ProxySettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Unix domain sockets, with each way of waiting for them. */
@ParameterizedClass
@EnumSource(HomeLoops.Polling.class)
class UnixSocketIT {

    private final HomeLoops.Polling polling;
    private final EchoNode node;

    @TempDir
    Path directory;

    UnixSocketIT(HomeLoops.Polling polling) {
        this.polling = polling;
        this.node = new EchoNode(polling);
    }

    @AfterEach
    void closeEverything() {
        node.close();
    }

    private ListenerSettings settings(String permissions) {
        return new ListenerSettings(
                "local",
                new ListenerAddress.Unix(path(), PosixFilePermissions.fromString(permissions)),
                128,
                10,
                1000,
                ListenerSettings.HANDSHAKE_TIMEOUT_NANOS_DEFAULT,
                1024,
                WriteLimits.DEFAULT,
                null,
                ProxySettings.OFF,
                null,
                null);
    }

    private Path path() {
        return directory.resolve("mqtt.sock");
    }

    private void echoes(String text) throws IOException {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            ByteBuffer out = ByteBuffer.wrap((text + "X").getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                socket.write(out);
            }
            ByteBuffer in = ByteBuffer.allocate(100);
            int read = 0;
            while (read >= 0) {
                read = socket.read(in);
            }
            assertThat(new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII))
                    .isEqualTo(text + "X");
        }
    }

    @Test
    void clientsOfTheMachineConnectThroughTheFileSystem() throws Exception {
        Listener listener = node.listen(settings("rw-rw----"));
        assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        echoes("hello");
        ConnectionInfo connection = node.arrival();
        assertThat(connection.listener().transport()).isEqualTo(Transport.UNIX);
        assertThat(connection.remoteAddress().toString()).contains("mqtt.sock");
        EchoNode.await("gone", () -> listener.openConnections() == 0);
        listener.stopListening();
        assertThat(path()).doesNotExist();
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws Exception {
        try (ServerSocketChannel former = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            former.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();
        node.listen(settings("rw-------"));
        echoes("hello");
    }

    @Test
    void aSocketThatSomebodyListensOnIsLeftAlone() throws Exception {
        node.listen(settings("rw-------"));
        HomeLoops second = HomeLoops.start(1, polling);
        try {
            assertThatThrownBy(() -> second.listen(settings("rw-------"), (_, _, _) -> {}))
                    .isInstanceOf(ListenException.class)
                    .hasMessageContaining("another process listens there");
        } finally {
            second.close(Duration.ofSeconds(5));
        }
        echoes("hello");
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.writeString(path(), "precious");
        assertThatThrownBy(() -> node.listen(settings("rw-------")))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("there is a file that is no socket");
        assertThat(path()).hasContent("precious");
    }
}
