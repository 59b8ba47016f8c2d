package io.robustmq.server.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * One JSON object per event: {@code time}, {@code level}, {@code logger}, {@code thread}, {@code message}, each {@code key=value} of the message as a member of {@code fields}, and
 * {@code error} with the stack trace if there is one. Any thread.
 */
public final class JsonLines extends ExtFormatter {

    private static final Pattern FIELD = Pattern.compile("(?<!\\S)([a-z][A-Za-z]*)=(\\S*)");

    /** Makes every handler that writes now write in this form. */
    public static void install() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            install(handler);
        }
    }

    private static void install(Handler handler) {
        handler.setFormatter(new JsonLines());
        if (handler instanceof ExtHandler container) {
            for (Handler inside : container.getHandlers()) {
                install(inside);
            }
        }
    }

    @Override
    public String format(ExtLogRecord record) {
        String message = formatMessage(record);
        StringBuilder line = new StringBuilder(256);
        line.append("{\"time\":");
        appendText(line, record.getInstant().toString());
        line.append(",\"level\":");
        appendText(line, record.getLevel().getName());
        line.append(",\"logger\":");
        appendText(line, String.valueOf(record.getLoggerName()));
        line.append(",\"thread\":");
        appendText(line, String.valueOf(record.getThreadName()));
        line.append(",\"message\":");
        appendText(line, message);
        appendFields(line, message);
        Throwable thrown = record.getThrown();
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(",\"error\":");
            appendText(line, trace.toString());
        }
        return line.append("}\n").toString();
    }

    private static void appendFields(StringBuilder line, String message) {
        Matcher field = FIELD.matcher(message);
        boolean any = false;
        while (field.find()) {
            line.append(any ? "," : ",\"fields\":{");
            any = true;
            appendText(line, field.group(1));
            line.append(':');
            appendText(line, field.group(2));
        }
        if (any) {
            line.append('}');
        }
    }

    /** RFC 8259, section 7. */
    private static void appendText(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '"' || character == '\\') {
                line.append('\\').append(character);
            } else if (character < 0x20 || Character.isSurrogate(character)) {
                line.append(String.format("\\u%04x", (int) character));
            } else {
                line.append(character);
            }
        }
        line.append('"');
    }
}
