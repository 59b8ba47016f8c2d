package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one packet or will (MQTT 5.0 §2.2.2): an immutable value in which each property keeps its type and
 * its range. User properties keep their order and may repeat, subscription identifiers may repeat.
 *
 * <p>Numbers are read with the value that their absence stands for, which differs from place to place; texts and binary
 * data read as null when absent.
 */
public final class Properties {
    /** No property at all. */
    public static final Properties NONE = new Properties(new EnumMap<>(Property.class));

    /** Long, String, BinaryData or an immutable List for each property that is there. Never changed. */
    private final EnumMap<Property, Object> values;

    private Properties(EnumMap<Property, Object> values) {
        this.values = values;
    }

    /** A builder without any property. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these properties. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        values.forEach((property, value) ->
                builder.slots.put(property, value instanceof List<?> list ? new ArrayList<Object>(list) : value));
        return builder;
    }

    /** Whether there is no property. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Whether the property is there. */
    public boolean contains(Property property) {
        return values.containsKey(property);
    }

    /**
     * The value of a numeric property that cannot repeat.
     *
     * @param absent what to return when the property is not there
     */
    public long number(Property property, long absent) {
        requireKind(property, property.kind().isNumber() && property != Property.SUBSCRIPTION_IDENTIFIER);
        return values.get(property) instanceof Long value ? value : absent;
    }

    /** The value of a text property, or null when it is not there. */
    public @Nullable String text(Property property) {
        requireKind(property, property.kind() == Property.Kind.UTF8_STRING);
        return values.get(property) instanceof String value ? value : null;
    }

    /** The value of a binary property, or null when it is not there. */
    public @Nullable BinaryData binary(Property property) {
        requireKind(property, property.kind() == Property.Kind.BINARY_DATA);
        return values.get(property) instanceof BinaryData value ? value : null;
    }

    /** The user properties in the order in which they were sent. */
    @SuppressWarnings("unchecked") // the builder puts nothing else there
    public List<UserProperty> userProperties() {
        return values.get(Property.USER_PROPERTY) instanceof List<?> list ? (List<UserProperty>) list : List.of();
    }

    /** The subscription identifiers, 1 to 268,435,455 each. */
    @SuppressWarnings("unchecked") // the builder puts nothing else there
    public List<Integer> subscriptionIdentifiers() {
        return values.get(Property.SUBSCRIPTION_IDENTIFIER) instanceof List<?> list ? (List<Integer>) list : List.of();
    }

    /**
     * Checks that a packet or will of this kind may hold all of these properties (table 2-4).
     *
     * @throws IllegalArgumentException naming the first property that it may not hold
     */
    void requireLegalIn(PropertyScope scope) {
        for (Property property : values.keySet()) {
            if (!property.isLegalIn(scope)) {
                throw new IllegalArgumentException(property + " is not a property of " + scope);
            }
        }
        if (scope == PropertyScope.SUBSCRIBE && subscriptionIdentifiers().size() > 1) {
            throw new IllegalArgumentException("SUBSCRIBE holds one subscription identifier at most");
        }
    }

    /** The number of bytes of all properties, without the length that precedes them. */
    int contentLength() {
        int length = 0;
        for (Map.Entry<Property, Object> entry : values.entrySet()) {
            for (Object value : occurrences(entry.getValue())) {
                length += 1 + valueLength(entry.getKey(), value);
            }
        }
        return length;
    }

    /** The number of bytes of all properties with the length that precedes them. */
    int encodedLength() {
        int length = contentLength();
        return VariableByteInteger.encodedLength(length) + length;
    }

    void writeTo(ByteBuf out) {
        VariableByteInteger.write(out, contentLength());
        for (Map.Entry<Property, Object> entry : values.entrySet()) {
            for (Object value : occurrences(entry.getValue())) {
                writeValue(out, entry.getKey(), value);
            }
        }
    }

    /** Reads a range that a {@link PropertyScan} found to be valid. */
    static Properties read(ByteBuf in, int index, int length) {
        if (length == 0) {
            return NONE;
        }
        Builder builder = new Builder();
        int at = index;
        int end = index + length;
        while (at < end) {
            at = builder.readOne(in, at, end);
        }
        return builder.build();
    }

    private static List<?> occurrences(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }

    private static int valueLength(Property property, Object value) {
        return switch (property.kind()) {
            case BYTE -> 1;
            case TWO_BYTE_INTEGER -> 2;
            case FOUR_BYTE_INTEGER -> 4;
            case VARIABLE_BYTE_INTEGER -> VariableByteInteger.encodedLength((Integer) value);
            case UTF8_STRING -> 2 + ByteBufUtil.utf8Bytes((String) value);
            case BINARY_DATA -> 2 + ((BinaryData) value).length();
            case UTF8_STRING_PAIR -> {
                UserProperty pair = (UserProperty) value;
                yield 4 + ByteBufUtil.utf8Bytes(pair.name()) + ByteBufUtil.utf8Bytes(pair.value());
            }
        };
    }

