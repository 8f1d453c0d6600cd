package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is sent to the store in one request: points, and the records that they came from. Used again for the next. */
final class Shipment {
    private final LineBatch lines = new LineBatch();
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private List<Incomplete> statements = List.of();
    private String text = "";

    void add(ConsumerRecord<byte[], byte[]> record, StoredFigure figure) {
        Points.append(figure, lines, records.size());
        records.add(record);
    }

    /** Nothing is added from here on: what is sent is made ready while the request before is still on its way. */
    void seal() {
        statements = lines.statements();
        text = size() == 0 ? "" : lines.lines(0, size());
    }

    int size() {
        return lines.size();
    }

    /** All lines. */
    String text() {
        return text;
    }

    String lines(int from, int to) {
        return lines.lines(from, to);
    }

    /** The points of which an earlier statement may have to be withdrawn. */
    List<Incomplete> statements() {
        return statements;
    }

    ConsumerRecord<byte[], byte[]> record(int line) {
        return records.get(lines.record(line));
    }

    void clear() {
        lines.clear();
        records.clear();
        statements = List.of();
        text = "";
    }
}
