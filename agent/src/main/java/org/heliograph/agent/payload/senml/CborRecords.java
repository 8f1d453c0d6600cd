package org.heliograph.agent.payload.senml;

import java.util.OptionalLong;
import org.heliograph.agent.payload.Refusal;

/** SenML CBOR (RFC 8428 section 6). Labels may also be the names of JSON, which the standard leaves for others. */
final class CborRecords implements Records {
    private final CborItems items;
    private long left;
    private int number;

    CborRecords(byte[] body) throws Malformed {
        items = new CborItems(body);
        OptionalLong length = items.array();
        if (length.isEmpty()) {
            throw new Malformed("not SenML CBOR: not an array of records");
        }
        left = length.getAsLong();
    }

    @Override
    public boolean next(SenmlRecord into) throws Malformed, Refusal {
        if (items.ends(left)) {
            if (!items.isAtEnd()) {
                throw new Malformed("not SenML CBOR: something follows the array");
            }
            return false;
        }
        left--;
        OptionalLong fields = items.map();
        if (fields.isEmpty()) {
            throw new Malformed("not SenML CBOR: record " + (number + 1) + " is not a map");
        }
        number++;
        into.clear();
        for (long open = fields.getAsLong(); !items.ends(open); open--) {
            field(into);
        }
        return true;
    }

    private void field(SenmlRecord into) throws Malformed, Refusal {
        Field key = items.item();
        Label label = null;
        switch (key) {
            case Field.Numeric(var value) -> {
                if (value.scale() == 0 && value.precision() < 10) {
                    label = Label.numbered(value.longValue());
                }
            }
            case Field.Text(String name) -> {
                label = Label.named(name);
                if (label == null) {
                    SenmlRecord.passOver(name);
                }
            }
            case Field.Flag _, Field.NoNumber _, Field.Other _ ->
                throw new Malformed("not SenML CBOR: a label is neither a number nor a text");
        }
        Field value = items.item();
        if (label != null) {
            into.take(label, value);
        }
    }
}
