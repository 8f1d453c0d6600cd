package org.heliograph.streams.topology.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import org.heliograph.streams.topology.state.v1.SiteInput;

/** What a processor sends on, each kind to a topic of its own. */
public sealed interface Emission {
    byte[] value();

    /** A dead letter: the record as it came. Its reason is in the headers. */
    record Rejected(ByteString bytes) implements Emission {
        @Override
        public byte[] value() {
            return bytes.toByteArray();
        }
    }

    /** For {@code hg.energy}. */
    @SuppressWarnings("ArrayRecordComponent") // sent on, never compared
    record Energy(byte[] minute) implements Emission {
        @Override
        public byte[] value() {
            return minute;
        }
    }

    /** For the site side of the engine. */
    record ToSite(SiteInput input) implements Emission {
        @Override
        public byte[] value() {
            return input.toByteArray();
        }
    }

    /** For {@code hg.kpi}. */
    record Kpi(MessageLite window) implements Emission {
        @Override
        public byte[] value() {
            return window.toByteArray();
        }
    }

    /** For {@code hg.alerts}. */
    record Alerted(MessageLite alert) implements Emission {
        @Override
        public byte[] value() {
            return alert.toByteArray();
        }
    }

    /** For {@code hg.live}. */
    record Live(MessageLite live) implements Emission {
        @Override
        public byte[] value() {
            return live.toByteArray();
        }
    }
}