    private static void writeValue(ByteBuf out, Property property, Object value) {
        out.writeByte(property.identifier());
        switch (property.kind()) {
            case BYTE -> out.writeByte(((Long) value).intValue());
            case TWO_BYTE_INTEGER -> out.writeShort(((Long) value).intValue());
            case FOUR_BYTE_INTEGER -> out.writeInt(((Long) value).intValue());
            case VARIABLE_BYTE_INTEGER -> VariableByteInteger.write(out, (Integer) value);
            case UTF8_STRING -> PacketEncoder.writeText(out, (String) value);
            case BINARY_DATA -> PacketEncoder.writeBinary(out, (BinaryData) value);
            case UTF8_STRING_PAIR -> {
                UserProperty pair = (UserProperty) value;
                PacketEncoder.writeText(out, pair.name());
                PacketEncoder.writeText(out, pair.value());
            }
        }
    }

    private static void requireKind(Property property, boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException(property + " is a " + property.kind());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Properties that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /** Collects properties. Each method throws {@link IllegalArgumentException} for a value out of range or set twice. */
    public static final class Builder {
        private final EnumMap<Property, Object> slots = new EnumMap<>(Property.class);

        private Builder() {}

        /** Sets a numeric property that cannot repeat. */
        public Builder set(Property property, long value) {
            requireKind(property, property.kind().isNumber() && property != Property.SUBSCRIPTION_IDENTIFIER);
            if (!property.isInRange(value)) {
                throw new IllegalArgumentException(property + " cannot be " + value);
            }
            return put(property, value);
        }

        /** Sets a text property. */
        public Builder set(Property property, String value) {
            requireKind(property, property.kind() == Property.Kind.UTF8_STRING);
            PacketRules.requireText(property.name(), value);
            if (property == Property.RESPONSE_TOPIC) {
                PacketRules.requireTopicName(value);
            }
            return put(property, value);
        }

        /** Sets a binary property. */
        public Builder set(Property property, BinaryData value) {
            requireKind(property, property.kind() == Property.Kind.BINARY_DATA);
            PacketRules.requireBinary(property.name(), value);
            return put(property, value);
        }

        /** Adds a user property behind those already there. */
        public Builder userProperty(String name, String value) {
            append(Property.USER_PROPERTY, new UserProperty(name, value));
            return this;
        }

        /** Adds a subscription identifier, 1 to 268,435,455. */
        public Builder subscriptionIdentifier(int identifier) {
            if (!Property.SUBSCRIPTION_IDENTIFIER.isInRange(identifier)) {
                throw new IllegalArgumentException("SUBSCRIPTION_IDENTIFIER cannot be " + identifier);
            }
            append(Property.SUBSCRIPTION_IDENTIFIER, identifier);
            return this;
        }

        /** Takes a property away, if it is there. */
        public Builder remove(Property property) {
            slots.remove(property);
            return this;
        }

        /** The properties collected so far. */
        public Properties build() {
            if (slots.isEmpty()) {
                return NONE;
            }
            EnumMap<Property, Object> values = new EnumMap<>(Property.class);
            slots.forEach((property, value) ->
                    values.put(property, value instanceof List<?> list ? List.copyOf(list) : value));
            return new Properties(values);
        }

        private Builder put(Property property, Object value) {
            if (slots.putIfAbsent(property, value) != null) {
                throw new IllegalArgumentException(property + " is set already");
            }
            return this;
        }

        @SuppressWarnings("unchecked") // only this method puts lists there
        private void append(Property property, Object element) {
            ((List<Object>) slots.computeIfAbsent(property, _ -> new ArrayList<Object>())).add(element);
        }

        private int readOne(ByteBuf in, int at, int end) {
            Property property = Property.of(in.getByte(at));
            if (property == null) {
                throw new IllegalStateException("properties were not scanned before they were read");
            }
            int value = at + 1;
            return switch (property.kind()) {
                case BYTE -> {
                    set(property, in.getUnsignedByte(value));
                    yield value + 1;
                }
                case TWO_BYTE_INTEGER -> {
                    set(property, in.getUnsignedShort(value));
                    yield value + 2;
                }
                case FOUR_BYTE_INTEGER -> {
                    set(property, in.getUnsignedInt(value));
                    yield value + 4;
                }
                case VARIABLE_BYTE_INTEGER -> {
                    int packed = VariableByteInteger.decode(in, value, end);
                    subscriptionIdentifier(VariableByteInteger.value(packed));
                    yield value + VariableByteInteger.length(packed);
                }
                case UTF8_STRING -> {
                    set(property, textAt(in, value));
                    yield value + 2 + in.getUnsignedShort(value);
                }
                case BINARY_DATA -> {
                    int length = in.getUnsignedShort(value);
                    set(property, BinaryData.copyOf(in, value + 2, length));
                    yield value + 2 + length;
                }
                case UTF8_STRING_PAIR -> {
                    int second = value + 2 + in.getUnsignedShort(value);
                    userProperty(textAt(in, value), textAt(in, second));
                    yield second + 2 + in.getUnsignedShort(second);
                }
            };
        }

        private static String textAt(ByteBuf in, int index) {
            return in.toString(index + 2, in.getUnsignedShort(index), StandardCharsets.UTF_8);
        }
    }
}
