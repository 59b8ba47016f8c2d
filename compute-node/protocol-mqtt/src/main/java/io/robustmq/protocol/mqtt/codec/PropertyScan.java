package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;

/**
 * Walks over the properties of a packet, applies every rule of MQTT 5.0 §2.2.2 to them and remembers what the hot path
 * wants to know, all without allocating. Reused from packet to packet by the decoder that owns it.
 */
final class PropertyScan {
    /** The value of {@link #messageExpirySeconds()} when the message does not expire. */
    static final long NO_EXPIRY = -1;

    private int offset;
    private int length;
    private long present;
    private int topicAlias;
    private int topicAliasOffset;
    private long messageExpirySeconds;
    private int messageExpiryOffset;
    private int payloadFormat;

    /** Forgets the former packet and stands for a packet without properties, whose next byte is at {@code index}. */
    void clear(int index) {
        offset = index;
        length = 0;
        present = 0;
        topicAlias = 0;
        messageExpirySeconds = NO_EXPIRY;
        payloadFormat = 0;
    }

    /**
     * Reads the property length at {@code index} and all properties behind it.
     *
     * @param limit the end of the packet; no byte at or after it is looked at
     */
    void scan(ByteBuf in, int index, int limit, PropertyScope scope, Sender sender) throws DecodeFailure {
        if (index < limit && in.getByte(index) == 0) {
            clear(index + 1);
            return;
        }
        int packed = VariableByteInteger.decode(in, index, limit);
        requireVariableByteInteger(packed, "The property length");
        clear(index + VariableByteInteger.length(packed));
        length = VariableByteInteger.value(packed);
        if (length > limit - offset) {
            throw DecodeFailure.malformed("The properties are longer than the packet that holds them.");
        }
        int end = offset + length;
        int at = offset;
        while (at < end) {
            at = scanOne(in, at, end, scope, sender);
        }
    }

    /** Where the first property starts, behind the property length. */
    int offset() {
        return offset;
    }

    /** The number of bytes of all properties, without the property length. */
    int length() {
        return length;
    }

    /** Where the packet goes on behind the properties. */
    int end() {
        return offset + length;
    }

    boolean contains(Property property) {
        return (present & property.bit()) != 0;
    }

    /** Whether there is a property outside the given set of {@link Property#bit}s. */
    boolean containsOtherThan(long bits) {
        return (present & ~bits) != 0;
    }

    /** The topic alias, or 0 when there is none. */
    int topicAlias() {
        return topicAlias;
    }

    int topicAliasOffset() {
        return topicAliasOffset;
    }

    long messageExpirySeconds() {
        return messageExpirySeconds;
    }

    int messageExpiryOffset() {
        return messageExpiryOffset;
    }

    int payloadFormat() {
        return payloadFormat;
    }

    private int scanOne(ByteBuf in, int at, int end, PropertyScope scope, Sender sender) throws DecodeFailure {
        int identifier = in.getByte(at);
        // All identifiers are below 128, and a longer form of a small one would not be minimal [MQTT-1.5.5-1].
        Property property = identifier < 0 ? null : Property.of(identifier);
        if (property == null) {
            throw DecodeFailure.malformed("The property identifier " + (identifier & 0xFF) + " does not exist.");
        }
        if (!property.isLegalIn(scope)) {
            throw DecodeFailure.malformed("The property " + property + " does not belong into " + scope + ".");
        }
        requireLegalFrom(sender, scope, property);
        if (contains(property) && !property.isRepeatableIn(scope)) {
            throw DecodeFailure.protocolError("The property " + property + " stands there twice.");
        }
        present |= property.bit();
        int value = at + 1;
        return switch (property.kind()) {
            case BYTE, TWO_BYTE_INTEGER, FOUR_BYTE_INTEGER -> scanInteger(in, property, value, end);
            case VARIABLE_BYTE_INTEGER -> {
                int packed = VariableByteInteger.decode(in, value, end);
                requireVariableByteInteger(packed, property.name());
                requireInRange(property, VariableByteInteger.value(packed));
                yield value + VariableByteInteger.length(packed);
            }
            case UTF8_STRING -> {
                int next = scanText(in, property, value, end);
                if (property == Property.RESPONSE_TOPIC) {
                    requireTopicName(in, value + 2, next - value - 2);
                }
                yield next;
            }
            case BINARY_DATA -> endOfCounted(in, property, value, end);
            case UTF8_STRING_PAIR -> scanText(in, property, scanText(in, property, value, end), end);
        };
    }

