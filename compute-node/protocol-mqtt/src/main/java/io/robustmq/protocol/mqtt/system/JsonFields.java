package io.robustmq.protocol.mqtt.system;

import org.jspecify.annotations.Nullable;

/** Builds the flat JSON objects (RFC 8259) that events are told in. */
final class JsonFields {
    private final StringBuilder text = new StringBuilder("{");

    JsonFields add(String name, @Nullable String value) {
        if (value == null) {
            begin(name).append("null");
        } else {
            quote(begin(name), value);
        }
        return this;
    }

    JsonFields add(String name, long value) {
        begin(name).append(value);
        return this;
    }

    JsonFields add(String name, boolean value) {
        begin(name).append(value);
        return this;
    }

    @Override
    public String toString() {
        return text + "}";
    }

    private StringBuilder begin(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        return text.append('"').append(name).append("\":");
    }

    private static void quote(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit == '"' || unit == '\\') {
                out.append('\\').append(unit);
            } else if (unit < ' ') {
                out.append(String.format("\\u%04x", (int) unit));
            } else {
                out.append(unit);
            }
        }
        out.append('"');
    }
}
