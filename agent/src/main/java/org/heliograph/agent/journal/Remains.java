package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What the checksums prove of a file that SQLite doesn't read to its end: for a look, where {@link Salvage} writes it anew. */
final class Remains {
    private Remains() {}

    /** Visits the proven entries behind a place that wait for delivery, in order. */
    static void visit(Path file, long after, Consumer<Stored> visitor) throws IOException {
        try (Damaged damaged = Damaged.open(file, JournalFile.part(file, JournalFile.LOG))) {
            Cells cells = new Cells(damaged);
            Map<Long, Integer> places = places(damaged, cells, after);
            int last = -1;
            List<Row> rows = List.of();
            for (Map.Entry<Long, Integer> place : places.entrySet()) {
                if (place.getValue() != last) {
                    last = place.getValue();
                    ByteBuffer page = damaged.look(last);
                    rows = page == null ? List.of() : cells.rows(page);
                }
                rows.stream()
                        .filter(row -> row.offset() == place.getKey() && row.isProven())
                        .findFirst()
                        .map(Row::stored)
                        .ifPresent(visitor);
            }
        }
    }

    /** In which page each of them is: the log's latest comes first. */
    private static Map<Long, Integer> places(Damaged damaged, Cells cells, long after) throws IOException {
        Map<String, Long> numbers = cells.numbers();
        long confirmed = numbers.getOrDefault(Store.CONFIRMED, 0L);
        long letters = Opening.lettersThrough(numbers);
        Map<Long, Integer> places = new TreeMap<>();
        for (int i = 0; i < damaged.looks(); i++) {
            ByteBuffer page = damaged.look(i);
            for (Row row : page == null ? List.<Row>of() : cells.rows(page)) {
                long done = Math.max(after, row.isDeadLetter() ? letters : confirmed);
                if (row.offset() > done && row.isProven()) {
                    places.putIfAbsent(row.offset(), i);
                }
            }
        }
        return places;
    }
}