    private int scanInteger(ByteBuf in, Property property, int value, int end) throws DecodeFailure {
        int width =
                property.kind() == Property.Kind.BYTE ? 1 : property.kind() == Property.Kind.TWO_BYTE_INTEGER ? 2 : 4;
        if (end - value < width) {
            throw cutShort(property);
        }
        long number = switch (width) {
            case 1 -> in.getUnsignedByte(value);
            case 2 -> in.getUnsignedShort(value);
            default -> in.getUnsignedInt(value);
        };
        requireInRange(property, number);
        if (property == Property.TOPIC_ALIAS) {
            topicAlias = (int) number;
            topicAliasOffset = value - 1;
        } else if (property == Property.MESSAGE_EXPIRY_INTERVAL) {
            messageExpirySeconds = number;
            messageExpiryOffset = value - 1;
        } else if (property == Property.PAYLOAD_FORMAT_INDICATOR) {
            payloadFormat = (int) number;
        }
        return value + width;
    }

    private static int scanText(ByteBuf in, Property property, int value, int end) throws DecodeFailure {
        int next = endOfCounted(in, property, value, end);
        if (!Utf8.validate(in, value + 2, next - value - 2)) {
            throw DecodeFailure.malformed("The property " + property + " is not valid UTF-8.");
        }
        return next;
    }

    private static int endOfCounted(ByteBuf in, Property property, int value, int end) throws DecodeFailure {
        if (end - value < 2) {
            throw cutShort(property);
        }
        int count = in.getUnsignedShort(value);
        if (end - value - 2 < count) {
            throw cutShort(property);
        }
        return value + 2 + count;
    }

    private static void requireTopicName(ByteBuf in, int index, int length) throws DecodeFailure {
        if (length == 0 || Utf8.inspectTopicName(in, index, length) != Utf8.ACCEPTABLE) {
            throw DecodeFailure.of(
                    ReasonCode.TOPIC_NAME_INVALID, "The response topic is empty or holds a wildcard [MQTT-3.3.2-14].");
        }
    }

    private static void requireLegalFrom(Sender sender, PropertyScope scope, Property property) throws DecodeFailure {
        if (property == Property.SUBSCRIPTION_IDENTIFIER && scope == PropertyScope.PUBLISH && sender == Sender.CLIENT) {
            throw DecodeFailure.protocolError("A client's PUBLISH holds a subscription identifier [MQTT-3.3.4-6].");
        }
        if (property == Property.SESSION_EXPIRY_INTERVAL
                && scope == PropertyScope.DISCONNECT
                && sender == Sender.SERVER) {
            throw DecodeFailure.protocolError("A server's DISCONNECT holds a session expiry interval [MQTT-3.14.2-2].");
        }
    }

    private static void requireInRange(Property property, long number) throws DecodeFailure {
        if (property.isInRange(number)) {
            return;
        }
        if (property == Property.TOPIC_ALIAS) {
            throw DecodeFailure.of(ReasonCode.TOPIC_ALIAS_INVALID, "The topic alias is 0 [MQTT-3.3.2-8].");
        }
        throw DecodeFailure.protocolError("The property " + property + " has the forbidden value " + number + ".");
    }

    private static void requireVariableByteInteger(int packed, String name) throws DecodeFailure {
        if (packed == VariableByteInteger.INCOMPLETE) {
            throw DecodeFailure.malformed(name + " is cut short.");
        }
        if (packed == VariableByteInteger.TOO_LONG) {
            throw DecodeFailure.malformed(name + " takes more than four bytes.");
        }
        if (!VariableByteInteger.isMinimal(packed)) {
            throw DecodeFailure.malformed(name + " takes more bytes than it needs [MQTT-1.5.5-1].");
        }
    }

    private static DecodeFailure cutShort(Property property) {
        return DecodeFailure.malformed("The property " + property + " is cut short.");
    }
}
