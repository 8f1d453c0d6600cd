package org.heliograph.agent.payload.senml;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of RFC 8428, table 4: a name in JSON, a number in CBOR. */
enum Label {
    BASE_VERSION("bver", -1),
    BASE_NAME("bn", -2),
    BASE_TIME("bt", -3),
    BASE_UNIT("bu", -4),
    BASE_VALUE("bv", -5),
    BASE_SUM("bs", -6),
    NAME("n", 0),
    UNIT("u", 1),
    VALUE("v", 2),
    STRING("vs", 3),
    BOOLEAN("vb", 4),
    SUM("s", 5),
    TIME("t", 6),
    UPDATE_TIME("ut", 7),
    DATA("vd", 8);

    /** Base values, which also apply to the records that follow. */
    static final Set<Label> BASE = EnumSet.range(BASE_VERSION, BASE_SUM);

    private static final Map<String, Label> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(label -> label.json, Function.identity()));
    private static final Map<Long, Label> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(label -> label.cbor, Function.identity()));

    private final String json;
    private final long cbor;

    Label(String json, long cbor) {
        this.json = json;
        this.cbor = cbor;
    }

    /** Null for a field that the standard doesn't know. */
    static @Nullable Label named(String name) {
        return BY_NAME.get(name);
    }

    static @Nullable Label numbered(long number) {
        return BY_NUMBER.get(number);
    }

    /** As people write it. */
    @Override
    public String toString() {
        return json;
    }
}
