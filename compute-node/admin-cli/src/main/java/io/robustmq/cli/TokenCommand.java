package io.robustmq.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a token; asks no server. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description =
                "Makes a token for the admin API: the token on the first line, on the second what goes into the token file.")
final class TokenCommand implements Callable<Integer> {
    private static final int TOKEN_BYTES = 32;

    @Parameters(paramLabel = "NAME", description = "name of its owner, as the audit log will have it")
    String name = "";

    @Override
    public Integer call() throws CommandFailure {
        if (!name.matches("[^:\\s#][^:\\s]*")) {
            throw new CommandFailure(ExitCode.USAGE, "A name has no spaces and no colon, and does not begin with #.");
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
            System.out.println(token);
            System.out.println(name + ":sha256:" + hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
        return ExitCode.OK;
    }
}
