package io.robustmq.protocol.mqtt.auth;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of a password as sent (MQTT 5.0 §3.1.3.6: binary data). The text form tells nothing of it.
 */
public final class Password {
    private final byte[] bytes;

    /** Takes a copy. */
    public Password(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Feeds the bytes to a digest. */
    void update(MessageDigest digest) {
        digest.update(bytes);
    }

    /**
     * The password as characters, for key derivations that take text: its UTF-8 reading, or one character per byte where
     * it is not UTF-8. The caller wipes the array.
     */
    char[] toCharacters() {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            char[] characters = new char[decoded.remaining()];
            decoded.get(characters);
            Arrays.fill(decoded.array(), '\0');
            return characters;
        } catch (CharacterCodingException notText) {
            char[] characters = new char[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                characters[i] = (char) (bytes[i] & 0xFF);
            }
            return characters;
        }
    }

    @Override
    public String toString() {
        return "Password[not shown]";
    }
}
