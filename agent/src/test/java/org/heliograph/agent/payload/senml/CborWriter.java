package org.heliograph.agent.payload.senml;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes records as SenML CBOR, numbers as whole numbers, doubles or decimal fractions in turn. */
final class CborWriter {
    private static final Map<String, Integer> LABELS = Map.ofEntries(
            Map.entry("bver", -1),
            Map.entry("bn", -2),
            Map.entry("bt", -3),
            Map.entry("bu", -4),
            Map.entry("bv", -5),
            Map.entry("bs", -6),
            Map.entry("n", 0),
            Map.entry("u", 1),
            Map.entry("v", 2),
            Map.entry("vs", 3),
            Map.entry("vb", 4),
            Map.entry("s", 5),
            Map.entry("t", 6),
            Map.entry("ut", 7),
            Map.entry("vd", 8));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private int numbers;

    private CborWriter() {}

    static byte[] definite(List<Map<String, Object>> records) throws IOException {
        CborWriter writer = new CborWriter();
        writer.head(4, records.size());
        for (Map<String, Object> fields : records) {
            writer.head(5, fields.size());
            writer.fields(fields, false);
        }
        return writer.bytes.toByteArray();
    }

    static byte[] indefinite(List<Map<String, Object>> records) throws IOException {
        CborWriter writer = new CborWriter();
        // self-described, and without an announced length
        writer.out.write(new byte[] {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7, (byte) 0x9f});
        for (Map<String, Object> fields : records) {
            writer.out.write(0xbf);
            writer.fields(fields, true);
            writer.out.write(0xff);
        }
        writer.out.write(0xff);
        return writer.bytes.toByteArray();
    }

    private void fields(Map<String, Object> fields, boolean inChunks) throws IOException {
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            integer(Objects.requireNonNull(LABELS.get(field.getKey())));
            switch (field.getValue()) {
                case BigDecimal number -> number(number);
                case Boolean flag -> out.write(flag ? 0xf5 : 0xf4);
                case Object text -> text(text.toString(), inChunks);
            }
        }
    }

    private void number(BigDecimal number) throws IOException {
        BigDecimal plain = number.stripTrailingZeros();
        if (plain.scale() <= 0) {
            integer(number.longValueExact());
        } else if (numbers++ % 2 == 0) {
            out.write(0xfb);
            out.writeDouble(number.doubleValue());
        } else {
            out.write(0xc4);
            head(4, 2);
            integer(-plain.scale());
            integer(plain.unscaledValue().longValueExact());
        }
    }

    private void text(String text, boolean inChunks) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (inChunks) {
            out.write(0x7f);
            head(3, utf8.length / 2);
            out.write(utf8, 0, utf8.length / 2);
            head(3, utf8.length - utf8.length / 2);
            out.write(utf8, utf8.length / 2, utf8.length - utf8.length / 2);
            out.write(0xff);
        } else {
            head(3, utf8.length);
            out.write(utf8);
        }
    }

    private void integer(long value) throws IOException {
        head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
    }

    private void head(int major, long argument) throws IOException {
        if (argument < 24) {
            out.write(major << 5 | (int) argument);
        } else if (argument < 256) {
            out.write(major << 5 | 24);
            out.write((int) argument);
        } else {
            out.write(major << 5 | 27);
            out.writeLong(argument);
        }
    }
}
