package io.robustmq.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is let into the admin API: a file with one {@code name:sha256:hex} line per token. Tokens are random and long, so a plain hash keeps them as well as a slow one would. The file is read again
 * when it changes; one that cannot be read lets nobody in. Any thread.
 */
final class Tokens {
    private static final Logger log = LoggerFactory.getLogger(Tokens.class);
    private static final int TOKEN_BYTES = 32;
    private static final String ALGORITHM = "sha256";

    private final Path file;
    private volatile Known known;

    private record Token(String name, String hash) {}

    private record Known(Optional<FileTime> changedAt, List<Token> tokens) {}

    private Tokens(Path file, Known known) {
        this.file = file;
        this.known = known;
    }

    /** Lets nobody in until the file, which need not exist, changes. */
    static Tokens none(Path file) {
        return new Tokens(file, new Known(changedAt(file), List.of()));
    }

    /** Reads {@code file}. */
    static Tokens of(Path file) throws IOException {
        return new Tokens(file, read(file));
    }

    /**
     * Makes a token unless there is one: its hash goes to {@code hashes}, it itself to {@code secret}, which only the user of this process may read and which the server never looks at
     * again.
     *
     * @return whether it was made
     */
    static boolean makeUnlessThere(Path hashes, Path secret) throws IOException {
        if (Files.exists(hashes)) {
            return false;
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Files.deleteIfExists(secret);
        write(secret, token + "\n");
        write(hashes, "admin:" + ALGORITHM + ":" + hash(token) + "\n");
        return true;
    }

    private static void write(Path file, String text) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException there) {
            throw new IOException(file + " is there already", there);
        }
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    /** The name of a token; empty if it is none. Takes the same time for any token of the same length. */
    Optional<String> nameOf(String token) {
        byte[] shown = hash(token).getBytes(StandardCharsets.US_ASCII);
        String name = null;
        for (Token one : current().tokens()) {
            if (MessageDigest.isEqual(shown, one.hash().getBytes(StandardCharsets.US_ASCII))) {
                name = one.name();
            }
        }
        return Optional.ofNullable(name);
    }

    private Known current() {
        Known present = known;
        Optional<FileTime> changedAt = changedAt(file);
        if (changedAt.equals(present.changedAt())) {
            return present;
        }
        try {
            present = read(file);
        } catch (IOException unreadable) {
            log.warn("The token file cannot be read, nobody is let in file={} reason={}", file, unreadable.toString());
            present = new Known(changedAt, List.of());
        }
        known = present;
        return present;
    }

    private static Optional<FileTime> changedAt(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException gone) {
            log.debug("The token file cannot be looked at", gone);
            return Optional.empty();
        }
    }

    private static Known read(Path file) throws IOException {
        Optional<FileTime> changedAt = changedAt(file);
        List<Token> tokens = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] parts = text.split(":", -1);
            if (parts.length != 3
                    || parts[0].isEmpty()
                    || !parts[1].equals(ALGORITHM)
                    || !parts[2].matches("[0-9a-f]{64}")) {
                throw new IOException("line " + number + " is not of the form name:sha256:hash");
            }
            tokens.add(new Token(parts[0], parts[2]));
        }
        return new Known(changedAt, List.copyOf(tokens));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
