package io.robustmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final String SECRET_HASH = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    @TempDir
    Path directory;

    @Test
    void theFirstStartMakesATokenThatOnlyItsUserMayReadAndTheNextOneKeepsIt() throws IOException {
        Path hashes = directory.resolve("tokens");
        Path secret = directory.resolve("token");
        assertThat(Tokens.makeUnlessThere(hashes, secret)).isTrue();
        String token = Files.readString(secret).strip();
        assertThat(Files.readString(hashes)).doesNotContain(token);
        for (Path file : new Path[] {hashes, secret}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(Tokens.makeUnlessThere(hashes, secret)).isFalse();
        Tokens tokens = Tokens.of(hashes);
        assertThat(tokens.nameOf(token)).contains("admin");
        assertThat(tokens.nameOf(token + "x")).isEmpty();
        assertThat(tokens.nameOf("")).isEmpty();
    }

    @Test
    void aChangedFileIsInForceAtOnceAndABrokenOneLetsNobodyIn() throws IOException {
        Path file = directory.resolve("tokens");
        Files.writeString(file, "# nobody\n\n");
        Tokens tokens = Tokens.of(file);
        assertThat(tokens.nameOf("secret")).isEmpty();
        write(file, "ann:sha256:" + SECRET_HASH + "\n", 1);
        assertThat(tokens.nameOf("secret")).contains("ann");
        write(file, "ann:md5:" + SECRET_HASH + "\n", 2);
        assertThat(tokens.nameOf("secret")).isEmpty();
        write(file, "bob:sha256:" + SECRET_HASH + "\n", 3);
        assertThat(tokens.nameOf("secret")).contains("bob");
        Files.delete(file);
        assertThat(tokens.nameOf("secret")).isEmpty();
    }

    private static void write(Path file, String text, int second) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * second));
    }

    @Test
    void aFileThatIsNoneIsToldWithItsLine() throws IOException {
        Path file = directory.resolve("tokens");
        Files.writeString(file, "\nann:secret\n");
        assertThatThrownBy(() -> Tokens.of(file)).hasMessage("line 2 is not of the form name:sha256:hash");
    }
}
