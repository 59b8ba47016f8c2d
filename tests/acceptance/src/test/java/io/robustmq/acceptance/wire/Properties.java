package io.robustmq.acceptance.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The properties of a packet in the order of the wire. */
public record Properties(List<Property> list) {
    public static final Properties NONE = new Properties(List.of());

    public Properties {
        list = List.copyOf(list);
    }

    public static Properties of(Property... properties) {
        return new Properties(List.of(properties));
    }

    public Properties with(Property property) {
        List<Property> longer = new ArrayList<>(list);
        longer.add(property);
        return new Properties(longer);
    }

    public boolean has(int id) {
        return list.stream().anyMatch(property -> property.id() == id);
    }

    public OptionalLong number(int id) {
        return list.stream()
                .filter(property -> property.id() == id)
                .mapToLong(Property::number)
                .findFirst();
    }

    /** The text of the first property with that identifier, or null. */
    public @Nullable String text(int id) {
        for (Property property : list) {
            if (property.id() == id) {
                return property.text();
            }
        }
        return null;
    }

    /** Every number given under an identifier that may repeat, such as subscription identifiers. */
    public List<Long> numbers(int id) {
        return list.stream()
                .filter(property -> property.id() == id)
                .map(Property::number)
                .toList();
    }

    /** The user properties as {@code name=value}, in order. */
    public List<String> user() {
        return list.stream()
                .filter(property -> property.id() == Property.USER_PROPERTY)
                .map(property -> property.text() + "=" + property.value())
                .toList();
    }

    void writeTo(PacketBytes packet) {
        PacketBytes body = new PacketBytes();
        for (Property property : list) {
            body.variable(property.id());
            switch (Property.form(property.id())) {
                case BYTE -> body.u8((int) property.number());
                case TWO_BYTES -> body.u16((int) property.number());
                case FOUR_BYTES -> body.u32(property.number());
                case VARIABLE -> body.variable((int) property.number());
                case TEXT -> body.text(property.text());
                case BINARY -> body.counted(property.text().getBytes(StandardCharsets.ISO_8859_1));
                case PAIR -> {
                    body.text(property.text());
                    body.text(property.value());
                }
            }
        }
        byte[] bytes = body.toBytes();
        packet.variable(bytes.length);
        packet.raw(bytes);
    }
}
