package org.heliograph.agent.payload.sparkplug;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.OptionalLong;
import org.heliograph.agent.payload.sparkplug.v1.Payload;

/** The sequence number of a payload, without its metrics: to see whether it is its turn costs next to nothing. */
final class SequenceNumber {
    private static final int SEQUENCE = (Payload.SEQ_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_VARINT;

    private SequenceNumber() {}

    /** Empty where there is none, or this is no payload. */
    static OptionalLong of(byte[] body) {
        CodedInputStream in = CodedInputStream.newInstance(body);
        OptionalLong sequence = OptionalLong.empty();
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == SEQUENCE) {
                    sequence = OptionalLong.of(in.readUInt64());
                } else if (!in.skipField(tag)) {
                    return OptionalLong.empty();
                }
            }
            return sequence;
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }
}
