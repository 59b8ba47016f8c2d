package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that does what it is told, right or wrong (RFC 6455). */
final class FrameSocket {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FIN = 0x80;

    /** What came, byte for character. */
    record Frame(int opcode, String text) {
        byte[] content() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        int status() {
            return text.charAt(0) * 256 + text.charAt(1);
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    FrameSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request with these header lines after the first and returns the answer's head. */
    String request(String firstLine, String... headers) throws IOException {
        String request = firstLine + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return head();
    }

    /** An upgrade with one more header line, or several. */
    String upgrade(String... more) throws IOException {
        String[] headers = new String[more.length + 5];
        headers[0] = "Host: localhost:8083";
        headers[1] = "Upgrade: websocket";
        headers[2] = "Connection: keep-alive, Upgrade";
        headers[3] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        headers[4] = "Sec-WebSocket-Version: 13";
        System.arraycopy(more, 0, headers, 5, more.length);
        return request("GET /mqtt HTTP/1.1", headers);
    }

    FrameSocket opened() throws IOException {
        assertThat(upgrade("Sec-WebSocket-Protocol: mqtt")).startsWith("HTTP/1.1 101 ");
        return this;
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    /** A masked frame as bytes. */
    static byte[] frame(int firstByte, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        if (content.length < 126) {
            out.write(0x80 | content.length);
        } else if (content.length < 65536) {
            out.write(0x80 | 126);
            out.write(content.length >> 8);
            out.write(content.length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) content.length >> shift));
            }
        }
        byte[] mask = {1, 2, 3, 4};
        out.writeBytes(mask);
        for (int i = 0; i < content.length; i++) {
            out.write(content[i] ^ mask[i % 4]);
        }
        return out.toByteArray();
    }

    void send(int firstByte, String content) throws IOException {
        sendRaw(frame(firstByte, content.getBytes(StandardCharsets.US_ASCII)));
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Frame receive() throws IOException {
        int first = in.readUnsignedByte();
        assertThat(first & 0x70).as("extension bits").isZero();
        int length = in.readUnsignedByte();
        assertThat(length & 0x80).as("a server does not mask").isZero();
        long bytes = switch (length) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> length;
        };
        return new Frame(first & 0x0F, new String(in.readNBytes((int) bytes), StandardCharsets.ISO_8859_1));
    }

    /** Content of binary frames until there are so many bytes. */
    String receiveBytes(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            Frame frame = receive();
            assertThat(frame.opcode()).isEqualTo(BINARY);
            text.append(frame.text());
        }
        return text.toString();
    }

    void assertEnd() throws IOException {
        assertThat(in.read()).isEqualTo(-1);
    }
}
