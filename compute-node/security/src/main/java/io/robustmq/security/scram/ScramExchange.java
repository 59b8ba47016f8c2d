package io.robustmq.security.scram;

import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.user.ScramSecret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One exchange (RFC 5802 §5, §7). Loop only. */
final class ScramExchange implements AuthenticationExchange {
    private static final Step MALFORMED = new Step.Failed("The SCRAM message is not well formed.");
    private static final Step WRONG = new Step.Failed("User name or password are wrong.");
    private static final int MESSAGE_BYTES_MAX = 4_096;

    private final Function<String, ScramServer.Known> users;
    private final String serverNonce;

    /** Between client-first and client-final; null before and after. */
    private @Nullable Begun begun;

    private boolean over;

    /** What the first message said and was answered. */
    private record Begun(
            ScramServer.Known user, String header, String nonce, String clientFirstBare, String serverFirst) {}

    ScramExchange(Function<String, ScramServer.Known> users, String serverNonce) {
        this.users = users;
        this.serverNonce = serverNonce;
    }

    @Override
    public Step next(byte[] data) {
        if (over) {
            throw new IllegalStateException("the exchange is over");
        }
        String message = text(data);
        Begun before = begun;
        begun = null;
        Step step = message == null ? MALFORMED : before == null ? first(message) : last(before, message);
        over = !(step instanceof Step.Challenge);
        return step;
    }

    /** client-first-message = gs2-header "n=" name ",r=" nonce {"," extension}. */
    private Step first(String message) {
        // "n" or "y": no channel binding, which is all that is offered; "p=" demands it.
        boolean noBinding = message.startsWith("n,") || message.startsWith("y,");
        int headerEnd = noBinding ? message.indexOf(',', 2) + 1 : 0;
        if (headerEnd == 0) {
            return MALFORMED;
        }
        String header = message.substring(0, headerEnd);
        // An identity to act for ("a=") is not offered.
        if (header.length() != 3) {
            return new Step.Failed("Acting for another user is not offered.");
        }
        String bare = message.substring(headerEnd);
        String[] attributes = bare.split(",", -1);
        // A mandatory extension ("m=") that is not known must fail, and stands where the name belongs.
        if (attributes.length < 2 || !attributes[0].startsWith("n=") || !attributes[1].startsWith("r=")) {
            return MALFORMED;
        }
        String name = name(attributes[0].substring(2));
        String clientNonce = attributes[1].substring(2);
        if (name == null || name.isEmpty() || clientNonce.isEmpty() || !isPrintable(clientNonce)) {
            return MALFORMED;
        }
        ScramServer.Known user = users.apply(name);
        ScramSecret secret = user.secret();
        String nonce = clientNonce + serverNonce;
        String serverFirst =
                "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(secret.salt()) + ",i=" + secret.iterations();
        begun = new Begun(user, header, nonce, bare, serverFirst);
        return new Step.Challenge(serverFirst.getBytes(StandardCharsets.UTF_8));
    }

    /** client-final-message = "c=" binding ",r=" nonce {"," extension} ",p=" proof. */
    private static Step last(Begun before, String message) {
        int proofAt = message.lastIndexOf(",p=");
        if (proofAt < 0) {
            return MALFORMED;
        }
        String withoutProof = message.substring(0, proofAt);
        String[] attributes = withoutProof.split(",", -1);
        if (attributes.length < 2 || !attributes[0].startsWith("c=") || !attributes[1].startsWith("r=")) {
            return MALFORMED;
        }
        byte[] binding;
        byte[] proof;
        try {
            binding = Base64.getDecoder().decode(attributes[0].substring(2));
            proof = Base64.getDecoder().decode(message.substring(proofAt + 3));
        } catch (IllegalArgumentException noBase64) {
            return MALFORMED;
        }
        boolean sameExchange = new String(binding, StandardCharsets.UTF_8).equals(before.header())
                && attributes[1].substring(2).equals(before.nonce());
        ScramSecret secret = before.user().secret();
        if (!sameExchange || proof.length != secret.storedKey().length) {
            return MALFORMED;
        }
        String authMessage = before.clientFirstBare() + "," + before.serverFirst() + "," + withoutProof;
        byte[] clientKey = ScramKeys.xor(proof, ScramKeys.hmac(secret.storedKey(), authMessage));
        boolean right = MessageDigest.isEqual(ScramKeys.sha256(clientKey), secret.storedKey());
        if (!right || !before.user().real()) {
            return WRONG;
        }
        String verifier = "v=" + Base64.getEncoder().encodeToString(ScramKeys.hmac(secret.serverKey(), authMessage));
        return new Step.Proven(
                verifier.getBytes(StandardCharsets.UTF_8),
                before.user().name(),
                before.user().superuser());
    }

    /** saslname: {@code =2C} for a comma and {@code =3D} for an equals sign; null if an equals sign stands for anything else. */
    private static @Nullable String name(String encoded) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < encoded.length(); i++) {
            char next = encoded.charAt(i);
            if (next != '=') {
                name.append(next);
            } else if (encoded.startsWith("=2C", i)) {
                name.append(',');
                i += 2;
            } else if (encoded.startsWith("=3D", i)) {
                name.append('=');
                i += 2;
            } else {
                return null;
            }
        }
        return name.toString();
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(character -> character > 0x20 && character < 0x7F && character != ',');
    }

    private static @Nullable String text(byte[] data) {
        if (data.length > MESSAGE_BYTES_MAX) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
