package io.robustmq.security;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of a password as sent; protocols such as MQTT allow any bytes (MQTT 5.0 §3.1.3.6). The text form tells nothing of it.
 */
public final class Password {
    private final byte[] bytes;

    /** Takes a copy. */
    public Password(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** Whether there are no bytes. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** A copy of the bytes, which the caller wipes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Feeds the bytes to a digest. */
    public void update(MessageDigest digest) {
        digest.update(bytes);
    }

    /**
     * The password as characters, for key derivations that take text: its UTF-8 reading, or one character per byte where
     * it is not UTF-8. The caller wipes the array.
     */
    public char[] toCharacters() {
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

    /** The bytes read as UTF-8, for proofs that are text and no secret of a person, such as tokens. Bytes that are no UTF-8 become U+FFFD. */
    public String toText() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The password of a text. */
    public static Password of(String text) {
        return new Password(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Password[not shown]";
    }
}
