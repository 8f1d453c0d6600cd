package org.heliograph.agent.journal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry as the file has it, with what tells whether the disk has changed it. */
@SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
record Row(
        long offset,
        int kind,
        String key,
        long timestampMillis,
        byte @Nullable [] headers,
        byte[] value,
        @Nullable Long checksum) {
    private static final String READ = "journal";
    private static final String SALVAGED = "damaged journal";

    /** The entry itself, or the dead letter that it has become. */
    Stored stored() {
        return checksum == null || isProven()
                ? new Stored(offset, entry())
                : new Stored(offset, spoilt(READ), counted());
    }

    /** Of what isn't a dead letter by its number the journal has counted readings. */
    private Entry counted() {
        Entry was = entry();
        return was.kind() == Entry.Kind.DEAD_LETTER && !isDeadLetter()
                ? new Entry(Entry.Kind.READINGS, key, timestampMillis, was.headers(), value)
                : was;
    }

    /** The same, of one that is written anew, and whose loss is told by who does so. */
    Entry salvaged() {
        return checksum == null || isProven() ? entry() : spoilt(SALVAGED);
    }

    /** Whether it is a dead letter that was something else before and whose loss isn't told yet. */
    static boolean isUntold(Entry entry) {
        return entry.kind() == Entry.Kind.DEAD_LETTER
                && EntryTable.SPOILT.equals(entry.headers().get("reason"))
                && READ.equals(entry.headers().get("source"));
    }

    boolean isDeadLetter() {
        return kind == Entry.Kind.DEAD_LETTER.number();
    }

    /** By its checksum; one that was written before there were any proves nothing. */
    boolean isProven() {
        return checksum != null
                && (checksum == Checksum.of(offset, kind, entry(), headers)
                        || checksum == Checksum.withoutOffset(kind, entry(), headers));
    }

    private Entry entry() {
        return new Entry(Entry.Kind.numbered(kind), key, timestampMillis, Headers.decode(headers), value);
    }

    /** What the disk has changed is no reading any more: a wrong figure would be worse than none. */
    private Entry spoilt(String source) {
        Map<String, String> why = new HashMap<>(Headers.decode(headers));
        why.put("reason", EntryTable.SPOILT);
        why.putIfAbsent("stage", "agent");
        why.putIfAbsent("source", source);
        return new Entry(Entry.Kind.DEAD_LETTER, key, Math.max(0, timestampMillis), why, value);
    }
}
