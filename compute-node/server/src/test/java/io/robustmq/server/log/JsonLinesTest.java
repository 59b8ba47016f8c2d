package io.robustmq.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private static String line(String message) {
        ExtLogRecord record = new ExtLogRecord(Level.INFO, message, JsonLinesTest.class.getName());
        record.setLoggerName("io.robustmq.Test");
        record.setThreadName("home-1");
        return new JsonLines().format(record);
    }

    @Test
    void keysAndValuesOfTheMessageBecomeFields() {
        assertThat(line("Client refused clientId=a-1 reason=0x86 x = y"))
                .contains("\"level\":\"INFO\",\"logger\":\"io.robustmq.Test\",\"thread\":\"home-1\"")
                .contains("\"message\":\"Client refused clientId=a-1 reason=0x86 x = y\"")
                .contains("\"fields\":{\"clientId\":\"a-1\",\"reason\":\"0x86\"}}")
                .endsWith("\n");
    }

    @Test
    void anEventIsOneLineWhateverItSays() {
        String line = line("quote \" backslash \\ line\nend tab\t");
        assertThat(line)
                .contains("quote \\\" backslash \\\\ line\\u000aend tab\\u0009")
                .doesNotContain("fields");
        assertThat(line.strip()).doesNotContain("\n");
    }

    @Test
    void anErrorComesWithItsTrace() {
        ExtLogRecord record = new ExtLogRecord(Level.ERROR, "broken", JsonLinesTest.class.getName());
        record.setThrown(new IllegalStateException("why"));
        String line = new JsonLines().format(record);
        assertThat(line).contains("\"error\":\"java.lang.IllegalStateException: why\\u000a");
        assertThat(line.strip()).doesNotContain("\n");
    }
}
