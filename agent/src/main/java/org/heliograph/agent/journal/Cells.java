package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a page of a damaged file holds: entries, the journal's own numbers, or nothing that can be read. */
final class Cells {
    private static final int TABLE_LEAF = 0x0D;
    private static final int TABLE_INNER = 0x05;
    private static final int INDEX_LEAF = 0x0A;
    private static final int INDEX_INNER = 0x02;
    private static final int LEAF_HEADER_BYTES = 8;
    private static final int INNER_HEADER_BYTES = 12;
    private static final int VARINT_BYTES_MAX = 9;
    private static final int POINTER_BYTES = 2;
    private static final int CELLS_AT = 3;

    /** Larger than any entry: what claims to be, isn't one. */
    private static final int PAYLOAD_BYTES_MAX = 16 << 20;

    private static final long OFFSET_MAX = 1L << 48;

    private final Damaged damaged;

    /** One of the journal's own numbers. */
    record Own(String name, long value) {}

    Cells(Damaged damaged) {
        this.damaged = damaged;
    }

    /** The entries of a page; those whose parts can't be found are left out. */
    List<Row> rows(ByteBuffer page) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int at : cells(page, TABLE_LEAF, LEAF_HEADER_BYTES)) {
            row(page, at).ifPresent(rows::add);
        }
        return rows;
    }

    /** The numbers of a page that their checksums prove. */
    List<Own> numbers(ByteBuffer page) {
        List<Own> numbers = new ArrayList<>();
        for (int at : cells(page, INDEX_LEAF, LEAF_HEADER_BYTES)) {
            number(page.duplicate().position(at)).ifPresent(numbers::add);
        }
        for (int at : cells(page, INDEX_INNER, INNER_HEADER_BYTES)) {
            if (at + Integer.BYTES < page.limit()) {
                number(page.duplicate().position(at + Integer.BYTES)).ifPresent(numbers::add);
            }
        }
        return numbers;
    }

    /** The journal's own numbers, of each the highest that is proven anywhere. */
    Map<String, Long> numbers() throws IOException {
        Map<String, Long> numbers = new HashMap<>();
        for (int i = 0; i < damaged.looks(); i++) {
            ByteBuffer page = damaged.look(i);
            if (page != null) {
                numbers(page).forEach(number -> numbers.merge(number.name(), number.value(), Math::max));
            }
        }
        return numbers;
    }

    /** The highest offset that a page leads to; 0 where it leads to none. */
    long highest(ByteBuffer page) {
        long highest = 0;
        for (int at : cells(page, TABLE_INNER, INNER_HEADER_BYTES)) {
            if (at + Integer.BYTES + VARINT_BYTES_MAX < page.limit()) {
                highest = Math.max(highest, varint(page.duplicate().position(at + Integer.BYTES)));
            }
        }
        return highest > OFFSET_MAX ? 0 : highest;
    }

    private static List<Integer> cells(ByteBuffer page, int type, int headerBytes) {
        List<Integer> cells = new ArrayList<>();
        if (page.get(0) != type) {
            return cells;
        }
        int count = Short.toUnsignedInt(page.getShort(CELLS_AT));
        for (int i = 0; i < count; i++) {
            int pointer = headerBytes + POINTER_BYTES * i;
            if (pointer + POINTER_BYTES > page.limit()) {
                break;
            }
            int at = Short.toUnsignedInt(page.getShort(pointer));
            if (at > headerBytes && at < page.limit()) {
                cells.add(at);
            }
        }
        return cells;
    }

    /** A long entry's pages may be in one of two states: takes the one that is proven. */
    private Optional<Row> row(ByteBuffer page, int at) throws IOException {
        try {
            Optional<Row> row = row(page.duplicate().position(at), damaged::page);
            return row.filter(Row::isProven).isPresent()
                    ? row
                    : row(page.duplicate().position(at), damaged::pageOfFile)
                            .filter(Row::isProven)
                            .or(() -> row);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException _) {
            return Optional.empty(); // no cell, whatever its page says
        }
    }

    private interface Pages {
        @Nullable
        ByteBuffer numbered(int number) throws IOException;
    }

    private static Optional<Row> row(ByteBuffer cell, Pages pages) throws IOException {
        long payloadBytes = varint(cell);
        long offset = varint(cell);
        if (payloadBytes <= 0 || payloadBytes > PAYLOAD_BYTES_MAX || offset <= 0 || offset > OFFSET_MAX) {
            return Optional.empty();
        }
        ByteBuffer payload = payload(cell, (int) payloadBytes, pages);
        return payload == null ? Optional.empty() : row(offset, new Columns(payload));
    }

    private static Optional<Row> row(long offset, Columns columns) {
        columns.skip(); // the offset: it is the cell's
        Long kind = columns.integer();
        byte[] key = columns.bytes();
        Long timestampMillis = columns.integer();
        byte[] headers = columns.bytes();
        byte[] value = columns.bytes();
        columns.integer();
        Long checksum = columns.integer();
        if (kind == null || key == null || timestampMillis == null || checksum == null) {
            return Optional.empty();
        }
        return Optional.of(new Row(
                offset,
                kind.intValue(),
                new String(key, StandardCharsets.UTF_8),
                timestampMillis,
                headers,
                value == null ? new byte[0] : value,
                checksum));
    }

    private static Optional<Own> number(ByteBuffer cell) {
        try {
            long payloadBytes = varint(cell);
            if (payloadBytes <= 0 || payloadBytes > cell.remaining()) {
                return Optional.empty();
            }
            Columns columns = new Columns(cell.slice(cell.position(), (int) payloadBytes));
            byte[] name = columns.bytes();
            Long value = columns.integer();
            Long checksum = columns.integer();
            if (name == null || value == null || checksum == null) {
                return Optional.empty();
            }
            Own number = new Own(new String(name, StandardCharsets.UTF_8), value);
            return checksum == Checksum.of(number.name(), value) ? Optional.of(number) : Optional.empty();
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** A payload that is longer than its part of the page goes on in pages of its own. */
    private static @Nullable ByteBuffer payload(ByteBuffer cell, int bytes, Pages pages) throws IOException {
        int usable = cell.limit();
        int localMax = usable - 35;
        if (bytes <= localMax) {
            return cell.slice(cell.position(), bytes);
        }
        int localMin = (usable - 12) * 32 / 255 - 23;
        int local = localMin + (bytes - localMin) % (usable - Integer.BYTES);
        ByteBuffer payload = ByteBuffer.allocate(bytes);
        payload.put(cell.slice(cell.position(), local <= localMax ? local : localMin));
        cell.position(cell.position() + payload.position());
        int next = cell.getInt();
        while (payload.hasRemaining()) {
            ByteBuffer page = pages.numbered(next);
            if (page == null) {
                return null;
            }
            next = page.getInt();
            payload.put(page.slice(page.position(), Math.min(page.remaining(), payload.remaining())));
        }
        return payload.flip();
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            byte next = from.get();
            value = (value << 7) | (next & 0x7F);
            if (next >= 0) {
                return value;
            }
        }
        return (value << 8) | (from.get() & 0xFF);
    }

    /** The columns of a record, one after the other. */
    private static final class Columns {
        private final ByteBuffer types;
        private final ByteBuffer values;

        Columns(ByteBuffer record) {
            int headerBytes = (int) varint(record);
            types = record.duplicate().limit(headerBytes);
            values = record.duplicate().position(headerBytes);
        }

        void skip() {
            values.position(values.position() + length(varint(types)));
        }

        /** Null where it is no integer. */
        @Nullable
        Long integer() {
            long type = types.hasRemaining() ? varint(types) : 0;
            int length = length(type);
            if (type == 0 || type == 7 || type > 9) {
                values.position(values.position() + length);
                return null;
            }
            if (type >= 8) {
                return type - 8;
            }
            long value = values.get();
            for (int i = 1; i < length; i++) {
                value = (value << 8) | (values.get() & 0xFF);
            }
            return value;
        }

        /** The bytes of a text or a blob; null where it is neither. */
        byte @Nullable [] bytes() {
            long type = types.hasRemaining() ? varint(types) : 0;
            int length = length(type);
            if (type < 12) {
                values.position(values.position() + length);
                return null;
            }
            if (length > values.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] bytes = new byte[length];
            values.get(bytes);
            return bytes;
        }

        private static int length(long type) {
            if (type >= 12) {
                return (int) Math.min((type - 12) / 2, Integer.MAX_VALUE);
            }
            return switch ((int) type) {
                case 1, 2, 3, 4 -> (int) type;
                case 5 -> 6;
                case 6, 7 -> 8;
                default -> 0;
            };
        }
    }
}
