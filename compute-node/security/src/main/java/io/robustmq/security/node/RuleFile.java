package io.robustmq.security.node;

import io.robustmq.security.AtomicFile;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.access.Rule;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.access.RuleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of rules, read again when it changes. Any thread; blocks. */
final class RuleFile {
    private static final Logger log = LoggerFactory.getLogger(RuleFile.class);
    private static final long BYTES_MAX = 16L << 20;

    private final Path file;
    private final AccessPolicy policy;
    private final SecurityCounters counters;
    private final ReentrantLock reading = new ReentrantLock();

    /** By what a change shows; guarded by {@link #reading}. */
    private @Nullable String stamp;

    RuleFile(Path file, AccessPolicy policy, SecurityCounters counters) {
        this.file = file;
        this.policy = policy;
        this.counters = counters;
    }

    /** Reads the file and puts its rules in force. */
    void load() throws IOException, RuleSyntaxException {
        reading.lock();
        try {
            String seen = stamp();
            String text = read();
            List<Rule> rules = RuleText.parse(text);
            policy.replaceRules(rules, true);
            stamp = seen;
            counters.count(SecurityEvent.RULES_RELOADED);
        } finally {
            reading.unlock();
        }
    }

    /** Reads the file if it changed. What cannot be read leaves the rules before it in force: a slip must open nothing. */
    void loadIfChanged() {
        reading.lock();
        try {
            String now = stamp();
            if (now.equals(stamp)) {
                return;
            }
            // Once told is enough, until the file changes again.
            stamp = now;
            load();
            log.info("Rules were read again file={}", file);
        } catch (NoSuchFileException gone) {
            if (stamp != null) {
                stamp = null;
                counters.count(SecurityEvent.RULES_REJECTED);
                log.error("The rule file is gone; its rules stay in force file={}", file);
            }
        } catch (IOException | RuleSyntaxException wrong) {
            counters.count(SecurityEvent.RULES_REJECTED);
            log.error(
                    "The rule file cannot be used; the rules before stay in force file={} reason={}",
                    file,
                    wrong.getMessage());
        } catch (RuntimeException broken) {
            // Told and not thrown: whoever looks at the file from time to time would not look again.
            counters.count(SecurityEvent.RULES_REJECTED);
            log.error("The rule file could not be read by a mistake in here file={}", file, broken);
        } finally {
            reading.unlock();
        }
    }

    /** Checks a text, keeps it in the file and puts its rules in force. */
    void replace(String text) throws IOException, RuleSyntaxException {
        List<Rule> rules = RuleText.parse(text);
        reading.lock();
        try {
            AtomicFile.write(file, text);
            policy.replaceRules(rules, true);
            stamp = stamp();
            counters.count(SecurityEvent.RULES_RELOADED);
        } finally {
            reading.unlock();
        }
    }

    private String read() throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is larger than " + BYTES_MAX + " bytes");
        }
        return Files.readString(file);
    }

    private String stamp() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    }
}
