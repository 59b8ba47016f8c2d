package io.robustmq.protocol.mqtt;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a listener puts before the topics of its clients, with {@code ${clientid}} and {@code ${username}} to be replaced by those of the client. Immutable.
 *
 * @param text ends with {@code /}, holds no wildcard and does not begin with {@code $} except for a placeholder; at most 512 bytes
 */
public record MountPointTemplate(String text) {

    private static final String CLIENT_ID = "${clientid}";
    private static final String USER_NAME = "${username}";
    private static final int BYTES_MAX = 512;

    /** What becomes of a template for one client. */
    public sealed interface Resolution {
        /** Names of the client are below this prefix. */
        record Mounted(String prefix) implements Resolution {}

        /** The client identifier would lead out of the place meant for it. */
        record ClientIdUnfit() implements Resolution {}

        /** There is no user name, or it would lead out of the place meant for it. */
        record UserNameUnfit() implements Resolution {}
    }

    public MountPointTemplate {
        String fixed = text.replace(CLIENT_ID, "").replace(USER_NAME, "");
        if (!text.endsWith("/") || !isHarmless(fixed) || fixed.indexOf('$') >= 0) {
            throw new IllegalArgumentException("mountPoint must end with / and hold no wildcard and no $ but in "
                    + CLIENT_ID + " and " + USER_NAME + ": " + text);
        }
        if (ByteBufUtil.utf8Bytes(text) > BYTES_MAX) {
            throw new IllegalArgumentException("mountPoint must have at most " + BYTES_MAX + " bytes: " + text);
        }
    }

    /**
     * The prefix of a client. What takes the place of a placeholder must be one level of a topic and no wildcard: a client that calls itself {@code +} or {@code a/b} would
     * else be in the midst of others.
     */
    public Resolution resolve(String clientId, @Nullable String userName) {
        if (text.contains(CLIENT_ID) && !isOneLevel(clientId)) {
            return new Resolution.ClientIdUnfit();
        }
        if (text.contains(USER_NAME) && (userName == null || !isOneLevel(userName))) {
            return new Resolution.UserNameUnfit();
        }
        return new Resolution.Mounted(replaced(clientId, userName == null ? "" : userName));
    }

    /** In one pass: a client identifier may look like a placeholder. */
    private String replaced(String clientId, String userName) {
        StringBuilder prefix = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith(CLIENT_ID, at)) {
                prefix.append(clientId);
                at += CLIENT_ID.length();
            } else if (text.startsWith(USER_NAME, at)) {
                prefix.append(userName);
                at += USER_NAME.length();
            } else {
                prefix.append(text.charAt(at));
                at++;
            }
        }
        return prefix.toString();
    }

    private static boolean isOneLevel(String text) {
        return !text.isEmpty() && isHarmless(text) && text.indexOf('/') < 0 && text.charAt(0) != '$';
    }

    private static boolean isHarmless(String text) {
        return text.indexOf('+') < 0 && text.indexOf('#') < 0 && text.indexOf('\0') < 0;
    }
}
